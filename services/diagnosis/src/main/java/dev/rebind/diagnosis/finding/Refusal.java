package dev.rebind.diagnosis.finding;

import java.net.InetAddress;
import java.util.List;

/** Why the kernel refuses a bind for another reason than a socket on the port. */
public sealed interface Refusal {
    /**
     * @param start net.ipv4.ip_unprivileged_port_start: lower ports need CAP_NET_BIND_SERVICE
     * @param capabilitiesCount false where an outer user namespace owns the network, in which no right of this process counts
     */
    record Privileged(int start, boolean capabilitiesCount) implements Refusal {}

    /**
     * EACCES or EPERM where no rule of the ports explains it: a security module, a sandbox or a BPF program.
     *
     * @param errno positive
     * @param privilegesKnown false where it could not be told whether the capability is there
     */
    record Security(int errno, boolean privilegesKnown) implements Refusal {}

    /** @param usable the addresses that this machine has */
    record NotLocal(InetAddress address, List<InetAddress> usable) implements Refusal {
        public NotLocal {
            usable = List.copyOf(usable);
        }
    }

    record Tentative(InetAddress address, String device) implements Refusal {}

    record Duplicate(InetAddress address, String device) implements Refusal {}

    /** Its device is down. An address that IPv6 or the loopback device gives comes when it is up. */
    record Down(InetAddress address, String device) implements Refusal {}

    /** Its device is up and has no carrier: the check for duplicates of an IPv6 address waits for it. */
    record NoCarrier(InetAddress address, String device) implements Refusal {}

    /** IPv6 is off on the device that would have it: net.ipv6.conf.DEVICE.disable_ipv6. */
    record Disabled(InetAddress address, String device) implements Refusal {}

    /**
     * EINVAL: a link-local address of IPv6 means nothing without its device.
     *
     * @param devices those that have it
     */
    record NoZone(InetAddress address, List<String> devices) implements Refusal {
        public NoZone {
            devices = List.copyOf(devices);
        }
    }

    /** @param errno positive */
    record Other(int errno) implements Refusal {}
}
