package dev.rebind.diagnosis.nat;

import dev.rebind.sockets.Family;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * To which addresses the clients of a server connect. A rule for another address, as that of a Kubernetes service, is about
 * somebody else's port. Pure.
 *
 * @param local the addresses of this machine
 * @param asked the one at which the server listens; empty where it listens at all of them
 * @param families over which protocols its clients come
 */
public record Destination(List<InetAddress> local, Optional<InetAddress> asked, Set<Family> families) {
    public Destination {
        local = List.copyOf(local);
        families = Set.copyOf(families);
    }

    /** A server at all addresses, for both families. */
    public static Destination everywhere(List<InetAddress> local) {
        return new Destination(local, Optional.empty(), Set.of(Family.IPV4, Family.IPV6));
    }

    /** Where a connection reaches the server. All of 127.0.0.0/8 belongs to a machine. */
    List<AddressRange> reached(Family family) {
        return asked.map(address -> of(family, List.of(address))).orElseGet(() -> here(family));
    }

    /** All addresses of this machine. */
    List<AddressRange> here(Family family) {
        var spans = new ArrayList<>(of(family, local));
        spans.add(family == Family.IPV4 ? AddressRange.LOOPBACK : AddressRange.of(InetAddress.ofLiteral("::1")));
        return spans;
    }

    private static List<AddressRange> of(Family family, List<InetAddress> addresses) {
        return addresses.stream()
                .filter(address -> address instanceof Inet4Address == (family == Family.IPV4))
                .map(AddressRange::of)
                .toList();
    }
}
