package dev.rebind.diagnosis.look;

import dev.rebind.diagnosis.Question;
import dev.rebind.diagnosis.seen.Attempt;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.SocketReaders;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The kernel's answers to binds, and the sockets of the port, of one moment. No call gives both, so each is asked for before and after the
 * other, and again where something has changed.
 *
 * @param changing whether something has changed each time
 */
record PortSnapshot(List<Attempt> attempts, Reading around, boolean changing) {
    private static final int MOST_ROUNDS = 5;

    PortSnapshot {
        attempts = List.copyOf(attempts);
    }

    /** @param six whether the machine has IPv6 */
    static PortSnapshot of(Question question, boolean six) {
        return of(
                () -> Prober.ask(question.places(six), question.port(), question.reusePort()),
                () -> PortObserver.sockets(question.port()),
                () -> SocketReaders.best()
                        .read(SocketQuery.onPort(question.port()).in(EnumSet.of(TcpState.LISTEN))),
                question.port());
    }

    /**
     * @param probe asks the kernel by binds
     * @param table reads the sockets around the port, which takes as long as the machine has sockets
     * @param listeners reads those that listen on the port, which takes microseconds on any machine
     */
    static PortSnapshot of(
            Supplier<List<Attempt>> probe, Supplier<Reading> table, Supplier<Reading> listeners, int port) {
        var differing = new HashSet<Object>();
        Round round = Round.of(probe, table, listeners, port);
        for (int more = 1; more < MOST_ROUNDS && !round.agrees(); more++) {
            differing.addAll(round.seen());
            round = Round.of(probe, table, listeners, port);
        }
        differing.addAll(round.seen());
        // What the kernel does not show is refused by nothing each time, and changes nothing.
        return new PortSnapshot(round.attempts(), round.around(), !round.agrees() && differing.size() > 2);
    }

    /**
     * The probe, the table, the probe and the listeners; the last two only where the first two leave a doubt. What else was bound when the
     * table was read is told by the second probe.
     *
     * @param after the view with the listeners of after the second probe
     */
    private record Round(List<Attempt> attempts, Reading around, View view, List<Attempt> again, View after) {
        static Round of(Supplier<List<Attempt>> probe, Supplier<Reading> table, Supplier<Reading> listeners, int port) {
            List<Attempt> attempts = probe.get();
            Reading around = table.get();
            View view = View.of(around, port);
            boolean plain = attempts.stream().noneMatch(Attempt::inUse)
                    && (view.empty() || attempts.stream().noneMatch(Attempt::binds));
            return plain
                    ? new Round(attempts, around, view, attempts, view)
                    : new Round(attempts, around, view, probe.get(), view.with(Listeners.of(listeners.get(), port)));
        }

        boolean agrees() {
            boolean byNothing = view.listeners().known()
                    && view.empty()
                    && attempts.stream().anyMatch(Attempt::inUse);
            return attempts.equals(again) && view.equals(after) && !byNothing;
        }

        Set<Object> seen() {
            return Set.copyOf(List.of(attempts, again, view, after));
        }
    }

    /**
     * What matters to a bind and stays the same on a port that is at rest: connections come and go on any.
     *
     * @param bound the sockets that were bound to the port themselves and do not listen, by their inodes
     * @param empty whether no socket has the port
     */
    private record View(Listeners listeners, Set<Long> bound, boolean empty) {
        static View of(Reading around, int port) {
            List<TcpSocket> own = PortObserver.onPort(around, port);
            Set<Long> bound = own.stream()
                    .filter(socket -> socket.peer().isEmpty() && socket.state() != TcpState.LISTEN)
                    .map(TcpSocket::inode)
                    .collect(Collectors.toUnmodifiableSet());
            return new View(Listeners.of(around, port), bound, own.isEmpty());
        }

        View with(Listeners now) {
            return new View(now, bound, empty);
        }
    }

    /** @param known whether the sockets could be read */
    private record Listeners(boolean known, Set<Long> inodes) {
        static Listeners of(Reading reading, int port) {
            return new Listeners(
                    reading instanceof Reading.Snapshot,
                    Set.copyOf(PortObserver.listeners(PortObserver.onPort(reading, port))));
        }
    }
}
