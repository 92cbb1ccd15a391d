package dev.rebind.sockets.posix;

import java.time.Duration;

/**
 * A socket call that waited for the other end for as long as its caller allows, and was given up. Its errno is ETIMEDOUT; it is
 * Rebind's own limit, so the kernel may not have given up yet.
 */
public final class SocketWaitTimeout extends PosixException {
    private static final long serialVersionUID = 1;

    private final Duration waited;

    public SocketWaitTimeout(String call, Duration waited) {
        super(call, Errno.ETIMEDOUT.number());
        this.waited = waited;
    }

    @Override
    public String getMessage() {
        return call() + ": the other end did not answer within " + waited.toMillis() + " ms";
    }
}
