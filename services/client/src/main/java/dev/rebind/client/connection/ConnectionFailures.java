package dev.rebind.client.connection;

import dev.rebind.child.IoFailure;
import dev.rebind.client.protocol.RequestReport.Failure;
import dev.rebind.sockets.posix.Errno;
import io.netty.channel.ConnectTimeoutException;
import io.vertx.core.http.HttpClosedException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What an exception says of a connection or a request that failed. */
final class ConnectionFailures {
    private ConnectionFailures() {}

    /**
     * Counts an attempt to connect that has failed.
     *
     * @return its {@link #errno}
     */
    static String failedConnect(Throwable cause, Measures measures) {
        String errno = errno(cause);
        measures.tally().failedConnect(errno);
        if (SelfConnection.isCauseOf(cause)) {
            measures.tally().selfConnects++;
        }
        return errno;
    }

    /** {@code timeout} for the client's own; {@code unknown} where it cannot be told. */
    static String errno(Throwable cause) {
        if (cause instanceof ConnectTimeoutException) {
            return "timeout";
        }
        if (SelfConnection.isCauseOf(cause)) {
            // Nobody listened.
            return Errno.ECONNREFUSED.name();
        }
        String errno = IoFailure.of(cause).errno();
        return errno == null ? "unknown" : errno;
    }

    /** @param cause null: the connection ended with a FIN */
    static Failure failure(@Nullable Throwable cause) {
        if (cause == null || cause instanceof HttpClosedException || cause instanceof ClosedChannelException) {
            return Failure.closed_early;
        }
        return switch (errno(cause)) {
            case "ECONNREFUSED" -> Failure.refused;
            case "ECONNRESET", "EPIPE" -> Failure.reset;
            case "timeout", "ETIMEDOUT" -> Failure.timeout;
            case "EHOSTUNREACH", "ENETUNREACH" -> Failure.unreachable;
            default -> Failure.other;
        };
    }

    /**
     * Counts a connection that has ended, and not on order.
     *
     * @param failure null: with a FIN
     */
    static void count(@Nullable Throwable failure, Measures measures) {
        switch (failure(failure)) {
            case closed_early -> measures.tally().ends++;
            case reset -> {
                measures.tally().resets++;
                measures.observer().reset();
            }
            case other -> {
                // What is no failure of the socket is one of what the server says: the client ends the connection then.
                if (failure instanceof IOException) {
                    measures.tally().broken(errno(failure));
                }
            }
            case refused, timeout, status, unreachable ->
                measures.tally().broken(failure == null ? "unknown" : errno(failure));
        }
    }

    /** The errno, or the message where there is none; null where there is neither. */
    static @Nullable String detail(@Nullable Throwable cause) {
        if (cause == null) {
            return null;
        }
        String errno = errno(cause);
        if (SelfConnection.isCauseOf(cause)) {
            return cause.getMessage();
        }
        return errno.equals("unknown") ? ofTls(cause).orElseGet(cause::getMessage) : errno;
    }

    /** Vert.x says of a handshake only that it failed; its causes say why, the last of them the most. */
    private static Optional<String> ofTls(Throwable cause) {
        boolean isTls = false;
        String last = null;
        for (Throwable one = cause; one != null; one = one.getCause()) {
            isTls |= one instanceof SSLException;
            last = one.getMessage() == null ? last : one.getMessage();
        }
        return isTls ? Optional.ofNullable(last) : Optional.empty();
    }
}
