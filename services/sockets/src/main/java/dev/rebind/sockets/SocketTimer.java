package dev.rebind.sockets;

import java.time.Duration;

/**
 * The timer that runs on a socket, as inet_diag and /proc/net/tcp show it.
 *
 * @param remaining until the timer's nominal end, in steps of one tick (1000/HZ ms) from inet_diag and of 10 ms from
 *     /proc; zero when none runs. A leftover socket outlives it: see {@link dev.rebind.sockets.release}.
 * @param retransmits unanswered retransmissions or probes so far
 */
public record SocketTimer(Kind kind, Duration remaining, int retransmits) {
    /** No timer runs. */
    public static final SocketTimer NONE = new SocketTimer(Kind.NONE, Duration.ZERO, 0);

    /** {@code idiag_timer} of {@code include/uapi/linux/inet_diag.h}, by the kernel's number. */
    public enum Kind {
        NONE,
        RETRANSMIT,
        KEEPALIVE,
        TIME_WAIT,
        ZERO_WINDOW_PROBE
    }
}
