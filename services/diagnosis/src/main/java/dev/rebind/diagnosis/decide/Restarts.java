package dev.rebind.diagnosis.decide;

import dev.rebind.diagnosis.ending.Endings;
import dev.rebind.diagnosis.finding.AuditedListener;
import dev.rebind.diagnosis.finding.Ending;
import dev.rebind.diagnosis.finding.Holder;
import dev.rebind.diagnosis.finding.Origin;
import dev.rebind.diagnosis.finding.RestartOutlook;
import dev.rebind.diagnosis.finding.RestartOutlook.Missing;
import dev.rebind.diagnosis.seen.Observation;
import dev.rebind.diagnosis.seen.SeenHolder;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.SocketTimer;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.bind.BindRule;
import dev.rebind.sockets.bind.Candidate;
import dev.rebind.sockets.bind.ExistingSocket;
import dev.rebind.sockets.bind.Flag;
import dev.rebind.sockets.options.SocketOptions;
import dev.rebind.sockets.owners.ProcessAnswer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/** What a restart of each server that listens on a port would meet. Pure. */
public final class Restarts {
    /** The states of a connection whose other end has not closed before this one. */
    private static final Set<TcpState> CLOSED_FIRST =
            EnumSet.of(TcpState.ESTABLISHED, TcpState.FIN_WAIT_1, TcpState.FIN_WAIT_2, TcpState.CLOSING);

    private final Observation seen;
    private final List<SocketGroup> groups;

    private Restarts(Observation seen) {
        this.seen = seen;
        this.groups = SocketGroup.of(seen);
    }

    /** The listeners of the port that was looked at. */
    public static List<AuditedListener> of(Observation seen) {
        var restarts = new Restarts(seen);
        return restarts.groups.stream()
                .filter(group -> group.standing().socket().state() == TcpState.LISTEN)
                .map(restarts::listener)
                .toList();
    }

    private AuditedListener listener(SocketGroup group) {
        TcpSocket socket = group.standing().socket();
        Map<TcpState, Integer> connections = new EnumMap<>(TcpState.class);
        for (SocketGroup other : groups) {
            if (other.standing().socket().peer().isPresent() && other.origin() != Origin.OUTGOING) {
                int own = (int) other.sockets().stream()
                        .filter(one -> mine(socket, one))
                        .count();
                if (own > 0) {
                    connections.merge(other.standing().socket().state(), own, Integer::sum);
                }
            }
        }
        return new AuditedListener(
                group.sockets(),
                group.holder(),
                seen.options(socket),
                inheritable(socket),
                seen.settings().gives(socket.local().port()),
                connections,
                restart(group));
    }

    /** Whether a connection's address is one that the listener takes clients for, before every other listener of the port. */
    private boolean mine(TcpSocket listener, TcpSocket connection) {
        return groups.stream()
                .map(SocketGroup::standing)
                .filter(standing -> standing.socket().state() == TcpState.LISTEN && takes(standing, connection))
                .map(standing -> standing.socket().local())
                .max(Comparator.comparing((Endpoint local) -> !local.address().isAnyLocalAddress())
                        .thenComparing(local -> local.address().getAddress().length == 4))
                .filter(listener.local()::equals)
                .isPresent();
    }

    private static boolean takes(ExistingSocket listener, TcpSocket connection) {
        boolean four = connection.local().address().getAddress().length == 4;
        boolean listensOnFour = listener.socket().local().address().getAddress().length == 4;
        return listener.socket().local().address().equals(connection.local().address())
                || (listener.socket().local().address().isAnyLocalAddress()
                        && (four == listensOnFour || (four && listener.v6Only() != Flag.ON)));
    }

    private Optional<Boolean> inheritable(TcpSocket socket) {
        List<Optional<Boolean>> closes = seen.holdings().of(socket.inode()).stream()
                .map(SeenHolder::closeOnExec)
                .toList();
        if (closes.contains(Optional.of(false))) {
            return Optional.of(true);
        }
        return closes.isEmpty() || closes.contains(Optional.<Boolean>empty()) ? Optional.empty() : Optional.of(false);
    }

    private RestartOutlook restart(SocketGroup group) {
        Optional<SocketOptions> options = seen.options(group.standing().socket());
        if (options.isEmpty()) {
            return new RestartOutlook.CannotTell(missing(group));
        }
        Optional<RestartOutlook> refused = RestartRefusals.refused(seen, group, options.get());
        if (refused.isPresent()) {
            return refused.get();
        }
        if (group.standing().v6Only() == Flag.UNKNOWN) {
            return new RestartOutlook.CannotTell(new Missing.DualStack());
        }
        Candidate again = ExistingSockets.candidate(group.standing());
        var blocking = new ArrayList<SocketGroup>();
        int doubtful = 0;
        int open = 0;
        int reset = 0;
        for (SocketGroup other : groups) {
            if (other.equals(group) || other.holder() instanceof Holder.Queue) {
                continue;
            }
            if (endsWith(group.holder(), other.holder())) {
                if (staysInTheWay(again, other, options.get())) {
                    open += other.sockets().size();
                    reset +=
                            (int) other.sockets().stream().filter(this::isReset).count();
                }
                continue;
            }
            switch (conflicts(again, known(other, options.get()))) {
                case ON -> blocking.add(other);
                case UNKNOWN -> doubtful += other.sockets().size();
                case OFF -> {}
            }
        }
        if (!blocking.isEmpty()) {
            return blocked(blocking);
        }
        if (doubtful > 0) {
            return new RestartOutlook.CannotTell(new Missing.OthersOptions(doubtful));
        }
        if (open == 0) {
            Optional<Missing> others = Sharers.mayOutlive(group.holder());
            if (others.isPresent()) {
                return new RestartOutlook.CannotTell(others.get());
            }
        }
        return open == 0 && conflicts(again, left(group.standing())) == Flag.OFF
                ? new RestartOutlook.BindsAtOnce()
                : new RestartOutlook.BlockedByItsConnections(
                        open, reset, seen.settings().timeWait(), seen.settings().timeWaitAssumed());
    }

