package dev.rebind.sockets.options;

import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The options of one socket as {@code getsockopt} gives them; see socket(7), tcp(7) and ipv6(7).
 *
 * @param protocol SO_PROTOCOL: 6 is TCP, 17 UDP, 262 MPTCP
 * @param reuseAddress SO_REUSEADDR; an accepted socket has what its listener had at accept
 * @param reusePort SO_REUSEPORT
 * @param v6only IPV6_V6ONLY; null for a socket that is not IPv6
 * @param boundDevice SO_BINDTODEVICE, a name in the socket's own network namespace; null where the socket is not bound to a
 *     device, or the device is gone
 * @param nonlocal IP_FREEBIND or IP_TRANSPARENT: it may be bound to an address that the machine does not have; null where the
 *     socket's protocol does not tell
 * @param acceptConn SO_ACCEPTCONN: the socket listens
 * @param keepAlive SO_KEEPALIVE
 * @param keepIdleSeconds TCP_KEEPIDLE, 1 to 32,767; it counts only with {@code keepAlive}. This and the other options of TCP are
 *     empty for a socket whose protocol does not have them
 * @param keepIntervalSeconds TCP_KEEPINTVL, 1 to 32,767
 * @param keepCount TCP_KEEPCNT, 1 to 127
 * @param userTimeoutMillis TCP_USER_TIMEOUT; 0 is the system's default, which net.ipv4.tcp_retries2 sets
 * @param lingerSeconds SO_LINGER; 0 resets the connection on close; null where the option is off
 * @param backlog the most connections that may wait to be accepted; only of a listener (tcpi_sacked)
 * @param acceptQueue the connections that wait to be accepted now; only of a listener (tcpi_unacked)
 * @param dropped the connection requests that a listener has dropped since it listens (SO_MEMINFO, sk_drops); only of a listener
 */
public record SocketOptions(
        int protocol,
        boolean reuseAddress,
        boolean reusePort,
        @Nullable Boolean v6only,
        @Nullable String boundDevice,
        @Nullable Boolean nonlocal,
        boolean acceptConn,
        boolean keepAlive,
        OptionalInt keepIdleSeconds,
        OptionalInt keepIntervalSeconds,
        OptionalInt keepCount,
        OptionalInt userTimeoutMillis,
        @Nullable Integer lingerSeconds,
        OptionalInt backlog,
        OptionalInt acceptQueue,
        OptionalLong dropped) {

    /** A switch in words, the same everywhere: {@code on} or {@code off}. */
    public static String onOff(boolean on) {
        return on ? "on" : "off";
    }
}
