package dev.rebind.diagnosis.seen;

import dev.rebind.sockets.proc.Namespace;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Settings of the kernel that matter to a port, all of {@code /proc/sys/net/ipv4}; see ip(7) and tcp(7). Empty where they
 * cannot be read.
 *
 * @param localPorts ip_local_port_range
 * @param reserved whether ip_local_reserved_ports has the port
 * @param unprivilegedStart ip_unprivileged_port_start
 * @param finTimeoutSeconds tcp_fin_timeout
 * @param timeWaitSeconds tcp_tw_timeout, which vendors' kernels have (Alibaba Cloud Linux); 60 elsewhere, without a setting
 * @param keepIdleSeconds tcp_keepalive_time
 * @param keepIntervalSeconds tcp_keepalive_intvl
 * @param keepProbes tcp_keepalive_probes
 * @param orphanRetries tcp_orphan_retries; 0 stands for 8 where the connection was alive lately
 * @param retries2 tcp_retries2
 * @param nonlocalBind ip_nonlocal_bind
 */
public record Settings(
        Optional<Namespace.Ports> localPorts,
        boolean reserved,
        OptionalInt unprivilegedStart,
        OptionalInt finTimeoutSeconds,
        OptionalInt timeWaitSeconds,
        OptionalInt keepIdleSeconds,
        OptionalInt keepIntervalSeconds,
        OptionalInt keepProbes,
        OptionalInt orphanRetries,
        OptionalInt retries2,
        OptionalInt nonlocalBind) {
    /** What Linux has when nobody has set anything. */
    public static final Settings USUAL = new Settings(
            Optional.of(new Namespace.Ports(32_768, 60_999)),
            false,
            OptionalInt.of(1_024),
            OptionalInt.of(60),
            OptionalInt.empty(),
            OptionalInt.of(7_200),
            OptionalInt.of(75),
            OptionalInt.of(9),
            OptionalInt.of(0),
            OptionalInt.of(15),
            OptionalInt.of(0));

    /** How long this kernel keeps a TIME_WAIT. */
    public Duration timeWait() {
        return Duration.ofSeconds(timeWaitSeconds.orElse(Namespace.TIME_WAIT_SECONDS));
    }

    public Settings withReserved(boolean isReserved) {
        return new Settings(
                localPorts,
                isReserved,
                unprivilegedStart,
                finTimeoutSeconds,
                timeWaitSeconds,
                keepIdleSeconds,
                keepIntervalSeconds,
                keepProbes,
                orphanRetries,
                retries2,
                nonlocalBind);
    }

    /** Those of a machine that nobody has looked into: nothing is known but the usual range of ports, which few change. */
    public static final Settings UNKNOWN = new Settings(
            Optional.of(new Namespace.Ports(32_768, 60_999)),
            false,
            OptionalInt.empty(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            OptionalInt.empty());

    /** Whether the kernel gives the port to connections that go out. */
    public boolean inRange(int port) {
        return localPorts.map(range -> range.contains(port)).orElse(false);
    }
}