    private Flag conflicts(Candidate again, ExistingSocket standing) {
        return BindRule.conflicts(again, standing, seen.settings().mapped());
    }

    /**
     * Whether what a connection of the server leaves, where this end closes first, turns the next bind away. Its options are its own:
     * a program may change them after accept, and that of the listener after the connection was accepted. It may be one of another
     * listener of the server, on an address that does not meet this one's.
     */
    private boolean staysInTheWay(Candidate again, SocketGroup connection, SocketOptions options) {
        if (!CLOSED_FIRST.contains(connection.standing().socket().state())) {
            return false;
        }
        return conflicts(again, left(known(connection, options))) == Flag.ON;
    }

    /** Whether the kernel resets a connection that is closed now. */
    private boolean isReset(TcpSocket connection) {
        return connection.recvQ() > 0
                || seen.options(connection)
                        .map(SocketOptions::lingerSeconds)
                        .filter(seconds -> seconds == 0)
                        .isPresent();
    }

    private Missing missing(SocketGroup group) {
        TcpSocket socket = group.standing().socket();
        if (seen.holdings().isClosed(socket.inode())) {
            return new Missing.Unseen(new Holder.Unseen(
                    socket.uid(), Optional.ofNullable(seen.users().get(socket.uid())), Holder.Why.CLOSED_MEANWHILE));
        }
        return switch (group.holder()) {
            case Holder.Unseen unseen -> new Missing.Unseen(unseen);
            case Holder.Processes processes ->
                new Missing.Options(
                        processes.all().getFirst().pid(),
                        why(group.standing().socket().inode()));
            case Holder.Queue _, Holder.Nobody _ ->
                new Missing.Unseen(
                        new Holder.Unseen(group.standing().socket().uid(), Optional.empty(), Holder.Why.NOT_HERE));
        };
    }

    private String why(long inode) {
        return seen.holdings().of(inode).stream().map(Limits::why).findFirst().orElse("nobody was asked");
    }

    /**
     * A connection that was accepted has the options of its listener, where its own are not known. One that was left by an earlier
     * generation has the option as well, where the listener has it: the bind of the listener has passed beside it.
     */
    private static ExistingSocket known(SocketGroup other, SocketOptions options) {
        ExistingSocket standing = other.standing();
        boolean accepted = other.origin().accepted() && standing.socket().state() != TcpState.LISTEN;
        if (!accepted || standing.reuseAddress() != Flag.UNKNOWN) {
            return standing;
        }
        return standing.withReuseAddress(options.reuseAddress()).withReusePort(options.reusePort());
    }

    /** What a connection leaves that the server closes first. */
    private ExistingSocket left(ExistingSocket open) {
        TcpSocket socket = open.socket();
        var timeWait = TcpSocket.of(TcpState.TIME_WAIT, socket.local(), socket.remote())
                .withFamily(socket.family())
                .withTimer(new SocketTimer(
                        SocketTimer.Kind.TIME_WAIT, seen.settings().timeWait(), 0));
        return new ExistingSocket(
                timeWait,
                open.reuseAddress(),
                open.reusePort(),
                open.v6Only(),
                OptionalLong.empty(),
                OptionalInt.of(socket.device()));
    }

    /** Whether every process that has it ends with the server: those of the server, and their children. */
    private static boolean endsWith(Holder server, Holder other) {
        if (!(server instanceof Holder.Processes ending) || !(other instanceof Holder.Processes held)) {
            return false;
        }
        Set<Integer> pids = ending.all().stream().map(Holder.Found::pid).collect(Collectors.toSet());
        return held.all().stream()
                .allMatch(found -> pids.contains(found.pid())
                        || (found.process() instanceof ProcessAnswer.Known(var story)
                                && pids.contains(story.parent())));
    }

    private RestartOutlook blocked(List<SocketGroup> blocking) {
        var endings = new Endings(seen);
        SocketGroup longest = blocking.stream()
                .max(Comparator.comparing(
                                (SocketGroup group) -> ending(endings, group).rank())
                        .thenComparingInt(group -> -Causes.ORDER.indexOf(Causes.of(group))))
                .orElseThrow();
        return new RestartOutlook.Blocked(
                Ending.last(
                        blocking.stream().map(group -> ending(endings, group)).toList()),
                Causes.of(longest),
                longest.holder(),
                blocking.stream().mapToInt(group -> group.sockets().size()).sum());
    }

    private static Ending ending(Endings endings, SocketGroup group) {
        return endings.ofAll(group.sockets());
    }
}
