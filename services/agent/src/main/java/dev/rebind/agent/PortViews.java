package dev.rebind.agent;

import dev.rebind.sockets.Owner;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.SocketReader;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.proc.Owners;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Takes looks at ports. Owners are remembered for a while, since finding them means reading all of /proc. Safe for several threads. */
final class PortViews {
    private static final Set<TcpState> LISTEN = EnumSet.of(TcpState.LISTEN);
    /** Bound sockets that do nothing take the kernel a walk of their own; an explanation looks at them too. */
    private static final Set<TcpState> USUAL = EnumSet.complementOf(EnumSet.of(TcpState.CLOSED));

    private static final long OWNERS_KEPT_NANOS = 500_000_000L;

    private final SocketReader reader;
    private final Owners owners;
    private final Supplier<Set<Long>> own;
    private final Map<Long, Owner> known = new HashMap<>();
    private final Set<Long> unseen = new HashSet<>();
    private long learntNanos = System.nanoTime() - OWNERS_KEPT_NANOS;

    /** @param own pids of the agent and its servers, which hold most sockets that are looked at */
    PortViews(SocketReader reader, Owners owners, Supplier<Set<Long>> own) {
        this.reader = reader;
        this.owners = owners;
        this.own = own;
    }

    /** Everything but sockets that are bound and do nothing; owners as of half a second ago at most. */
    PortView quick(int port) {
        return view(port, USUAL);
    }

    private PortView view(int port, Set<TcpState> states) {
        Reading around = reader.read(SocketQuery.around(port).in(states));
        Reading local = PortView.part(around, socket -> socket.local().port() == port);
        Reading remote = PortView.part(
                around,
                socket -> socket.state() != TcpState.LISTEN && socket.remote().port() == port);
        Reading listeners = reader.read(SocketQuery.all().in(LISTEN));
        var inodes = new HashSet<Long>();
        if (local instanceof Snapshot snapshot) {
            snapshot.sockets().forEach(socket -> inodes.add(socket.inode()));
            inodes.remove(0L);
        }
        return new PortView(local, remote, listeners, owners(inodes));
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
