package dev.rebind.sockets.posix;

import java.io.IOException;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Keeps binds of this JVM apart from the starts of its child processes. A child that is being started has a copy of each
 * descriptor of this JVM until it executes its program. A listener that this JVM closes meanwhile goes on to listen by that
 * copy, for a millisecond or, on a busy machine, for much longer, and a bind of its port fails with EADDRINUSE. All
 * methods may be called on any thread; they block while a call of the other kind goes on.
 */
public final class ProcessStarts {
    /** Read: a start. Write: a bind, which takes microseconds. */
    private static final ReadWriteLock LOCK = new ReentrantReadWriteLock();

    private ProcessStarts() {}

    /** What fails with an exception of its own kind. */
    @FunctionalInterface
    public interface Call<T, E extends Exception> {
        T call() throws E;
    }

    /** Starts a program. {@link ProcessBuilder#start} returns when the child has closed its copies and executes the program. */
    public static Process start(ProcessBuilder builder) throws IOException {
        return during(builder::start);
    }

    /** A start in another way. It must not return before the child has closed its copies. */
    static <T, E extends Exception> T during(Call<T, E> start) throws E {
        LOCK.readLock().lock();
        try {
            return start.call();
        } finally {
            LOCK.readLock().unlock();
        }
    }

    /** A bind of a port that a socket of this JVM has just left. */
    public static <T, E extends Exception> T apart(Call<T, E> bind) throws E {
        LOCK.writeLock().lock();
        try {
            return bind.call();
        } finally {
            LOCK.writeLock().unlock();
        }
    }
}
