package dev.rebind.diagnosis.finding;

import java.net.InetAddress;
import java.util.List;

/** Why the kernel refuses a bind for another reason than a socket on the port. */
public sealed interface Refusal {
    /** @param start net.ipv4.ip_unprivileged_port_start: lower ports need CAP_NET_BIND_SERVICE */
    record Privileged(int start) implements Refusal {}

    /**
     * EACCES where no rule of the ports explains it: a security module, a sandbox or a BPF program.
     *
     * @param privilegesKnown false where it could not be told whether the capability is there
     */
    record Security(boolean privilegesKnown) implements Refusal {}

    /** @param usable the addresses that this machine has */
    record NotLocal(InetAddress address, List<InetAddress> usable) implements Refusal {
        public NotLocal {
            usable = List.copyOf(usable);
        }
    }

    record Tentative(InetAddress address, String device) implements Refusal {}

    record Duplicate(InetAddress address, String device) implements Refusal {}

    record Down(InetAddress address, String device) implements Refusal {}

    /** @param errno positive */
    record Other(int errno) implements Refusal {}
}
