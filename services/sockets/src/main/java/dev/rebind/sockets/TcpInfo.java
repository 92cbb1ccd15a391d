package dev.rebind.sockets;

import java.time.Duration;

/**
 * How a connection fares: the part of {@code struct tcp_info} ({@code include/uapi/linux/tcp.h}) that says whether its peer
 * still answers.
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
        Duration sinceAckReceived) {}
