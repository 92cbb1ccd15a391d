package dev.rebind.diagnosis.look;

import dev.rebind.diagnosis.seen.KernelSettings;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.bind.MappedAddresses;
import dev.rebind.sockets.proc.Namespace;

/** Reads the settings. The kernel shows those of the network namespace of the thread that opens the file. */
final class SettingsLook {
    private SettingsLook() {}

    static KernelSettings read(Namespace namespace, int port) {
        return new KernelSettings(
                namespace.localPorts(),
                namespace.reserved(port),
                namespace.unprivilegedPortStart(),
                namespace.finTimeoutSeconds(),
                namespace.timeWaitSeconds(),
                namespace.number("tcp_keepalive_time"),
                namespace.number("tcp_keepalive_intvl"),
                namespace.number("tcp_keepalive_probes"),
                namespace.number("tcp_orphan_retries"),
                namespace.number("tcp_retries2"),
                namespace.nonlocalBind(Family.IPV4),
                namespace.nonlocalBind(Family.IPV6),
                MappedAddresses.here());
    }
}
