package dev.rebind.agent;

import dev.rebind.sockets.Family;
import dev.rebind.sockets.Owner;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.SocketTimer;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.bind.Flag;
import dev.rebind.sockets.bind.Standing;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Says of each socket on a port whose it is, what cause it would be, and with which options it stands there. */
final class Suspects {
    /** TCP_TIMEWAIT_LEN of {@code include/net/tcp.h}. */
    private static final long TIME_WAIT_NANOS = 60_000_000_000L;
    /** How long after its end a generation's last connections may still come to TIME_WAIT: the other end must close first. */
    private static final long AFTER_THE_END_NANOS = 120_000_000_000L;
    /** Timers are seen to a tick, or to a hundredth of a second. */
    private static final long GRAIN_NANOS = 50_000_000L;

    private final ConnectionHistory history;
    private final int port;
    private final IntPredicate ephemeral;
    private final PortView view;
    private final LongFunction<Set<Long>> ancestors;

    /** @param ephemeral whether the kernel may give a port to outgoing connections */
    Suspects(
            ConnectionHistory history,
            int port,
            IntPredicate ephemeral,
            PortView view,
            LongFunction<Set<Long>> ancestors) {
        this.history = history;
        this.port = port;
        this.ephemeral = ephemeral;
        this.view = view;
        this.ancestors = Ancestors.remembering(ancestors);
    }

    /**
     * @param generation whose socket it is, or by whose listener it was accepted; null where not known
     * @param doubt a sentence on what is not known of it; null where nothing
     */
    record Suspect(
            Standing standing,
            Cause cause,
            @Nullable Owner owner,
            @Nullable Integer generation,
            @Nullable String doubt) {}

    List<Suspect> all(Snapshot snapshot) {
        var suspects = new ArrayList<Suspect>();
        for (TcpSocket socket : snapshot.sockets()) {
            suspects.add(suspect(socket, snapshot));
        }
        return suspects;
    }

    private Suspect suspect(TcpSocket socket, Snapshot snapshot) {
        Owner owner = view.owners().get(socket.inode());
        if (socket.selfConnected()) {
            return new Suspect(standing(socket, List.of()), Cause.self_connect, owner, null, null);
        }
        if (socket.state() == TcpState.LISTEN) {
            return listener(socket, owner);
        }
        if (socket.state() == TcpState.CLOSED) {
            String doubt = "A socket is bound to the port and not listening" + held(owner) + ".";
            return new Suspect(standing(socket, List.of()), Cause.unknown, owner, null, doubt);
        }
        Optional<GenerationLifetime> accepted = history.acceptedBy(socket).flatMap(this::life);
        if (accepted.isPresent()) {
            return of(socket, List.of(accepted.get()), owner, null);
        }
        if (ConnectionDirection.goesOut(socket, view)) {
            return new Suspect(standing(socket, List.of()), Cause.outgoing, owner, null, null);
        }
        List<GenerationLifetime> covering = history.lives(port).stream()
                .filter(life -> life.covers(socket.local().address()))
                .toList();
        return ConnectionHistory.orphan(socket)
                ? of(socket, possible(socket, snapshot, covering), null, leftoverDoubt(socket))
                : connection(socket, owner, covering);
    }

    /** A connection that one of the generations accepted; no generation: one that was not seen here. */
    private static Suspect of(
            TcpSocket socket, List<GenerationLifetime> possible, @Nullable Owner owner, @Nullable String doubt) {
        Integer generation = possible.size() == 1 ? possible.getFirst().generation() : null;
        return new Suspect(standing(socket, possible), byState(socket), owner, generation, doubt);
    }

    private Suspect listener(TcpSocket socket, @Nullable Owner owner) {
        List<GenerationLifetime> lives = history.lives(port).stream()
                .filter(life -> life.couldListenOn(socket.local().address()))
                .toList();
        List<GenerationLifetime> seen = lives.stream()
                .filter(life -> life.listeners().contains(socket.inode()))
                .toList();
        if (seen.isEmpty() && owner != null) {
            seen = history.belonging(
                    lives.stream().filter(GenerationLifetime::alive).toList(), owner, ancestors);
        }
        if (!seen.isEmpty()) {
            Integer generation = seen.size() == 1 ? seen.getFirst().generation() : null;
            return new Suspect(standing(socket, seen), Cause.listener_old, owner, generation, null);
        }
        // Where every listener that was ours has been seen, this is none of them, whether its process can be seen or
        // not.
        boolean other = owner != null
                || lives.stream().noneMatch(life -> life.listeners().isEmpty());
        return new Suspect(
                standing(socket, List.of()),
                other ? Cause.listener_other : Cause.unknown,
                owner,
                null,
                other
                        ? null
                        : "A listener is on the port whose process cannot be seen: whether it is the old generation's or"
                                + " another program's is not known. As root its owner would be visible.");
    }

