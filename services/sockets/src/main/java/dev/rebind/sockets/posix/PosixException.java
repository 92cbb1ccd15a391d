package dev.rebind.sockets.posix;

import java.io.IOException;

/** A socket call that failed: which, and with which errno. */
public sealed class PosixException extends IOException permits SocketWaitTimeout {
    private static final long serialVersionUID = 1;

    private final String call;
    private final int number;

    public PosixException(String call, int number) {
        super(call);
        this.call = call;
        this.number = number;
    }

    @Override
    public String getMessage() {
        return call + ": " + Errno.name(number) + " (errno " + number + ")"
                + (is(Errno.EMFILE) ? ": this process has no file descriptor left; raise its limit (ulimit -n)" : "");
    }

    /** The call's name, for example {@code bind} or {@code listen}. */
    public String call() {
        return call;
    }

    /** The errno's number on this system. */
    public int number() {
        return number;
    }

    /** The errno's name. */
    public String errno() {
        return Errno.name(number);
    }

    public boolean is(Errno errno) {
        return errno.number() == number;
    }
}
