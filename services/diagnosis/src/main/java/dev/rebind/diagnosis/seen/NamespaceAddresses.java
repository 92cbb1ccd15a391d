package dev.rebind.diagnosis.seen;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The addresses of the network namespace.
 *
 * @param six whether it has IPv6 at all
 * @param devices the names of the network devices, by their index; empty where nobody looked
 * @param words what the kernel says of the address of the question, and of those that listeners have; empty where nobody asked
 */
public record NamespaceAddresses(List<Local> all, boolean six, Map<Integer, String> devices, List<Word> words) {
    public NamespaceAddresses {
        all = List.copyOf(all);
        devices = Map.copyOf(devices);
        words = List.copyOf(words);
    }

    public NamespaceAddresses(List<Local> all, boolean six) {
        this(all, six, Map.of(), List.of());
    }

    /**
     * The kernel's answer to a bind to an address and to no port.
     *
     * @param device the index of the network device that the socket is bound to; 0 for none. It was asked without one where there is no
     *     such device any more
     */
    public record Word(InetAddress address, int device, Attempt.Result result) {}

    /** What the kernel has said of an address; empty where nobody asked it. */
    public Optional<Attempt.Result> word(InetAddress address, int device) {
        return words.stream()
                .filter(word -> word.device() == device
                        && word.address().equals(address)
                        && zone(word.address()) == zone(address))
                .map(Word::result)
                .findFirst();
    }

    /** Whether the kernel lets a server bind the address, and if it does not, why. */
    public enum State {
        USABLE,
        /** IFA_F_TENTATIVE: duplicate address detection goes on. */
        TENTATIVE,
        /** IFA_F_DADFAILED: another machine has it. */
        DUPLICATE,
        /** On an interface that is down. */
        DOWN,
        /** On an interface without a carrier, where duplicate address detection does not begin. */
        NO_CARRIER,
        /** The loopback address of IPv6, which is off on its interface (disable_ipv6). */
        DISABLED,
        /** The kernel refuses it and nothing tells why; an address of a VRF is so. */
        REFUSED
    }

    public record Local(InetAddress address, String device, State state) {}

    /** Whether a packet to the address stays on this machine: all of 127.0.0.0/8 does. */
    public boolean contains(InetAddress address) {
        return address.isLoopbackAddress()
                || all.stream().anyMatch(local -> local.address().equals(address));
    }

    /** What is known of an address; of a link-local one on the device of its zone. */
    public Optional<Local> of(InetAddress address) {
        return all.stream()
                .filter(local -> local.address().equals(address))
                .filter(local -> zone(address) == 0 || zone(local.address()) == zone(address))
                .findFirst();
    }

    /** The devices that have the address; a link-local one may be on several. */
    public List<String> devices(InetAddress address) {
        return all.stream()
                .filter(local -> local.address().equals(address))
                .map(Local::device)
                .distinct()
                .sorted()
                .toList();
    }

    /** Whether clients over IPv6 can come: no device has such an address where IPv6 is off (disable_ipv6). */
    public boolean hasSix() {
        return six && (all.isEmpty() || all.stream().anyMatch(local -> local.address() instanceof Inet6Address));
    }

    private static int zone(InetAddress address) {
        return address instanceof Inet6Address six ? six.getScopeId() : 0;
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
