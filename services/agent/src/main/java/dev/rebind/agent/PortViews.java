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
 * Takes looks at ports. A whole look walks the kernel's socket table, so its time grows with the number of sockets on the machine. The
 * kernel answers for one known socket in microseconds. Owners are cached for a while, because finding them means reading all of /proc. Safe
 * for several threads.
 */
final class PortViews implements AutoCloseable {
    private static final Set<TcpState> LISTEN = EnumSet.of(TcpState.LISTEN);
    /**
     * The states of a usual look. To show bound sockets that neither listen nor connect (CLOSED), the kernel needs a walk of its own; only
     * an explanation asks for them.
     */
    private static final Set<TcpState> USUAL = EnumSet.complementOf(EnumSet.of(TcpState.CLOSED));

    private static final long OWNERS_KEPT_NANOS = 500_000_000L;
    /**
     * The time between two whole looks is at least this many times the duration of a whole look. On a machine without many sockets each
     * look is whole.
     */
    private static final int SHARE = 10;
    /** The usual upper limit for the cost of one question. */
    private static final long QUESTION_NANOS = 10_000;
    /** The number of ports whose last whole look is kept. */
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

    /** @param whole whether the view shows every socket on the port */
    record Again(PortView view, boolean whole) {}

    /**
     * A look for an explanation.
     *
     * @param around everything that the look has seen, as {@link PortObserver#sockets} returns it
     * @param view the same look in the form of other views, without sockets that are bound but neither listen nor connect
     */
    record Full(Reading around, PortView view) {}

    /** The netlink socket for questions about single sockets. It is opened when it is first needed. For one thread at a time. */
    private static final class Questions {
        private @Nullable SocketLookup lookup;
        private boolean over;

        /** Empty where the kernel cannot be asked for single sockets. */
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
     * The last whole look at a port, without the sockets that have gone since.
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

    /** @param own pids of the agent and its servers, which hold most of the sockets that are looked at */
    PortViews(SocketReader reader, Owners owners, Supplier<Set<Long>> own) {
        this(reader, owners, own, System::nanoTime);
    }

    /** @param clock measures how long a whole look takes */
    PortViews(SocketReader reader, Owners owners, Supplier<Set<Long>> own, LongSupplier clock) {
        this.clock = clock;
        this.reader = reader;
        this.owners = owners;
        this.own = own;
    }

    /** Returns everything but sockets that are bound and neither listen nor connect. The owners may be up to half a second old. */
    PortView quick(int port) {
        long began = clock.getAsLong();
        return view(port, reader.read(SocketQuery.around(port).in(USUAL)), began);
    }

    /** Returns every socket with all that the kernel tells of it. The owners may be up to half a second old. */
    Full full(int port) {
        long began = clock.getAsLong();
        Reading around = PortObserver.sockets(port);
        return new Full(around, view(port, PortView.part(around, socket -> USUAL.contains(socket.state())), began));
    }

    /** Returns only the listeners on the port. The kernel keeps listeners in a small table of their own. */
    PortView listeners(int port) {
        Reading all = reader.read(SocketQuery.all().in(LISTEN));
        Reading local = PortView.part(all, socket -> socket.local().port() == port);
        return new PortView(local, PortView.part(all, _ -> false), all, owners(inodes(local)));
    }

    /**
     * Returns the present state of the sockets that the last whole look at the port found, without sockets that are new since. Takes a
     * whole look instead where one is due or costs less.
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
            // Another thread may have taken a whole look meanwhile; its result stays.
            Whole now = wholes.get(port);
            if (now != null && now.endedNanos() == last.endedNanos()) {
                wholes.put(port, last.left(local.get(), remote.get()));
            }
        }
        return new Again(new PortView(local.get(), remote.get(), last.listeners(), owners(inodes(local.get()))), false);
    }

    /** Returns the sockets as they are now; empty where the kernel cannot be asked for single sockets. */
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

    /** @param began when the reading began */
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

    /** Closes the netlink socket. Every later look is a whole one. */
    @Override
    public void close() {
        synchronized (questions) {
            questions.end();
        }
    }

    /** Forgets the cached owners. Call it when connections may have other owners now. */
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
