package dev.rebind.diagnosis.nat;

import dev.rebind.diagnosis.seen.Nat.Clients;
import dev.rebind.sockets.Family;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The first packets (SYN) of one kind of clients at one hook, and which conditions of rules they meet.
 *
 * <p>The nat hooks see only the first packet of a connection (net/netfilter/nf_nat_core.c), and TPROXY decides by it, too. A
 * packet of a client on this machine leaves by OUTPUT and comes in again by PREROUTING over lo. At OUTPUT it has no device that
 * it came in by, which rules take for an empty name.
 *
 * @param port at which the clients connect
 */
public record FirstPackets(int port, Family family, Clients clients, Hook hook, Destination here) {
    /** Flags that a SYN may have for ECN (RFC 3168). */
    private static final Set<String> ECN = Set.of("ece", "ecn", "cwr", "all");

    private static final Set<String> NOT_OF_A_FIRST_PACKET =
            Set.of("established", "related", "invalid", "snat", "dnat");

    public enum Hook {
        PREROUTING,
        OUTPUT
    }

    /** The addresses that these clients connect to. Nobody connects to 127.0.0.1 from another machine. */
    List<AddressRange> destinations() {
        return here.reached(family).stream()
                .filter(span -> clients == Clients.THIS_MACHINE || !loopback(span))
                .toList();
    }

    private static boolean loopback(AddressRange span) {
        return span.first().isLoopbackAddress();
    }

    public Applies port(int first, int last) {
        return Applies.of(port >= first && port <= last);
    }

    /** @param text an address, a prefix or a range */
    public Applies destination(String text) {
        return AddressRange.of(text).map(span -> within(span, destinations())).orElse(Applies.MAYBE);
    }

    /** @param text an address, a prefix or a range */
    public Applies source(String text) {
        Optional<AddressRange> span = AddressRange.of(text);
        if (span.isEmpty() || text.endsWith("/0")) {
            return span.isEmpty() ? Applies.MAYBE : Applies.YES;
        }
        boolean none = clients == Clients.THIS_MACHINE
                ? within(span.get(), here.here(family)) == Applies.NO
                : AddressRange.LOOPBACK.contains(span.get()) == Applies.YES;
        return none ? Applies.NO : Applies.MAYBE;
    }

    private static Applies within(AddressRange span, List<AddressRange> all) {
        List<Applies> answers = all.stream().map(span::contains).distinct().toList();
        return answers.size() == 1 ? answers.getFirst() : answers.isEmpty() ? Applies.NO : Applies.MAYBE;
    }

    /** @param name of a device; the beginning of one where it ends with + or * */
    public Applies in(String name) {
        return switch (clients) {
            case OTHER_MACHINES -> name.equals("lo") ? Applies.NO : any(name) ? Applies.YES : Applies.MAYBE;
            case THIS_MACHINE -> device(name, hook == Hook.PREROUTING ? "lo" : "");
        };
    }

    /** Packets to an address of this machine leave over lo. */
    public Applies out(String name) {
        return device(name, hook == Hook.OUTPUT ? "lo" : "");
    }

    private static Applies device(String name, String real) {
        return Applies.of(
                name.matches(".*[+*]") ? real.startsWith(name.substring(0, name.length() - 1)) : name.equals(real));
    }

    private static boolean any(String name) {
        return name.equals("+") || name.equals("*");
    }

    /** @param types of destinations as routes have them; those of the port are LOCAL */
    public Applies destinationType(Collection<String> types) {
        return Applies.of(lower(types).contains("local"));
    }

    public Applies sourceType(Collection<String> types) {
        return lower(types).equals(Set.of("local")) ? Applies.of(clients == Clients.THIS_MACHINE) : Applies.MAYBE;
    }

    /** A first packet is NEW; RELATED needs a helper that expects it. */
    public Applies state(Collection<String> states) {
        Set<String> all = lower(states);
        if (all.contains("new")) {
            return Applies.YES;
        }
        return NOT_OF_A_FIRST_PACKET.containsAll(all) ? Applies.NO : Applies.MAYBE;
    }

    /**
     * @param mask the flags that are looked at
     * @param set those of them that must be set
     */
    public Applies flags(Collection<String> mask, Collection<String> set) {
        Set<String> looked = lower(mask);
        if (looked.stream().anyMatch(ECN::contains)) {
            return Applies.MAYBE;
        }
        looked.retainAll(Set.of("syn"));
        Set<String> wanted = lower(set);
        wanted.remove("none");
        return Applies.of(wanted.equals(looked));
    }

    private static Set<String> lower(Collection<String> words) {
        var lower = new HashSet<String>();
        words.forEach(word -> lower.add(word.toLowerCase(Locale.ROOT)));
        return lower;
    }

    /**
     * Whether clients that are sent to the target reach the port's server all the same.
     *
     * @param address an address, a prefix or a range; empty for REDIRECT, which takes 127.0.0.1 or {@code ::1} at OUTPUT, and an
     *     address of the device at PREROUTING (net/netfilter/nf_nat_redirect.c)
     * @param ports a port or a range {@code 80-90}; empty where it stays
     */
    public Applies stays(String address, String ports) {
        Applies same = samePort(ports);
        if (!address.isEmpty()) {
            return same.and(AddressRange.of(address).map(this::reaches).orElse(Applies.MAYBE));
        }
        if (hook == Hook.PREROUTING) {
            return same.and(here.asked().isEmpty() ? Applies.YES : Applies.MAYBE);
        }
        return same.and(stays(family == Family.IPV4 ? "127.0.0.1" : "::1", ""));
    }

    private Applies reaches(AddressRange target) {
        // Without net.ipv4.conf.*.route_localnet packets from other machines to 127.0.0.0/8 are dropped.
        Applies arrives = clients == Clients.OTHER_MACHINES && loopback(target) ? Applies.MAYBE : Applies.YES;
        return Applies.any(here.reached(family), span -> span.contains(target)).and(arrives);
    }

    /** @param ports a port or a range {@code 80-90}; empty where it stays */
    Applies samePort(String ports) {
        if (ports.isEmpty()) {
            return Applies.YES;
        }
        String[] ends = ports.split("-", 2);
        try {
            int first = Integer.parseInt(ends[0]);
            int last = Integer.parseInt(ends[ends.length - 1]);
            Applies within = port(first, last);
            return first == last ? within : within.and(Applies.MAYBE);
        } catch (NumberFormatException e) {
            return Applies.MAYBE;
        }
    }
}
