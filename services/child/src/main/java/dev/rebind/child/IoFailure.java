package dev.rebind.child;

import dev.rebind.sockets.posix.Errno;
import dev.rebind.sockets.posix.PosixException;
import io.netty.channel.unix.Errors.NativeIoException;
import java.io.IOException;
import java.net.SocketException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an exception of the network says: which call failed, and with which errno. What cannot be told is null, never a guess.
 *
 * @param errno the errno's name, such as EADDRINUSE
 * @param errnoNumber the errno's number on this system
 * @param call bind, listen, connect, read or write
 * @param message the exception's own text, in the system's language, for people
 */
public record IoFailure(
        @Nullable String errno,
        @Nullable Integer errnoNumber,
        @Nullable String call,
        String message) {

    /**
     * The JDK's native methods that make a system call, by class and method. The frame on top of an exception's stack is the call
     * that failed; the exception's class does not tell: BindException stands for bind and listen, for EACCES as for EADDRINUSE.
     */
    private static final Map<String, String> CALLS = Map.ofEntries(
            Map.entry("sun.nio.ch.Net.bind0", "bind"),
            Map.entry("sun.nio.ch.Net.listen", "listen"),
            Map.entry("sun.nio.ch.Net.connect0", "connect"),
            Map.entry("sun.nio.ch.Net.pollConnect", "connect"),
            Map.entry("sun.nio.ch.SocketDispatcher.read0", "read"),
            Map.entry("sun.nio.ch.SocketDispatcher.readv0", "read"),
            Map.entry("sun.nio.ch.SocketDispatcher.write0", "write"),
            Map.entry("sun.nio.ch.SocketDispatcher.writev0", "write"),
            Map.entry("sun.nio.ch.UnixFileDispatcherImpl.write0", "write"),
            Map.entry("sun.nio.ch.UnixFileDispatcherImpl.writev0", "write"));

    /** Reads the innermost exception that knows: Netty and Vert.x wrap, and add addresses to the text. */
    public static IoFailure of(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof NativeIoException exception) {
                return of(exception, message);
            }
        }
        Throwable innermost = failure;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        String call = callOf(innermost);
        return innermost instanceof IOException exception
                ? errnoOf(exception)
                        .map(errno -> new IoFailure(errno.name(), errno.number(), call, message))
                        .orElseGet(() -> new IoFailure(null, null, call, message))
                : new IoFailure(null, null, call, message);
    }

    /** A bare socket's failure: it knows all. */
    public static IoFailure of(PosixException failure) {
        return new IoFailure(failure.errno(), failure.number(), failure.call(), failure.getMessage());
    }

    /** Netty's epoll and io_uring: the number is minus the errno, and the text starts with the call: {@code bind(..) failed}. */
    private static IoFailure of(NativeIoException failure, String message) {
        int number = -failure.expectedErr();
        String text = String.valueOf(failure.getMessage());
        int end = text.indexOf('(');
        return new IoFailure(Errno.name(number), number, end > 0 ? text.substring(0, end) : null, message);
    }

    private static @Nullable String callOf(Throwable failure) {
        for (StackTraceElement frame : failure.getStackTrace()) {
            String call = CALLS.get(frame.getClassName() + "." + frame.getMethodName());
            if (call != null) {
                return call;
            }
            if (isConnectionReset(frame)) {
                return "read";
            }
        }
        return null;
    }

    private static Optional<Errno> errnoOf(IOException failure) {
        StackTraceElement[] frames = failure.getStackTrace();
        // The one place where the JDK replaces the system's text by its own.
        if (failure instanceof SocketException && frames.length > 0 && isConnectionReset(frames[0])) {
            return Optional.of(Errno.ECONNRESET);
        }
        return failure.getMessage() == null ? Optional.empty() : Errno.ofMessage(failure.getMessage());
    }

    private static boolean isConnectionReset(StackTraceElement frame) {
        return frame.getClassName().equals("sun.nio.ch.SocketChannelImpl")
                && frame.getMethodName().equals("throwConnectionReset");
    }
}
