package dev.rebind.diagnosis.text;

import dev.rebind.diagnosis.Cause;
import dev.rebind.diagnosis.finding.Blocker;
import dev.rebind.diagnosis.finding.Holder;
import dev.rebind.diagnosis.finding.Origin;
import dev.rebind.diagnosis.seen.Facts;
import dev.rebind.sockets.Series;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.bind.Flag;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What stands on the port, in words. Pure. */
final class BlockerText {
    private BlockerText() {}

    /** A clause without a full stop: what it is and whose. */
    static String clause(Blocker blocker) {
        TcpSocket socket = blocker.first();
        int count = blocker.sockets().size();
        String who = HolderText.name(blocker.holder());
        return switch (blocker.cause()) {
            case listener_own -> "this very process listens on " + socket.local() + " already";
            case listener_old ->
                blocker.server()
                        .map(server -> name(server) + " still listens on " + socket.local()
                                + (blocker.holder() instanceof Holder.Processes ? ": " + who : ""))
                        .orElse(who + " listens on " + socket.local() + ": the same program, started earlier");
            case listener_inherited ->
                who + (one(blocker.holder()) ? " has, as it seems," : " have") + " inherited the listener on "
                        + socket.local() + " from a parent that has ended";
            case socket_activation -> who + " listens on " + socket.local() + " in the place of a service";
            case listener_other -> who + (one(blocker.holder()) ? " listens" : " listen") + " on " + socket.local();
            case listener_unseen ->
                HolderText.perhapsNoProcess(blocker.holder())
                        ? who + " has the listener on " + socket.local() + opened(blocker.holder())
                        : who
                                + (blocker.holder() instanceof Holder.Unseen unseen
                                                && unseen.why() == Holder.Why.CLOSED_MEANWHILE
                                        ? " listened on "
                                        : " listens on ")
                                + socket.local();
            case bound_not_listening -> bound(blocker, who);
            case self_connect -> "a client on " + socket.local() + " has connected to itself, held by " + who;
            case outgoing -> outgoing(blocker, count, who);
            case established, close_wait, closing, fin_wait2, time_wait -> connection(blocker, count, who);
            case privileged_port,
                    security_module,
                    address_not_local,
                    address_tentative,
                    address_duplicate,
                    address_down,
                    unknown -> sockets(count, socket, "socket");
        };
    }

    private static String bound(Blocker blocker, String who) {
        String local = blocker.first().local().toString();
        if (blocker.server().isEmpty() && HolderText.perhapsNoProcess(blocker.holder())) {
            return who + " has the socket that is bound to " + local + " and does not listen"
                    + opened(blocker.holder());
        }
        boolean one = one(blocker.holder());
        return blocker.server().map(BlockerText::name).orElse(who)
                + (one ? " has bound " : " have bound ")
                + local
                + (one ? " and does not listen" : " and do not listen");
    }

    /** Whose socket it is where no process tells. */
    private static String opened(Holder holder) {
        return holder instanceof Holder.Unseen(long uid, Optional<String> user, Holder.Why _)
                ? ", which " + HolderText.user(uid, user) + " has opened"
                : "";
    }

    static boolean one(Holder holder) {
        return !(holder instanceof Holder.Processes processes)
                || processes.all().size() == 1;
    }

    private static String sockets(int count, TcpSocket socket, String noun) {
        return Words.count(count, noun) + " in " + socket.stateName();
    }

    private static String outgoing(Blocker blocker, int count, String who) {
        String connections = count == 1 ? "a connection" : count + " connections";
        return connections
                + (HolderText.perhapsNoProcess(blocker.holder()) ? ", held by " + who + "," : " of " + who)
                + (blocker.origin() == Origin.OUTGOING ? "" : " probably")
                + (count == 1 ? " goes" : " go") + " out from this port to " + peers(blocker) + " ("
                + blocker.first().stateName() + ")";
    }

    /** The far ends, of which there may be thousands. They differ: the near ends of a kind are one, and a connection is its two ends. */
    static String peers(Blocker blocker) {
        List<String> first = blocker.sockets().stream()
                .limit(3)
                .map(socket -> socket.remote().toString())
                .toList();
        int count = blocker.sockets().size();
        return count <= 3
                ? Series.and(first)
                : String.join(", ", first.subList(0, 2)) + " and " + (count - 2) + " others";
    }

