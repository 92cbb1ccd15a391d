package dev.rebind.diagnosis.look;

import dev.rebind.diagnosis.seen.Settings;
import dev.rebind.sockets.proc.Namespace;
import java.util.OptionalInt;

/** Reads the settings. The kernel shows those of the network namespace of the thread that opens the file. */
final class SettingsLook {
    private SettingsLook() {}

    static Settings read(int port) {
        var namespace = new Namespace();
        return new Settings(
                namespace.localPorts(),
                namespace.reserved(port),
                namespace.unprivilegedPortStart(),
                namespace.finTimeoutSeconds(),
                number(namespace, "tcp_tw_timeout"),
                number(namespace, "tcp_keepalive_time"),
                number(namespace, "tcp_keepalive_intvl"),
                number(namespace, "tcp_keepalive_probes"),
                number(namespace, "tcp_orphan_retries"),
                number(namespace, "tcp_retries2"),
                number(namespace, "ip_nonlocal_bind"));
    }

    private static OptionalInt number(Namespace namespace, String name) {
        try {
            return namespace
                    .text(name)
                    .map(text -> OptionalInt.of(Integer.parseInt(text)))
                    .orElse(OptionalInt.empty());
        } catch (NumberFormatException e) {
            return OptionalInt.empty();
        }
    }
}
