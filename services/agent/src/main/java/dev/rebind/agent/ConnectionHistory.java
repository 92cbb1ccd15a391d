package dev.rebind.agent;

import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Owner;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which generation accepted which connection of a port. The kernel forgets: a leftover has no owner. Safe for
 * several threads.
 */
final class ConnectionHistory {
    /** Connections kept in mind for one port; the oldest are forgotten first. */
    private static final int MOST = 200_000;

    /** Generations kept in mind for one port; a leftover is of one of the last few. */
    private static final int MOST_LIVES = 500;

    private record Tuple(Endpoint local, Endpoint remote) {
        static Tuple of(TcpSocket socket) {
            return new Tuple(socket.local(), socket.remote());
        }
    }

    /**
     * Which generation accepted a connection.
     *
     * @param inode 0 as long as it waits in the listener's queue
     */
    private record Accepted(int generation, long inode) {}

    /** A port's history. Its generations may have been on several addresses. */
    private static final class Book {
        final List<GenerationLifetime> lives = new ArrayList<>();
        final Map<Tuple, Accepted> accepted = new Bounded<>();
        /** When the port was last looked at. */
        long lookedNanos = Long.MIN_VALUE;
        /** When a leftover was first seen that nobody saw while it had an owner. */
        final Map<Tuple, Long> orphans = new Bounded<>();
    }

