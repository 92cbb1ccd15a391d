package dev.rebind.agent;

import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Owner;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongFunction;

/**
 * Remembers which generation accepted which connection of a port. The kernel forgets: a leftover has no owner. Safe for
 * several threads.
 */
final class Ledger {
    /** Connections kept in mind for one port; the oldest are forgotten first. */
    private static final int MOST = 200_000;

    private record Tuple(Endpoint local, Endpoint remote) {}

    /** A port's history. */
    private static final class Book {
        final List<Life> lives = new ArrayList<>();
        final Map<Tuple, Integer> accepted = new LinkedHashMap<>() {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Tuple, Integer> eldest) {
                return size() > MOST;
            }
        };
    }

    private final Map<Integer, Book> books = new HashMap<>();

    synchronized void begins(Life life) {
        book(life.place().port()).lives.add(life);
    }

    synchronized void ends(int port, int generation, long nanos) {
        book(port).lives.replaceAll(life -> life.generation() == generation && life.alive() ? life.ended(nanos) : life);
    }

    /** The lives on a port, the latest last. */
    synchronized List<Life> lives(int port) {
        return List.copyOf(book(port).lives);
    }

    /** Every process that a generation had, this one left out. */
    synchronized Set<Long> handlers() {
        var pids = new HashSet<Long>();
        for (Book book : books.values()) {
            book.lives.forEach(life -> pids.addAll(life.pids()));
        }
        pids.remove(ProcessHandle.current().pid());
        return pids;
    }

    /** The generation that accepted a connection; empty when nobody saw it do so. */
    synchronized Optional<Integer> acceptedBy(TcpSocket socket) {
        return Optional.ofNullable(book(socket.local().port()).accepted.get(tuple(socket)));
    }

    /**
     * Takes in a look at the port.
     *
     * @param parents the ancestors of a process: a connection that a generation's child serves was accepted by that generation
     */
    synchronized void saw(int port, PortView view, LongFunction<Set<Long>> parents) {
        if (!(view.local() instanceof Reading.Snapshot local)
                || !(view.listeners() instanceof Reading.Snapshot listeners)) {
            return;
        }
        Book book = book(port);
        if (book.lives.stream().noneMatch(Life::alive)) {
            return;
        }
        for (TcpSocket socket : local.sockets()) {
            Owner owner = view.owners().get(socket.inode());
            Optional<Life> life = life(book, owner, parents);
            if (socket.state() == TcpState.LISTEN) {
                life.ifPresent(found -> listens(book, found, socket.inode()));
            } else if (!socket.selfConnected() && !Origins.goesOut(socket, listeners.sockets())) {
                // Not accepted by the program yet, or of a process that cannot be seen: it belongs to the only
                // listener.
                Optional<Life> accepted = owner == null ? only(book) : life;
                accepted.ifPresent(found -> book.accepted.putIfAbsent(tuple(socket), found.generation()));
            }
        }
    }

    private static Optional<Life> only(Book book) {
        List<Life> alive = book.lives.stream().filter(Life::alive).toList();
        return alive.size() == 1 ? Optional.of(alive.getFirst()) : Optional.empty();
    }

    /** The life to which the owner belongs, itself or by descent; the process is added to it. */
    private static Optional<Life> life(
            Book book, @org.jspecify.annotations.Nullable Owner owner, LongFunction<Set<Long>> parents) {
        if (owner == null) {
            return Optional.empty();
        }
        for (int i = book.lives.size() - 1; i >= 0; i--) {
            Life life = book.lives.get(i);
            if (life.pids().contains(owner.pid())) {
                return Optional.of(life);
            }
        }
        Set<Long> ancestors = parents.apply(owner.pid());
        for (int i = book.lives.size() - 1; i >= 0; i--) {
            Life life = book.lives.get(i);
            // The agent's own process is the ancestor of all that it starts, so descent from it says nothing.
            boolean child = life.pids().stream()
                    .anyMatch(pid -> pid != ProcessHandle.current().pid() && ancestors.contains(pid));
            if (child) {
                var pids = new HashSet<>(life.pids());
                pids.add(owner.pid());
                Life grown = life.with(pids, life.listeners());
                book.lives.set(i, grown);
                return Optional.of(grown);
            }
        }
        return Optional.empty();
    }

    private static void listens(Book book, Life life, long inode) {
        if (inode != 0 && !life.listeners().contains(inode)) {
            var inodes = new HashSet<>(life.listeners());
            inodes.add(inode);
            int index = book.lives.indexOf(life);
            if (index >= 0) {
                book.lives.set(index, life.with(life.pids(), inodes));
            }
        }
    }

    private Book book(int port) {
        return books.computeIfAbsent(port, _ -> new Book());
    }

    private static Tuple tuple(TcpSocket socket) {
        return new Tuple(socket.local(), socket.remote());
    }
}
