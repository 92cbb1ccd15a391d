package dev.rebind.diagnosis;

import dev.rebind.diagnosis.seen.Place;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * Where a server wants to listen.
 *
 * @param port 1 to 65535
 * @param address empty for every address, which servers ask for in two ways: [::] for both families, and 0.0.0.0
 * @param bothFamilies whether a socket for a wildcard is an IPv6 one that takes IPv4 too, whichever of the two was asked for.
 *     The JDK's sockets are so, and those of Netty's native transports
 * @param v6Only whether a socket for [::] leaves IPv4 alone (IPV6_V6ONLY)
 * @param reuseAddress whether the server sets SO_REUSEADDR, where its options are known; else false, and the diagnosis has the
 *     answers for both
 * @param reusePort whether it sets SO_REUSEPORT
 */
public record Question(
        int port,
        Optional<InetAddress> address,
        boolean bothFamilies,
        boolean v6Only,
        boolean reuseAddress,
        boolean reusePort) {
    public Question {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " is not in 1 to 65535");
        }
    }

    /** Every address of the machine, as any server may ask for it. */
    public static Question everywhere(int port) {
        return new Question(port, Optional.empty(), false, false, false, false);
    }

    /** One address, or a wildcard, as a socket of the address's own family asks for it. */
    public static Question at(int port, InetAddress address) {
        return new Question(port, Optional.of(address), false, false, false, false);
    }

    /** As the JDK's and Netty's sockets ask. */
    public static Question ofJava(int port, InetAddress address) {
        return new Question(port, Optional.of(address), true, false, false, false);
    }

    /** The same for a server whose options are known. */
    public Question with(boolean reuseAddress, boolean reusePort) {
        return new Question(port, address, bothFamilies, v6Only, reuseAddress, reusePort);
    }

    /** The same for a socket of IPv6 that takes no IPv4. */
    public Question withoutIPv4() {
        return new Question(port, address, bothFamilies, true, reuseAddress, reusePort);
    }

    /** @param six whether the machine has IPv6 */
    public List<Place> places(boolean six) {
        if (address.isEmpty()) {
            return six ? List.of(Place.BOTH, Place.IPV4) : List.of(Place.IPV4);
        }
        InetAddress asked = address.get();
        if (asked.isAnyLocalAddress() && (bothFamilies || !(asked instanceof Inet4Address))) {
            return List.of(six ? (v6Only ? Place.IPV6 : Place.BOTH) : Place.IPV4);
        }
        return List.of(Place.of(asked));
    }

    public boolean wildcard() {
        return address.isEmpty() || address.get().isAnyLocalAddress();
    }
}
