package dev.rebind.client.protocol;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of the requests since the last {@link ClientOrder#mark}, of clients that speak HTTP, or TCP with an answer to wait
 * for. Of tcp the making of a connection and what is said at its start are one request.
 *
 * @param sent requests that were under way at the mark, or due after it and begun: no fewer than were answered and have failed
 * @param answered those with the expected answer
 * @param failed those that failed, by {@link Failure}
 * @param unansweredConnections on how many of the connections that are kept requests were sent and none was answered, from the mark before
 *     to this one; null where none are kept
 * @param bytesCut bytes of answers that had begun and did not come to their end
 * @param before latencies in milliseconds from {@link ClientOrder#observe} to the mark; null without any answer
 * @param during from the mark to {@link ClientOrder#bound}, by the time at which a request was due; null without any
 * @param after from there on; null without any
 * @param lateMs how much later than due requests were begun, 99th percentile since the mark; null where there is no schedule
 * @param failures the failed ones in groups, in the order in which the first of each group failed
 */
public record RequestReport(
        long sent,
        long answered,
        Map<Failure, Long> failed,
        @Nullable Integer unansweredConnections,
        long bytesCut,
        @Nullable Latency before,
        @Nullable Latency during,
        @Nullable Latency after,
        @Nullable Double lateMs,
        List<Failures> failures) {

    public RequestReport {
        failed = Map.copyOf(failed);
        failures = List.copyOf(failures);
    }

    /** How a request failed, as the client saw it. */
    public enum Failure {
        /** ECONNREFUSED. */
        refused,
        /** ECONNRESET or EPIPE. */
        reset,
        /** The connection ended with a FIN before the whole answer was there. */
        closed_early,
        /** No whole answer in time. */
        timeout,
        /** An answer with another status than the expected one. */
        status,
        /** EHOSTUNREACH or ENETUNREACH. */
        unreachable,
        /** Anything else, such as a TLS handshake that fails. */
        other
    }

    /** How far a request had come when it failed. */
    public enum Phase {
        /** It waited for a connection, as all were busy. */
        waiting,
        /** Its connection was being made; with TLS, the handshake included. */
        connecting,
        /** Its connection was there. */
        connected
    }

    /** When the connection of a request came to be. */
    public enum Made {
        /** It did not. */
        never,
        before_mark,
        /** Between the mark and {@link ClientOrder#bound}. */
        after_mark,
        after_bound
    }

    /** In milliseconds, from the time at which a request was due; to three significant digits. */
    public record Latency(long count, double p50, double p99, double max) {}

    /**
     * Failed requests that are alike, one soon after the other.
     *
     * @param phase how far each had come
     * @param made when their connections came to be
     * @param onAnswered whether they were on connections that had brought an answer before
     * @param begun when the earliest of them was begun: none of them can have failed before
     * @param first when the first of them failed
     * @param last when the last of them failed
     * @param detail of the first: the status, the errno or the message; null where there is none
     */
    public record Failures(
            Failure failure,
            Phase phase,
            Made made,
            boolean onAnswered,
            Instant begun,
            Instant first,
            Instant last,
            long count,
            @Nullable String detail) {}
}
