package dev.rebind.diagnosis.look;

import dev.rebind.sockets.diag.PortListeners;
import dev.rebind.sockets.posix.PosixException;
import java.time.Duration;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Notices listeners of a port that come and go while other things are looked at, on a thread of its own. A listener that is there for
 * less than {@link #PAUSE} may be missed. Nothing is bound, and no process notices anything.
 */
final class ListenerWatch implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(3);

    private final Changes changes;
    private boolean ended;

    private ListenerWatch(Changes changes) {
        this.changes = changes;
    }

    /** In the network namespace of the calling thread; where the kernel does not tell who listens, nothing is noticed. */
    static ListenerWatch on(int port) {
        try {
            var listeners = new PortListeners(port);
            var watch = new ListenerWatch(new Changes(listeners::inodes));
            Thread.ofPlatform().daemon().name("listener-watch").start(() -> watch.run(listeners));
            return watch;
        } catch (PosixException | LinkageError | IllegalCallerException _) {
            return none();
        }
    }

    /** One that notices nothing. */
    static ListenerWatch none() {
        return new ListenerWatch(new Changes(Optional::empty));
    }

    /** Who listens, time after time. For one thread. */
    static final class Changes {
        private final Supplier<Optional<Set<Long>>> now;
        private Optional<Set<Long>> before;
        private int count;

        /** @param now the inodes of the listeners; empty where nobody knows them */
        Changes(Supplier<Optional<Set<Long>>> now) {
            this.now = now;
            before = now.get();
        }

        /**
         * Looks, and tells how often all listeners have been replaced, so far. While one of a group stays, the port is taken as before:
         * workers come and go in such a group.
         */
        int look() {
            now.get().ifPresent(next -> {
                if (before.filter(last -> !last.equals(next) && Collections.disjoint(last, next))
                        .isPresent()) {
                    count += 1;
                }
                before = Optional.of(next);
            });
            return count;
        }

        int count() {
            return count;
        }

        /** As they were at the last look; none where nobody knows them. */
        Set<Long> last() {
            return before.orElse(Set.of());
        }
    }

    private synchronized void run(PortListeners listeners) {
        try (listeners) {
            while (!ended) {
                int before = changes.count();
                if (changes.look() != before) {
                    notifyAll();
                }
                TimeUnit.NANOSECONDS.timedWait(this, PAUSE.toNanos());
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** How often it has changed who listens, so far. */
    synchronized int count() {
        return changes.count();
    }

    /** Waits until it has changed more often than that, at most for a while; and tells how often it has. */
    synchronized int await(int count, Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        try {
            for (long left = atMost.toNanos();
                    changes.count() <= count && left > 0;
                    left = deadline - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return changes.count();
    }

    /** Waits until somebody listens who is not among these, at most for a while: the inodes; none where nobody does. */
    synchronized Set<Long> others(Set<Long> known, Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        try {
            for (long left = atMost.toNanos();
                    known.containsAll(changes.last()) && left > 0;
                    left = deadline - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return changes.last().stream().filter(inode -> !known.contains(inode)).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public synchronized void close() {
        ended = true;
        notifyAll();
    }
}