    /** A connection that was not seen being accepted, and that is still open at this end. */
    private Suspect connection(TcpSocket socket, @Nullable Owner owner, List<GenerationLifetime> covering) {
        if (socket.inode() == 0) {
            // In a listener's queue: a socket that connects has an inode, and one that was closed is in another state.
            return of(
                    socket, covering.stream().filter(GenerationLifetime::alive).toList(), null, null);
        }
        List<GenerationLifetime> owned = owner == null ? List.of() : history.belonging(covering, owner, ancestors);
        if (!owned.isEmpty()) {
            return of(socket, ConnectionHistory.one(owned).map(List::of).orElse(owned), owner, null);
        }
        String whose = "A connection in " + socket.state() + " to " + socket.remote() + held(owner) + " is on the port";
        // Outgoing connections get their ports from ip_local_port_range; the ports of servers mostly lie outside.
        if (ephemeral.test(port) && !ephemeral.test(socket.remote().port())) {
            return new Suspect(
                    standing(socket, List.of()),
                    Cause.outgoing,
                    owner,
                    null,
                    whose + ": that it goes out is told by its two ports only, of which this one lies in"
                            + " ip_local_port_range and the other does not.");
        }
        return new Suspect(
                standing(socket, List.of()),
                Cause.unknown,
                owner,
                null,
                whose + ": whether it was accepted there or goes out from it is not known.");
    }

    private @Nullable String leftoverDoubt(TcpSocket socket) {
        return ephemeral.test(port)
                ? "A leftover in " + socket.state() + " was not seen while it was open, and the port lies in"
                        + " ip_local_port_range: it may be of a connection that went out from the port."
                : null;
    }

    /** The generations that could have accepted a leftover, by the time at which it was first seen or came to its state. */
    private List<GenerationLifetime> possible(TcpSocket socket, Snapshot snapshot, List<GenerationLifetime> covering) {
        long seen = history.orphanSince(socket).orElse(snapshot.takenNanos());
        boolean dated = socket.state() == TcpState.TIME_WAIT && socket.timer().kind() == SocketTimer.Kind.TIME_WAIT;
        long began = dated
                ? snapshot.takenNanos()
                        - (TIME_WAIT_NANOS - socket.timer().remaining().toNanos())
                : seen;
        long latestStart = Math.min(seen, began + GRAIN_NANOS);
        return covering.stream()
                .filter(life -> life.fromNanos() <= latestStart
                        && (life.alive() || began - GRAIN_NANOS <= life.toNanos() + AFTER_THE_END_NANOS))
                .toList();
    }

    private Optional<GenerationLifetime> life(int generation) {
        return history.lives(port).stream()
                .filter(life -> life.generation() == generation)
                .reduce((_, last) -> last);
    }

    /** With the options of the generation; where several are possible, those that all of them had. */
    private static Standing standing(TcpSocket socket, List<GenerationLifetime> possible) {
        return new Standing(
                socket,
                common(possible, GenerationLifetime::reuseAddress),
                common(possible, GenerationLifetime::reusePort),
                v6Only(socket, possible.size() == 1 ? possible.getFirst() : null));
    }

    private static Flag common(List<GenerationLifetime> lives, Predicate<GenerationLifetime> option) {
        if (!lives.isEmpty() && lives.stream().allMatch(option)) {
            return Flag.ON;
        }
        return !lives.isEmpty() && lives.stream().noneMatch(option) ? Flag.OFF : Flag.UNKNOWN;
    }

    private static Flag v6Only(TcpSocket socket, @Nullable GenerationLifetime life) {
        if (socket.family() == Family.IPV4 || socket.local().address() instanceof Inet4Address) {
            return Flag.OFF;
        }
        if (socket.v6Only() != null) {
            return Flag.of(socket.v6Only());
        }
        // Of ours, a listener on the wildcard is dual-stack, as Java's are, and its connections are so too.
        boolean wildcard = life != null
                && (life.place().address().equals("0.0.0.0")
                        || life.place().address().equals("::"));
        return wildcard ? Flag.OFF : life != null ? Flag.ON : Flag.UNKNOWN;
    }

    /** The cause that a connection of a generation is. */
    static Cause byState(TcpSocket socket) {
        return switch (socket.state()) {
            case TIME_WAIT -> Cause.time_wait;
            case FIN_WAIT_2 -> Cause.fin_wait2;
            case ESTABLISHED, SYN_RECEIVED, NEW_SYN_RECV -> Cause.established;
            case CLOSE_WAIT -> Cause.close_wait;
            case FIN_WAIT_1, LAST_ACK, CLOSING -> Cause.closing;
            case SYN_SENT -> Cause.outgoing;
            case LISTEN, CLOSED -> Cause.unknown;
        };
    }

    private static String held(@Nullable Owner owner) {
        return owner == null ? "" : ", held by " + owner.name() + " (pid " + owner.pid() + ")";
    }
}
