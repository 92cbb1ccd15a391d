package dev.rebind.diagnosis.seen;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;

/**
 * The addresses of the network namespace.
 *
 * @param six whether it has IPv6 at all
 */
public record Locals(List<Local> all, boolean six) {
    public Locals {
        all = List.copyOf(all);
    }

    public enum State {
        USABLE,
        /** IFA_F_TENTATIVE: duplicate address detection goes on. */
        TENTATIVE,
        /** IFA_F_DADFAILED: another machine has it. */
        DUPLICATE,
        /** On an interface that is down. */
        DOWN
    }

    public record Local(InetAddress address, String device, State state) {}

    /** Whether a packet to the address stays on this machine: all of 127.0.0.0/8 does. */
    public boolean contains(InetAddress address) {
        return address.isLoopbackAddress()
                || all.stream().anyMatch(local -> local.address().equals(address));
    }

    /** Addresses that a server may bind, IPv4 first. */
    public List<InetAddress> usable() {
        return all.stream()
                .filter(local -> local.state() == State.USABLE)
                .map(Local::address)
                .filter(address -> !address.isLinkLocalAddress())
                .sorted((a, b) -> Boolean.compare(b instanceof Inet4Address, a instanceof Inet4Address))
                .toList();
    }
}
