package dev.rebind.client.protocol;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the client measured since the last {@link ClientOrder#mark}. Absent facts are null.
 *
 * @param at when it was made, by the clock of all its times: the wall clock of the last mark, and the monotonic one from there on
 * @param wanted how many connections there should be
 * @param connections how many are open now and not being closed; a stalled one is open whatever the server did
 * @param served how many of those have had a good answer
 * @param stalled whether every open connection has stopped reading
 * @param answers good answers: a line of {@code stream}, or a line that carries the request that it answers
 * @param unexpected lines that are no good answer
 * @param generations good answers by the generation that gave them, where the server says one
 * @param connects connections made
 * @param failedConnects attempts that failed, by errno; {@code timeout} for the client's own, {@code unknown} where it cannot be told
 * @param selfConnects connections to itself (RFC 9293, section 3.5, figure 8): reset at once, and failed connects with ECONNREFUSED as well
 * @param resets connections that ended with ECONNRESET or EPIPE
 * @param ends connections that ended with the server's FIN
 * @param broken connections that ended with another errno, by errno
 * @param outages outages that began since the mark, or were under way at it
 * @param lastGoodAnswerAt last good answer on the connections that were lost in the outage that {@code downtimeMs} is about, or in
 *     the one under way; null without any
 * @param firstGoodAnswerAt first good answer that ended it; null while it is under way
 * @param firstGoodGeneration the generation that gave it, where it says one
 * @param downtimeMs from the one to the other, by the monotonic clock: of the longest outage. Null without one, and while one is
 *     under way
 * @param downtimeTotalMs of all outages since the mark that are over, together; null without one
 * @param bytesSent given to the kernel
 * @param bytesReceived read from the kernel
 * @param bytesUnacknowledged Send-Q of the open connections now: sent and not acknowledged by the server's kernel, or not sent yet;
 *     null where the kernel's sockets cannot be read
 * @param requestsLost requests on connections that ended before their answer came
 * @param bytesLost the bytes of those requests
 * @param roundTripMs of requests that carry a number; null without any
 * @param localPorts of the connections that are open
 * @param requests what became of requests; null for clients that speak Rebind's words
 */
public record ClientReport(
        Instant at,
        int wanted,
        int connections,
        int served,
        boolean stalled,
        long answers,
        long unexpected,
        Map<Integer, Long> generations,
        long connects,
        Map<String, Long> failedConnects,
        long selfConnects,
        long resets,
        long ends,
        Map<String, Long> broken,
        long outages,
        @Nullable Instant lastGoodAnswerAt,
        @Nullable Instant firstGoodAnswerAt,
        @Nullable Integer firstGoodGeneration,
        @Nullable Double downtimeMs,
        @Nullable Double downtimeTotalMs,
        long bytesSent,
        long bytesReceived,
        @Nullable Long bytesUnacknowledged,
        long requestsLost,
        long bytesLost,
        @Nullable RoundTripMs roundTripMs,
        List<Integer> localPorts,
        @Nullable RequestReport requests)
        implements ClientEvent {

    public ClientReport {
        generations = Map.copyOf(generations);
        failedConnects = Map.copyOf(failedConnects);
        broken = Map.copyOf(broken);
        localPorts = List.copyOf(localPorts);
    }

    /** Whether an outage is under way. */
    public boolean isOutage() {
        return lastGoodAnswerAt != null && firstGoodAnswerAt == null;
    }

    /** Round trips in milliseconds: nearest-rank percentiles of the last 65,536. */
    public record RoundTripMs(long count, double p50, double p90, double p99, double max) {}
}
