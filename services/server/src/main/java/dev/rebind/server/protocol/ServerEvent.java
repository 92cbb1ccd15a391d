package dev.rebind.server.protocol;

import dev.rebind.child.protocol.StopWay;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the server says, one JSON object a line of its standard output; {@link ServerEventLine} writes and reads it. */
public sealed interface ServerEvent {
    /** When it happened, by the wall clock. */
    Instant at();

    /** What came of binding: exactly one of these is the server's first event. */
    sealed interface BindReport extends ServerEvent {}

    /**
     * What the server tried to bind.
     *
     * @param address as asked for. On {@code nio} a listener on 0.0.0.0 is a dual-stack IPv6 socket on {@code ::} unless the JVM
     *     runs with {@code -Djava.net.preferIPv4Stack=true}
     * @param port as asked for; once bound, the actual one
     * @param transport nio, epoll, io_uring; posix for bare sockets, with a process per connection
     * @param generation the number that the server was given
     */
    record Attempt(
            String address,
            int port,
            boolean reuseAddress,
            boolean reusePort,
            String transport,
            int generation,
            long pid) {}

    /** bind and listen have both succeeded. */
    record Bound(Attempt attempt, Instant at) implements BindReport {}

    /**
     * bind or listen failed.
     *
     * @param errno name; null where it cannot be told
     * @param errnoNumber number on this system; null where it cannot be told
     * @param call {@code bind} or {@code listen}; null where it cannot be told
     * @param message for people
     */
    record BindFailed(
            Attempt attempt,
            Instant at,
            @Nullable String errno,
            @Nullable Integer errnoNumber,
            @Nullable String call,
            String message)
            implements BindReport {}

    /** Nothing was bound, as what was asked for cannot be had here: a transport that is not available, a handler that does not start. */
    record Refused(Attempt attempt, Instant at, String message) implements BindReport {}

    /**
     * The listener is closed: the kernel has no LISTEN socket of this server any more.
     *
     * @param connections how many are open still
     */
    record Unbound(int connections, Instant at) implements ServerEvent {}

    /**
     * The last event: the listener and all connections are closed. With handler {@code process} and way {@code keep}, the
     * connections live on in processes of their own.
     *
     * @param way the last that was ordered
     * @param connections how many were open when the first order to stop came
     * @param accepted how many there were since the start
     */
    record Stopped(StopWay way, int connections, long accepted, Instant at) implements ServerEvent {}

    /** The answer to {@link ServerOrder.Report}. */
    record Report(boolean listening, int connections, long accepted, Instant at) implements ServerEvent {}

    /** A line on standard input was no order. */
    record Misunderstood(String line, Instant at) implements ServerEvent {}
}
