package dev.rebind.diagnosis;

import dev.rebind.diagnosis.seen.Place;
import dev.rebind.sockets.Family;
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
 */
public record Question(int port, Optional<InetAddress> address, boolean bothFamilies) {
    private static final InetAddress FOUR = InetAddress.ofLiteral("0.0.0.0");
    private static final InetAddress SIX = InetAddress.ofLiteral("::");

    public Question {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " is not in 1 to 65535");
        }
    }

    /** Every address of the machine, as any server may ask for it. */
    public static Question everywhere(int port) {
        return new Question(port, Optional.empty(), false);
    }

    /** One address, or a wildcard, as a socket of the address's own family asks for it. */
    public static Question at(int port, InetAddress address) {
        return new Question(port, Optional.of(address), false);
    }

    /** As the JDK's and Netty's sockets ask. */
    public static Question ofJava(int port, InetAddress address) {
        return new Question(port, Optional.of(address), true);
    }

    /** @param six whether the machine has IPv6 */
    public List<Place> places(boolean six) {
        Place four = new Place(Family.IPV4, FOUR, false);
        Place both = new Place(Family.IPV6, SIX, false);
        if (address.isEmpty()) {
            return six ? List.of(both, four) : List.of(four);
        }
        InetAddress asked = address.get();
        if (asked.isAnyLocalAddress() && (bothFamilies || !(asked instanceof Inet4Address))) {
            return List.of(six ? both : four);
        }
        return List.of(new Place(asked instanceof Inet4Address ? Family.IPV4 : Family.IPV6, asked, false));
    }

    public boolean wildcard() {
        return address.isEmpty() || address.get().isAnyLocalAddress();
    }
}
