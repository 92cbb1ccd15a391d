package dev.rebind.agent;

import dev.rebind.diagnosis.seen.Facts;
import dev.rebind.diagnosis.seen.Facts.Fact;
import dev.rebind.diagnosis.seen.Facts.Server;
import dev.rebind.diagnosis.seen.Observation;
import dev.rebind.diagnosis.seen.Opener;
import dev.rebind.diagnosis.seen.SeenHolder;
import dev.rebind.sockets.Owner;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.SocketTimer;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.bind.Flag;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Derives facts about the sockets on a port from the history of its generations: the generation of each socket, and its options. Pure. */
final class GenerationFacts {
    /** How long after the end of a generation its last connections may still enter TIME_WAIT, because the other end must close first. */
    private static final long AFTER_THE_END_NANOS = 120_000_000_000L;
    /** The precision of socket timers: the kernel shows them to a tick, or to a hundredth of a second. */
    private static final long GRAIN_NANOS = 50_000_000L;

    private final ConnectionHistory history;
    private final Observation seen;
    private final LongFunction<Set<Long>> ancestors;
    private final int port;
    private final Map<TcpSocket, Fact> facts = new HashMap<>();
    private final Set<TcpSocket> accepted = new HashSet<>();

    private GenerationFacts(ConnectionHistory history, Observation seen, LongFunction<Set<Long>> ancestors) {
        this.history = history;
        this.seen = seen;
        this.ancestors = Ancestors.remembering(ancestors);
        this.port = seen.question().port();
    }

    /** Returns the observation with the facts that are known from the generations. */
    static Observation with(ConnectionHistory history, Observation seen, LongFunction<Set<Long>> ancestors) {
        var known = new GenerationFacts(history, seen, ancestors);
        if (seen.around() instanceof Snapshot snapshot) {
            seen.onPort().forEach(socket -> known.add(socket, snapshot));
        }
        return seen.with(new Facts(known.facts), known.accepted);
    }

    private void add(TcpSocket socket, Snapshot snapshot) {
        if (socket.selfConnected() || socket.state() == TcpState.CLOSED || socket.state() == TcpState.SYN_SENT) {
            return;
        }
        if (socket.state() == TcpState.LISTEN) {
            put(socket, listener(socket));
            return;
        }
        if (seen.openers().getOrDefault(socket, Opener.UNKNOWN) == Opener.SELF) {
            // The connection is outgoing, so no server has accepted it.
            return;
        }
        Optional<GenerationLifetime> known = history.acceptedBy(socket).flatMap(generation -> life(generation, socket));
        if (known.isPresent()) {
            accepted.add(socket);
            put(socket, List.of(known.get()));
            return;
        }
        List<GenerationLifetime> covering =
                GenerationLifetime.covering(history.lives(port), socket.local().address());
        if (ConnectionHistory.orphan(socket)) {
            if (seen.settings().gives(port)) {
                // Nobody saw the socket while it was open, and the kernel also uses this port for outgoing connections.
                // It may not be the
                // server's.
                return;
            }
            List<GenerationLifetime> left = possible(socket, snapshot, covering);
            if (!left.isEmpty()) {
                accepted.add(socket);
                put(socket, left);
            }
            return;
        }
        List<GenerationLifetime> owned = belonging(covering, socket);
        if (!owned.isEmpty()) {
            accepted.add(socket);
            put(socket, ConnectionHistory.one(owned).map(List::of).orElse(owned));
        }
    }

    /** @param possible the generations to which the socket may belong; an option is known only where all of them had the same value */
    private void put(TcpSocket socket, List<GenerationLifetime> possible) {
        if (possible.isEmpty()) {
            return;
        }
        @Nullable GenerationLifetime only = possible.size() == 1 ? possible.getFirst() : null;
        Flag reuse = common(possible, GenerationLifetime::reuseAddress);
        Optional<Boolean> ran = reuse == Flag.UNKNOWN ? Optional.empty() : Optional.of(reuse == Flag.ON);
        facts.put(
                socket,
                new Fact(
                        Optional.of(new Server(
                                only == null ? OptionalInt.empty() : OptionalInt.of(only.generation()),
                                only != null && only.generation() == latest(),
                                ran)),
                        reuse,
                        common(possible, GenerationLifetime::reusePort),
                        v6Only(only)));
    }

    private int latest() {
        return history.lives(port).getLast().generation();
    }

    private List<GenerationLifetime> listener(TcpSocket socket) {
        List<GenerationLifetime> lives = history.lives(port).stream()
                .filter(life -> life.couldListenOn(socket.local().address()))
                .toList();
        List<GenerationLifetime> bound = lives.stream()
                .filter(life -> life.listeners().contains(socket.inode()))
                .toList();
        return bound.isEmpty()
                ? belonging(lives.stream().filter(GenerationLifetime::alive).toList(), socket)
                : bound;
    }

    private List<GenerationLifetime> belonging(List<GenerationLifetime> lives, TcpSocket socket) {
        return seen.holdings().of(socket.inode()).stream()
                .map(SeenHolder::pid)
                .map(pid -> history.belonging(lives, new Owner(pid, ""), ancestors))
                .filter(found -> !found.isEmpty())
                .findFirst()
                .orElse(List.of());
    }

    /** Returns the generations that could have accepted a leftover. Judges by the time at which it was first seen or entered its state. */
    private List<GenerationLifetime> possible(TcpSocket socket, Snapshot snapshot, List<GenerationLifetime> covering) {
        long first = history.orphanSince(socket).orElse(snapshot.takenNanos());
        boolean dated = socket.state() == TcpState.TIME_WAIT && socket.timer().kind() == SocketTimer.Kind.TIME_WAIT;
        long began = dated
                ? snapshot.takenNanos()
                        - (seen.settings().timeWait().toNanos()
                                - socket.timer().remaining().toNanos())
                : first;
        long latestStart = Math.min(first, began + GRAIN_NANOS);
        return covering.stream()
                .filter(life -> life.fromNanos() <= latestStart
                        && (life.alive() || began - GRAIN_NANOS <= life.toNanos() + AFTER_THE_END_NANOS))
                .toList();
    }

    private Optional<GenerationLifetime> life(int generation, TcpSocket socket) {
        List<GenerationLifetime> lives = history.lives(port).stream()
                .filter(life -> life.generation() == generation)
                .toList();
        return GenerationLifetime.covering(lives, socket.local().address()).stream()
                .findFirst();
    }

    private static Flag common(List<GenerationLifetime> lives, Function<GenerationLifetime, Flag> option) {
        List<Flag> flags = lives.stream().map(option).distinct().toList();
        return flags.size() == 1 ? flags.getFirst() : Flag.UNKNOWN;
    }

    /** Returns IPV6_V6ONLY of a socket for which the kernel does not show it. */
    private static Flag v6Only(@Nullable GenerationLifetime life) {
        // A wildcard listener of ours is dual-stack, as all of Java's are, and so are its connections.
        boolean wildcard = life != null
                && (life.place().address().equals("0.0.0.0")
                        || life.place().address().equals("::"));
        return wildcard ? Flag.OFF : life != null ? Flag.ON : Flag.UNKNOWN;
    }
}