    private static String connection(Blocker blocker, int count, String who) {
        TcpSocket socket = blocker.first();
        String held = blocker.holder() instanceof Holder.Nobody ? "" : ", held by " + who;
        String whole = sockets(count, socket, "socket") + unsent(blocker);
        if (blocker.server().isPresent()) {
            Facts.Server server = blocker.server().get();
            return whole
                    + held
                    + (blocker.holder() instanceof Holder.Nobody ? ", left by " : ", accepted by ")
                    + name(server)
                    + server.reuseAddress()
                            .map(on -> ", which ran " + (on ? "with" : "without") + " SO_REUSEADDR")
                            .orElse("");
        }
        String what = whole + " on " + socket.local();
        if (blocker.holder() instanceof Holder.Queue) {
            return what + " from " + peers(blocker) + (count == 1 ? ", which waits" : ", which wait")
                    + " to be accepted";
        }
        return switch (blocker.origin()) {
            case ACCEPTED -> what + held + ", accepted here from " + peers(blocker);
            case PROBABLY_ACCEPTED -> what + held + ", probably accepted here from " + peers(blocker);
            case OUTGOING -> what + held + ", the end of a connection that went out to " + peers(blocker);
            case PROBABLY_OUTGOING ->
                what + held + ", probably the client end of a connection that went out to " + peers(blocker);
            case EITHER ->
                what + held + ", of a connection with " + peers(blocker)
                        + " that was accepted here or went out from here; nothing tells which";
            case BOUND, ITSELF -> what + held;
        };
    }

    /** Its number says nothing to a reader: servers are counted apart from restarts. */
    private static String name(Facts.Server server) {
        return server.latest() ? "the old server" : "an earlier server";
    }

    private static String unsent(Blocker blocker) {
        // In these states a FIN stands in the queue, which counts as one.
        long bytes = blocker.cause() == Cause.closing
                ? blocker.sockets().stream()
                        .mapToLong(socket -> Math.max(0, socket.sendQ() - 1))
                        .sum()
                : 0;
        return bytes == 0
                ? ""
                : " with " + Words.count((int) Math.min(bytes, Integer.MAX_VALUE), "byte")
                        + " unsent or unacknowledged";
    }

    /** What the state means and which options the socket has. */
    static List<String> details(Blocker blocker, int timeWaitSeconds) {
        var lines = new ArrayList<String>();
        TcpSocket socket = blocker.first();
        boolean several = blocker.sockets().size() > 1;
        if (socket.state() == TcpState.TIME_WAIT) {
            // The end that is told beside this is that of the timer, which is later than the time to be waited.
            lines.add((several ? "These ends" : "This end") + " closed first; the kernel keeps "
                    + (several ? "them" : "it") + ", without a process, for " + timeWaitSeconds
                    + " s, rounded up by its timers.");
        }
        if (blocker.isLeftOpen()) {
            lines.add(
                    (HolderText.perhapsNoProcess(blocker.holder()) ? "Its program" : HolderText.name(blocker.holder()))
                            + " does not close what its clients have closed.");
        }
        if (socket.state() == TcpState.LISTEN && Boolean.TRUE.equals(socket.v6Only())) {
            lines.add("The listener takes IPv6 only (IPV6_V6ONLY).");
        }
        if (socket.device() != 0) {
            lines.add((several ? "They are" : "It is") + " bound to the network device "
                    + blocker.device().map(Words::name).orElse("with index " + socket.device()) + ".");
        }
        if (socket.multipath()) {
            lines.add(
                    socket.state() == TcpState.LISTEN
                            ? "It is a listener of MPTCP."
                            : several ? "They are connections of MPTCP." : "It is a connection of MPTCP.");
        }
        options(blocker, several).ifPresent(lines::add);
        return lines;
    }

    private static Optional<String> options(Blocker blocker, boolean several) {
        String it = several ? "They" : "It";
        boolean listens = blocker.first().state() == TcpState.LISTEN;
        Flag address = blocker.standing().reuseAddress();
        Flag port = blocker.standing().reusePort();
        if (listens && address == Flag.UNKNOWN && port == Flag.UNKNOWN) {
            return Optional.of("Which options it has cannot be read.");
        }
        List<String> known = new ArrayList<>();
        known.add(flag(address, "SO_REUSEADDR"));
        if (listens) {
            known.add(flag(port, "SO_REUSEPORT"));
        }
        known.removeIf(String::isEmpty);
        if (address == Flag.OFF && port == Flag.ON) {
            // "No SO_REUSEADDR and SO_REUSEPORT" would read as neither.
            Collections.reverse(known);
        }
        return known.isEmpty()
                ? Optional.empty()
                : Optional.of(it + (several ? " have " : " has ") + Series.and(known) + ".");
    }

    private static String flag(Flag flag, String name) {
        return switch (flag) {
            case ON -> name;
            case OFF -> "no " + name;
            case UNKNOWN -> "";
        };
    }

    static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
