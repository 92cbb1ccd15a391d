package dev.rebind.diagnosis.seen;

import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.bind.Candidate;
import java.net.InetAddress;

/**
 * An address that a server binds, and the kind of socket that it does so with.
 *
 * @param v6Only IPV6_V6ONLY; of no meaning for IPv4
 */
public record Place(Family family, InetAddress address, boolean v6Only) {
    /** Every address of IPv4. */
    public static final Place IPV4 = of(InetAddress.ofLiteral("0.0.0.0"));
    /** Every address of both families. */
    public static final Place BOTH = of(InetAddress.ofLiteral("::"));
    /** Every address of IPv6 alone. */
    public static final Place IPV6 = new Place(BOTH.family, BOTH.address, true);

    /** A socket of the address's family, with its options as they are by default. */
    public static Place of(InetAddress address) {
        return new Place(Family.of(address), address, false);
    }

    public Candidate candidate(boolean reuseAddress, boolean reusePort, long uid) {
        return new Candidate(family, address, v6Only, reuseAddress, reusePort, uid);
    }

    public boolean wildcard() {
        return address.isAnyLocalAddress();
    }

    /** Whether it takes clients of both families. */
    public boolean bothFamilies() {
        return wildcard() && family == Family.IPV6 && !v6Only;
    }

    /** The address as people write it with a port: {@code 0.0.0.0}, {@code [::]}. */
    @Override
    public String toString() {
        String text = new Endpoint(address, 0).toString();
        return text.substring(0, text.length() - 2);
    }
}
