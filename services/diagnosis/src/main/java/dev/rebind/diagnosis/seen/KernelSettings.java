package dev.rebind.diagnosis.seen;

import dev.rebind.sockets.bind.MappedAddresses;
import dev.rebind.sockets.proc.Namespace;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What of the kernel matters to a port. All but the last two are settings of {@code /proc/sys/net/ipv4}, see ip(7) and tcp(7). A setting
 * is empty where it cannot be read.
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
 * @param nonlocalBindOfSix the same of {@code /proc/sys/net/ipv6}: each family has its own
 * @param mapped how the kernel compares IPv4-mapped addresses
 */
public record KernelSettings(
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
        OptionalInt nonlocalBind,
        OptionalInt nonlocalBindOfSix,
        MappedAddresses mapped) {
    /** What Linux has when nobody has set anything. */
    public static final KernelSettings USUAL = new KernelSettings(
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
            OptionalInt.of(0),
            OptionalInt.of(0),
            MappedAddresses.USUAL);

    /** Whether a server may bind any address of the family, also one that the machine does not have. */
    public boolean bindsNonlocal(InetAddress address) {
        return (address instanceof Inet4Address ? nonlocalBind : nonlocalBindOfSix).orElse(0) == 1;
    }

    /** How long this kernel keeps a TIME_WAIT. */
    public Duration timeWait() {
        return Duration.ofSeconds(timeWaitSeconds.orElse(Namespace.TIME_WAIT_SECONDS));
    }

    /** Whether that is taken to be so, as nobody has read the setting of the namespace, and the kernel may have one. */
    public boolean timeWaitAssumed() {
        return timeWaitSeconds.isEmpty() && finTimeoutSeconds.isEmpty();
    }

    /**
     * Those of another network namespace, which nobody has looked into.
     *
     * @param here the caller's namespace, on a kernel of the same kind
     * @param mapped how the other kernel compares IPv4-mapped addresses
     */
    public static KernelSettings outside(Namespace here, MappedAddresses mapped) {
        return new KernelSettings(
                UNKNOWN.localPorts,
                UNKNOWN.reserved,
                UNKNOWN.unprivilegedStart,
                UNKNOWN.finTimeoutSeconds,
                here.timeWaitEverywhere(),
                UNKNOWN.keepIdleSeconds,
                UNKNOWN.keepIntervalSeconds,
                UNKNOWN.keepProbes,
                UNKNOWN.orphanRetries,
                UNKNOWN.retries2,
                UNKNOWN.nonlocalBind,
                UNKNOWN.nonlocalBindOfSix,
                mapped);
    }

    public KernelSettings withReserved(boolean isReserved) {
        return new KernelSettings(
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
                nonlocalBind,
                nonlocalBindOfSix,
                mapped);
    }

    /** Those of a machine that nobody has looked into: nothing is known but the usual range of ports, which few change. */
    public static final KernelSettings UNKNOWN = new KernelSettings(
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
            OptionalInt.empty(),
            OptionalInt.empty(),
            MappedAddresses.UNKNOWN);

    /** Whether the kernel may give the port that was asked about to a connection that goes out. */
    public boolean gives(int port) {
        return inRange(port) && !reserved;
    }

    /** Whether the port lies in the range of those that the kernel gives to connections that go out. */
    public boolean inRange(int port) {
        return localPorts.map(range -> range.contains(port)).orElse(false);
    }
}