    private static final class Bounded<V> extends LinkedHashMap<Tuple, V> {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Tuple, V> eldest) {
            return size() > MOST;
        }
    }

    /** This process: in listener mode it is the server, and the parent of all that it starts. */
    private final long self;

    private final Map<Integer, Book> books = new HashMap<>();

    ConnectionHistory(long self) {
        this.self = self;
    }

    synchronized void begins(GenerationLifetime life) {
        List<GenerationLifetime> lives = book(life.place().port()).lives;
        lives.add(life);
        if (lives.size() > MOST_LIVES) {
            lives.stream().filter(one -> !one.alive()).findFirst().ifPresent(lives::remove);
        }
    }

    synchronized void ends(int port, int generation, long nanos) {
        book(port).lives.replaceAll(life -> life.generation() == generation && life.alive() ? life.ended(nanos) : life);
    }

    /** More processes that serve connections of a generation. */
    synchronized void joins(int port, int generation, Set<Long> pids) {
        book(port).lives.replaceAll(life -> {
            if (life.generation() != generation) {
                return life;
            }
            var all = new HashSet<>(life.pids());
            all.addAll(pids);
            return life.with(all, life.listeners());
        });
    }

    /** The lives on a port, on whichever address, the latest last. */
    synchronized List<GenerationLifetime> lives(int port) {
        return List.copyOf(book(port).lives);
    }

    /** Every process that a generation had, this one left out. */
    synchronized Set<Long> handlers() {
        var pids = new HashSet<Long>();
        for (Book book : books.values()) {
            book.lives.forEach(life -> pids.addAll(life.pids()));
        }
        pids.remove(self);
        return pids;
    }

    /** The generation that accepted a connection; empty when nobody saw it do so. */
    synchronized Optional<Integer> acceptedBy(TcpSocket socket) {
        return Optional.ofNullable(book(socket.local().port()).accepted.get(Tuple.of(socket)))
                .map(Accepted::generation);
    }

    /** When a leftover was first seen, {@link System#nanoTime()}; empty when it was not, or was seen while it had an owner. */
    synchronized OptionalLong orphanSince(TcpSocket socket) {
        Long nanos = book(socket.local().port()).orphans.get(Tuple.of(socket));
        return nanos == null ? OptionalLong.empty() : OptionalLong.of(nanos);
    }

    /** Whether the port was looked at within so many nanoseconds. */
    synchronized boolean sawLately(int port, long nanos) {
        long last = book(port).lookedNanos;
        return last != Long.MIN_VALUE && System.nanoTime() - last < nanos;
    }

    /** Those of the lives to which a process belongs, itself or as a descendant. */
    List<GenerationLifetime> belonging(List<GenerationLifetime> lives, Owner owner, LongFunction<Set<Long>> ancestors) {
        List<GenerationLifetime> own =
                lives.stream().filter(life -> life.pids().contains(owner.pid())).toList();
        if (!own.isEmpty()) {
            return own;
        }
        // This process is the ancestor of all that it starts, so descent from it says nothing.
        Set<Long> above = ancestors.apply(owner.pid());
        return lives.stream()
                .filter(life -> life.pids().stream().anyMatch(pid -> pid != self && above.contains(pid)))
                .toList();
    }

    /**
     * Takes in a look at the port.
     *
     * @param ancestors of a process: a connection that a generation's child serves was accepted by that generation
     */
    synchronized void saw(int port, PortView view, LongFunction<Set<Long>> ancestors) {
        Book book = book(port);
        if (!(view.local() instanceof Snapshot local)) {
            return;
        }
        book.lookedNanos = local.takenNanos();
        take(book, view, local, ancestors);
    }

    /** Takes in a look at nothing but the listeners of the port: that it was looked at does not say what else is there. */
    synchronized void sawListeners(int port, PortView view, LongFunction<Set<Long>> ancestors) {
        if (view.local() instanceof Snapshot local) {
            take(book(port), view, local, ancestors);
        }
    }

    private void take(Book book, PortView view, Snapshot local, LongFunction<Set<Long>> ancestors) {
        LongFunction<Set<Long>> known = Ancestors.remembering(ancestors);
        for (TcpSocket socket : local.sockets()) {
            if (socket.selfConnected() || socket.state() == TcpState.CLOSED) {
                continue;
            }
            @Nullable Owner owner = view.owners().get(socket.inode());
            if (socket.state() == TcpState.LISTEN) {
                listener(book, socket, owner, known);
            } else {
                connection(book, socket, owner, view, local.takenNanos(), known);
            }
        }
    }

    private void listener(Book book, TcpSocket socket, @Nullable Owner owner, LongFunction<Set<Long>> ancestors) {
        if (owner == null || socket.inode() == 0) {
            return;
        }
        List<GenerationLifetime> possible = book.lives.stream()
                .filter(life ->
                        life.alive() && life.couldListenOn(socket.local().address()))
                .toList();
        possible = belonging(possible, owner, ancestors);
        if (possible.isEmpty()
                || possible.stream().anyMatch(life -> life.listeners().contains(socket.inode()))) {
            return;
        }
        // With SO_REUSEPORT this process may have several: a listener that is new is the latest one's.
        GenerationLifetime latest = possible.getLast();
        var inodes = new HashSet<>(latest.listeners());
        inodes.add(socket.inode());
        book.lives.set(book.lives.indexOf(latest), latest.with(latest.pids(), inodes));
    }

    private void connection(
            Book book,
            TcpSocket socket,
            @Nullable Owner owner,
            PortView view,
            long nanos,
            LongFunction<Set<Long>> ancestors) {
        Tuple tuple = Tuple.of(socket);
        Accepted known = book.accepted.get(tuple);
        if (known != null && (socket.inode() == 0 || socket.inode() == known.inode())) {
            return;
        }
        if (known != null && known.inode() == 0) {
            book.accepted.put(tuple, new Accepted(known.generation(), socket.inode()));
            return;
        }
        boolean out = ConnectionDirection.goesOut(socket, view);
        List<GenerationLifetime> covering =
                GenerationLifetime.covering(book.lives, socket.local().address());
        Optional<GenerationLifetime> life;
        if (owner != null) {
            // Our servers make no connections; this process may make some.
            life = owner.pid() == self && out ? Optional.empty() : one(belonging(covering, owner, ancestors));
        } else if (orphan(socket)) {
            book.orphans.putIfAbsent(tuple, nanos);
            return;
        } else {
            // In the listener's queue still, or of a process that cannot be seen.
            life = out
                    ? Optional.empty()
                    : one(covering.stream().filter(GenerationLifetime::alive).toList());
        }
        life.ifPresent(one -> book.accepted.put(tuple, new Accepted(one.generation(), socket.inode())));
    }

    /** The only one, or the only one that is alive. */
    static Optional<GenerationLifetime> one(List<GenerationLifetime> lives) {
        List<GenerationLifetime> alive =
                lives.stream().filter(GenerationLifetime::alive).toList();
        List<GenerationLifetime> candidates = alive.isEmpty() ? lives : alive;
        return candidates.size() == 1 ? Optional.of(candidates.getFirst()) : Optional.empty();
    }

    /** Closed by its process: what has not been accepted yet has no inode either, but is in another state. */
    static boolean orphan(TcpSocket socket) {
        return socket.inode() == 0
                && switch (socket.state()) {
                    case FIN_WAIT_1, FIN_WAIT_2, TIME_WAIT, LAST_ACK, CLOSING -> true;
                    case ESTABLISHED, CLOSE_WAIT, SYN_SENT, SYN_RECEIVED, NEW_SYN_RECV, LISTEN, CLOSED -> false;
                };
    }

    private Book book(int port) {
        return books.computeIfAbsent(port, _ -> new Book());
    }
}
