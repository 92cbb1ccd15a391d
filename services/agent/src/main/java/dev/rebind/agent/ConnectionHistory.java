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
 * Remembers which generation accepted each connection of a port. The kernel does not remember it: a leftover socket has no owner. Safe for
 * several threads.
 */
final class ConnectionHistory {
    /** The number of connections that are remembered for one port. The oldest are forgotten first. */
    private static final int MOST = 200_000;

    /** The number of generations that are remembered for one port. A leftover belongs to one of the last few. */
    private static final int MOST_LIVES = 500;

    private record Tuple(Endpoint local, Endpoint remote) {
        static Tuple of(TcpSocket socket) {
            return new Tuple(socket.local(), socket.remote());
        }
    }

    /**
     * A connection and the generation that accepted it.
     *
     * @param inode 0 while the connection waits in the listener's queue
     */
    private record Accepted(int generation, long inode) {}

    /** The history of one port. Its generations may have used several addresses. */
    private static final class Book {
        final List<GenerationLifetime> lives = new ArrayList<>();
        final Map<Tuple, Accepted> accepted = new Bounded<>();
        /** When the port was last looked at. */
        long lookedNanos = Long.MIN_VALUE;
        /** When each leftover was first seen that nobody saw while it had an owner. */
        final Map<Tuple, Long> orphans = new Bounded<>();
    }

    private static final class Bounded<V> extends LinkedHashMap<Tuple, V> {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Tuple, V> eldest) {
            return size() > MOST;
        }
    }

    /** The pid of this process. In listener mode this process is the server; it is also the parent of every process that it starts. */
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

    /** Adds processes that serve connections of a generation. */
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

    /** Returns the lifetimes of generations on a port, on any address, the latest last. */
    synchronized List<GenerationLifetime> lives(int port) {
        return List.copyOf(book(port).lives);
    }

    /** Returns every process that any generation had, without this process. */
    synchronized Set<Long> handlers() {
        var pids = new HashSet<Long>();
        for (Book book : books.values()) {
            book.lives.forEach(life -> pids.addAll(life.pids()));
        }
        pids.remove(self);
        return pids;
    }

    /** Returns the generation that accepted a connection; empty when nobody saw that. */
    synchronized Optional<Integer> acceptedBy(TcpSocket socket) {
        return Optional.ofNullable(book(socket.local().port()).accepted.get(Tuple.of(socket)))
                .map(Accepted::generation);
    }

    /** Returns when a leftover was first seen, {@link System#nanoTime()}; empty when it was not seen, or was seen while it had an owner. */
    synchronized OptionalLong orphanSince(TcpSocket socket) {
        Long nanos = book(socket.local().port()).orphans.get(Tuple.of(socket));
        return nanos == null ? OptionalLong.empty() : OptionalLong.of(nanos);
    }

    /** Whether the port was looked at within the last {@code nanos} nanoseconds. */
    synchronized boolean sawLately(int port, long nanos) {
        long last = book(port).lookedNanos;
        return last != Long.MIN_VALUE && System.nanoTime() - last < nanos;
    }

    /** Returns the lifetimes to which a process belongs, because it is one of their processes or a descendant of one. */
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
     * Records a look at the port.
     *
     * @param ancestors the ancestors of a process. A connection that a child process of a generation serves was accepted by that generation
     */
    synchronized void saw(int port, PortView view, LongFunction<Set<Long>> ancestors) {
        Book book = book(port);
        if (!(view.local() instanceof Snapshot local)) {
            return;
        }
        book.lookedNanos = local.takenNanos();
        take(book, view, local, ancestors);
    }

    /** Records a look that shows only the listeners of the port. Such a look does not count as a look at the port's other sockets. */
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
        // With SO_REUSEPORT this process may have several generations at once. A new listener belongs to the latest.
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
            // Our child processes open no outgoing connections from this port, but this process may.
            life = owner.pid() == self && out ? Optional.empty() : one(belonging(covering, owner, ancestors));
        } else if (orphan(socket)) {
            book.orphans.putIfAbsent(tuple, nanos);
            return;
        } else {
            // The connection is still in the listener's queue, or its process cannot be seen.
            life = out
                    ? Optional.empty()
                    : one(covering.stream().filter(GenerationLifetime::alive).toList());
        }
        life.ifPresent(one -> book.accepted.put(tuple, new Accepted(one.generation(), socket.inode())));
    }

    /** Returns the only lifetime, or the only one that has not ended. */
    static Optional<GenerationLifetime> one(List<GenerationLifetime> lives) {
        List<GenerationLifetime> alive =
                lives.stream().filter(GenerationLifetime::alive).toList();
        List<GenerationLifetime> candidates = alive.isEmpty() ? lives : alive;
        return candidates.size() == 1 ? Optional.of(candidates.getFirst()) : Optional.empty();
    }

    /**
     * Whether the process has closed the socket. A connection that has not been accepted yet has no inode either, but it is in another
     * state.
     */
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
