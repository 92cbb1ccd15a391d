package dev.rebind.sockets;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a connection fares: the part of {@code struct tcp_info} ({@code include/uapi/linux/tcp.h}) that says whether its peer
 * still answers, and how many bytes went out.
 *
 * @param rto the time until the next retransmission, without the backoff that comes on top; in microseconds
 * @param roundTrip the smoothed round-trip time, in microseconds
 * @param retransmits unanswered retransmissions so far
 * @param probes unanswered keepalive or zero-window probes so far
 * @param backoff how often the retransmission time was doubled
 * @param totalRetransmits segments sent again in the connection's life
 * @param sinceDataSent since the last data was sent, in milliseconds
 * @param sinceDataReceived since the last data was received, in milliseconds
 * @param sinceAckReceived since the peer last said anything, in milliseconds
 * @param sent null where the kernel does not count bytes (before Linux 4.19)
 */
public record TcpInfo(
        Duration rto,
        Duration roundTrip,
        int retransmits,
        int probes,
        int backoff,
        long totalRetransmits,
        Duration sinceDataSent,
        Duration sinceDataReceived,
        Duration sinceAckReceived,
        @Nullable SentBytes sent) {
    /**
     * What this end has sent, in bytes.
     *
     * @param acknowledged sequence numbers that the peer has acknowledged: those of data, one for a FIN, and one for the SYN of the
     *     end that connected
     * @param waiting data that was written and has not been sent yet
     * @param sent data that was sent, what was sent again included
     * @param retransmitted data that was sent again
     */
    public record SentBytes(long acknowledged, long waiting, long sent, long retransmitted) {}
}
