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
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Says of each socket on a port whose it is, what cause it would be, and with which options it stands there. */
final class Suspects {
    /** TCP_TIMEWAIT_LEN of {@code include/net/tcp.h}. */
    private static final long TIME_WAIT_NANOS = 60_000_000_000L;
    /** How long after its end a generation's last connections may still come to TIME_WAIT: the other end must close first. */
    private static final long AFTER_THE_END_NANOS = 120_000_000_000L;
    /** Timers are seen to a tick, or to a hundredth of a second. */
    private static final long GRAIN_NANOS = 50_000_000L;

    private final Ledger ledger;
    private final int port;
    private final boolean ephemeral;
    private final PortView view;
    private final LongFunction<Set<Long>> parents;

    /** @param ephemeral whether the kernel may give the port to outgoing connections */
    Suspects(Ledger ledger, int port, boolean ephemeral, PortView view, LongFunction<Set<Long>> parents) {
        this.ledger = ledger;
        this.port = port;
        this.ephemeral = ephemeral;
        this.view = view;
        this.parents = parents;
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
            return new Suspect(standing(socket, null), Cause.self_connect, owner, null, null);
        }
        if (socket.state() == TcpState.LISTEN) {
            return listener(socket, owner);
        }
        if (socket.state() == TcpState.CLOSED) {
            return new Suspect(
                    standing(socket, null),
                    Cause.unknown,
                    owner,
                    null,
                    "A socket is bound to the port and not listening" + held(owner) + ".");
        }
        Optional<Life> accepted = ledger.acceptedBy(socket).flatMap(this::life);
        if (accepted.isPresent()) {
            return new Suspect(
                    standing(socket, accepted.get()),
                    byState(socket),
                    owner,
                    accepted.get().generation(),
                    null);
        }
        if (view.listeners() instanceof Snapshot listeners && Origins.goesOut(socket, listeners.sockets())) {
            return new Suspect(standing(socket, null), Cause.outgoing, owner, null, null);
        }
        return socket.inode() == 0 ? leftover(socket, snapshot) : connection(socket, owner);
    }

    private Suspect listener(TcpSocket socket, @Nullable Owner owner) {
        for (Life life : ledger.lives(port)) {
            if (life.listeners().contains(socket.inode()) || (owner != null && life.alive() && ours(owner, life))) {
                return new Suspect(standing(socket, life), Cause.listener_old, owner, life.generation(), null);
            }
        }
        if (owner != null) {
            return new Suspect(standing(socket, null), Cause.listener_other, owner, null, null);
        }
        boolean allKnown =
                ledger.lives(port).stream().noneMatch(life -> life.listeners().isEmpty());
        if (allKnown) {
            // Every listener that was ours has been seen, and this is none of them.
            return new Suspect(standing(socket, null), Cause.listener_other, null, null, null);
        }
        return new Suspect(
                standing(socket, null),
                Cause.unknown,
                null,
                null,
                "A listener is on the port whose process cannot be seen: whether it is the old generation's or another"
                        + " program's is not known. As root its owner would be visible.");
    }

    /** A connection that some process holds, and that nobody saw being accepted. */
    private Suspect connection(TcpSocket socket, @Nullable Owner owner) {
        for (Life life : ledger.lives(port)) {
            if (owner != null && ours(owner, life)) {
                return new Suspect(standing(socket, life), byState(socket), owner, life.generation(), null);
            }
        }
        if (owner != null
                && !ledger.lives(port).isEmpty()
                && ledger.lives(port).stream().noneMatch(Life::alive)) {
            // Opened by a process that is none of ours, after or beside our listener: an accepted connection would have
            // been seen with it, or with a child of it.
            return new Suspect(
                    standing(socket, null),
                    ephemeral ? Cause.outgoing : Cause.unknown,
                    owner,
                    null,
                    ephemeral
                            ? null
                            : "A connection" + held(owner)
                                    + " was not seen being accepted by a generation: whether it goes out"
                                    + " from the port or was handed over is not known.");
        }
        return new Suspect(
                standing(socket, null),
                Cause.unknown,
                owner,
                null,
                "A connection in " + socket.state() + " to " + socket.remote() + held(owner)
                        + " is on the port: whether it was accepted there or goes out from it is not known.");
    }

    /** A socket that no process holds any more, and that nobody saw while one did. */
    private Suspect leftover(TcpSocket socket, Snapshot snapshot) {
        Optional<Life> life = livedWhenItBegan(socket, snapshot);
        String doubt = ephemeral
                ? "A leftover in " + socket.state() + " was not seen while it was open, and the port lies in"
                        + " ip_local_port_range: it may be of a connection that went out from the port."
                : null;
        return new Suspect(
                standing(socket, life.orElse(null)),
                byState(socket),
                null,
                life.map(Life::generation).orElse(null),
                doubt);
    }

    /** The only generation that could have accepted it, by the time at which it came to its state. */
    private Optional<Life> livedWhenItBegan(TcpSocket socket, Snapshot snapshot) {
        List<Life> lives = ledger.lives(port);
        if (socket.state() != TcpState.TIME_WAIT || socket.timer().kind() != SocketTimer.Kind.TIME_WAIT) {
            // Its age is not known: it is told only where no other generation can be meant.
            return lives.size() == 1 ? Optional.of(lives.getFirst()) : Optional.empty();
        }
        long began = snapshot.takenNanos()
                - (TIME_WAIT_NANOS - socket.timer().remaining().toNanos());
        List<Life> possible = lives.stream()
                .filter(life -> life.fromNanos() <= began + GRAIN_NANOS
                        && (life.alive() || began - GRAIN_NANOS <= life.toNanos() + AFTER_THE_END_NANOS))
                .toList();
        return possible.size() == 1 ? Optional.of(possible.getFirst()) : Optional.empty();
    }

    private boolean ours(Owner owner, Life life) {
        return life.pids().contains(owner.pid())
                || life.pids().stream()
                        .anyMatch(pid -> pid != ProcessHandle.current().pid()
                                && parents.apply(owner.pid()).contains(pid));
    }

    private Optional<Life> life(int generation) {
        return ledger.lives(port).stream()
                .filter(life -> life.generation() == generation)
                .reduce((_, last) -> last);
    }

    private static Standing standing(TcpSocket socket, @Nullable Life life) {
        Flag reuse = life == null ? Flag.UNKNOWN : Flag.of(life.reuseAddress());
        Flag port = life == null ? Flag.UNKNOWN : Flag.of(life.reusePort());
        return new Standing(socket, reuse, port, v6Only(socket, life));
    }

    private static Flag v6Only(TcpSocket socket, @Nullable Life life) {
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
