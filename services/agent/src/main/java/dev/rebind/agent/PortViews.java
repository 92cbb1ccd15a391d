package dev.rebind.agent;

import dev.rebind.diagnosis.look.PortObserver;
import dev.rebind.sockets.Owner;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.SocketReader;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.diag.InetDiagReader;
import dev.rebind.sockets.diag.SocketLookup;
import dev.rebind.sockets.owners.Owners;
import dev.rebind.sockets.posix.PosixException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes looks at ports. A whole look walks the kernel's table, which takes the longer the more sockets are on the machine; the sockets
 * that it found are asked for one by one in microseconds. Owners are remembered for a while, since finding them means
 * reading all of /proc. Safe for several threads.
 */
final class PortViews implements AutoCloseable {
    private static final Set<TcpState> LISTEN = EnumSet.of(TcpState.LISTEN);
    /** Bound sockets that do nothing take the kernel a walk of their own; an explanation looks at them too. */
    private static final Set<TcpState> USUAL = EnumSet.complementOf(EnumSet.of(TcpState.CLOSED));

    private static final long OWNERS_KEPT_NANOS = 500_000_000L;
    /** Of the time between two whole looks a whole look takes one part in so many; on a machine without many sockets each is whole. */
    private static final int SHARE = 10;
    /** What one question costs at most, as a rule. */
    private static final long QUESTION_NANOS = 10_000;
    /** Ports of which the last whole look is kept. */
    private static final int MOST = 64;

    private final LongSupplier clock;
    private final SocketReader reader;
    private final Owners owners;
    private final Supplier<Set<Long>> own;
    private final Map<Long, Owner> known = new HashMap<>();
    private final Set<Long> unseen = new HashSet<>();
    private long learntNanos = System.nanoTime() - OWNERS_KEPT_NANOS;
    private final LinkedHashMap<Integer, Whole> wholes = new LinkedHashMap<>(16, 0.75f, true);
    private final Questions questions = new Questions();

    /** @param whole whether nothing that stands on the port is missing in it */
    record Again(PortView view, boolean whole) {}

    /**
     * A look for an explanation.
     *
     * @param around all that it has seen, as {@link PortObserver#sockets} has it
     * @param view the same look as every other view shows it: without sockets that are bound and do nothing
     */
    record Full(Reading around, PortView view) {}

    /** The one netlink socket for questions, opened when it is first needed. For one thread at a time. */
    private static final class Questions {
        private @Nullable SocketLookup lookup;
        private boolean over;

        /** Empty where sockets cannot be asked for one by one. */
        Optional<SocketLookup> lookup() {
            if (lookup == null && !over) {
                try {
                    lookup = new SocketLookup();
                } catch (PosixException e) {
                    over = true;
                }
            }
            return Optional.ofNullable(lookup);
        }

        void end() {
            over = true;
            if (lookup != null) {
                lookup.close();
                lookup = null;
            }
        }
    }

    /**
     * The last whole look at a port, less what has gone since.
     *
     * @param tookNanos how long the whole look took
     */
    private record Whole(Snapshot local, Snapshot remote, Reading listeners, long tookNanos, long endedNanos) {
        boolean isDue(long nowNanos) {
            return nowNanos - endedNanos >= SHARE * tookNanos;
        }

        boolean isCheaper() {
            return (local.sockets().size() + remote.sockets().size()) * QUESTION_NANOS >= tookNanos;
        }

        Whole left(Snapshot nowLocal, Snapshot nowRemote) {
            return new Whole(nowLocal, nowRemote, listeners, tookNanos, endedNanos);
        }
    }

    /** @param own pids of the agent and its servers, which hold most sockets that are looked at */
    PortViews(SocketReader reader, Owners owners, Supplier<Set<Long>> own) {
        this(reader, owners, own, System::nanoTime);
    }

    /** @param clock by which it is known what a whole look takes */
    PortViews(SocketReader reader, Owners owners, Supplier<Set<Long>> own, LongSupplier clock) {
        this.clock = clock;
        this.reader = reader;
        this.owners = owners;
        this.own = own;
    }

    /** Everything but sockets that are bound and do nothing; owners as of half a second ago at most. */
    PortView quick(int port) {
        long began = clock.getAsLong();
        return view(port, reader.read(SocketQuery.around(port).in(USUAL)), began);
    }

    /** Everything with all that the kernel tells of it; owners as of half a second ago at most. */
    Full full(int port) {
        long began = clock.getAsLong();
        Reading around = PortObserver.sockets(port);
        return new Full(around, view(port, PortView.part(around, socket -> USUAL.contains(socket.state())), began));
    }

    /** The listeners on the port and no other socket: they stand in a small table of their own. */
    PortView listeners(int port) {
        Reading all = reader.read(SocketQuery.all().in(LISTEN));
        Reading local = PortView.part(all, socket -> socket.local().port() == port);
        return new PortView(local, PortView.part(all, _ -> false), all, owners(inodes(local)));
    }

    /**
     * What the last whole look at the port found, as it is now, without sockets that are new since; a whole look where that is due, or
     * costs less.
     */
    Again again(int port) {
        Whole last;
        synchronized (wholes) {
            last = wholes.get(port);
        }
        if (last == null || last.isDue(clock.getAsLong()) || last.isCheaper()) {
            return new Again(quick(port), true);
        }
        Optional<Snapshot> local;
        Optional<Snapshot> remote;
        synchronized (questions) {
            local = asked(last.local());
            remote = local.isEmpty() ? Optional.empty() : asked(last.remote());
        }
        if (local.isEmpty() || remote.isEmpty()) {
            return new Again(quick(port), true);
        }
        synchronized (wholes) {
            // Unless a whole look was taken meanwhile.
            Whole now = wholes.get(port);
            if (now != null && now.endedNanos() == last.endedNanos()) {
                wholes.put(port, last.left(local.get(), remote.get()));
            }
        }
        return new Again(new PortView(local.get(), remote.get(), last.listeners(), owners(inodes(local.get()))), false);
    }

    /** Those sockets as they are now; empty where they cannot be asked for. */
    private Optional<Snapshot> asked(Snapshot before) {
        Optional<SocketLookup> asks = questions.lookup();
        if (asks.isEmpty()) {
            return Optional.empty();
        }
        long began = System.nanoTime();
        Instant at = Instant.now();
        List<TcpSocket> there = new ArrayList<>();
        for (TcpSocket socket : before.sockets()) {
            switch (asks.get().ask(socket)) {
                case SocketLookup.Answer.Found(TcpSocket now) -> there.add(now);
                case SocketLookup.Answer.Gone _ -> {}
                case SocketLookup.Answer.Failed _ -> {
                    return Optional.empty();
                }
            }
        }
        long half = (System.nanoTime() - began) / 2;
        return Optional.of(new Snapshot(at.plusNanos(half), began + half, before.source(), there, half));
    }

    /** @param began when the reading was begun */
    private PortView view(int port, Reading around, long began) {
        Reading local = PortView.part(around, socket -> socket.local().port() == port);
        Reading remote = PortView.part(
                around,
                socket -> socket.state() != TcpState.LISTEN && socket.remote().port() == port);
        Reading listeners = reader.read(SocketQuery.all().in(LISTEN));
        if (local instanceof Snapshot here
                && remote instanceof Snapshot there
                && here.source().equals(InetDiagReader.SOURCE)) {
            long ended = clock.getAsLong();
            keep(port, new Whole(here, there, listeners, ended - began, ended));
        }
        return new PortView(local, remote, listeners, owners(inodes(local)));
    }

    private void keep(int port, Whole whole) {
        synchronized (wholes) {
            wholes.put(port, whole);
            if (wholes.size() > MOST) {
                wholes.pollFirstEntry();
            }
        }
    }

    private static Set<Long> inodes(Reading local) {
        var inodes = new HashSet<Long>();
        if (local instanceof Snapshot snapshot) {
            snapshot.sockets().forEach(socket -> inodes.add(socket.inode()));
            inodes.remove(0L);
        }
        return inodes;
    }

    /** From now on every look is a whole one. */
    @Override
    public void close() {
        synchronized (questions) {
            questions.end();
        }
    }

    /** Connections may have other owners now. */
    synchronized void forgetOwners() {
        known.clear();
        unseen.clear();
    }

    private synchronized Map<Long, Owner> owners(Set<Long> inodes) {
        long now = System.nanoTime();
        boolean old = now - learntNanos > OWNERS_KEPT_NANOS;
        if (old) {
            known.clear();
            unseen.clear();
            learntNanos = now;
        }
        var ended = new HashSet<Long>();
        for (Owner owner : new HashSet<>(known.values())) {
            if (!ProcessHandle.of(owner.pid()).map(ProcessHandle::isAlive).orElse(false)) {
                ended.add(owner.pid());
            }
        }
        known.values().removeIf(owner -> ended.contains(owner.pid()));
        var missing = new HashSet<>(inodes);
        missing.removeAll(known.keySet());
        missing.removeAll(unseen);
        if (!missing.isEmpty()) {
            Map<Long, Owner> found = owners.of(missing, own.get());
            known.putAll(found);
            missing.removeAll(found.keySet());
            unseen.addAll(missing);
        }
        var result = new HashMap<Long, Owner>();
        for (long inode : inodes) {
            Owner owner = known.get(inode);
            if (owner != null) {
                result.put(inode, owner);
            }
        }
        return result;
    }
}
