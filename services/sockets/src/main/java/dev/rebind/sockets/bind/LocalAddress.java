package dev.rebind.sockets.bind;

import dev.rebind.sockets.Family;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;

/**
 * The local address of a socket as the kernel compares it. An IPv4-mapped address is the IPv4 address that it stands for,
 * in whatever family (inet6_rcv_saddr, {@code IPV6_ADDR_MAPPED}).
 *
 * @param six whether it is the address of an IPv6 socket
 * @param v6Only as the kernel has it after bind
 */
record LocalAddress(Kind kind, boolean six, InetAddress address, Truth v6Only) {
    enum Kind {
        /** IPv4 or IPv4-mapped, the wildcard 0.0.0.0 included. */
        FOUR,
        /** The IPv6 wildcard. */
        ANY,
        /** An IPv6 address that is neither. */
        SIX
    }

    private static final InetAddress FOUR_ANY = InetAddress.ofLiteral("0.0.0.0");
    private static final InetAddress SIX_ANY = InetAddress.ofLiteral("::");

    static LocalAddress of(Candidate candidate) {
        boolean four = candidate.address() instanceof Inet4Address
                && !(candidate.family() == Family.IPV6 && candidate.address().isAnyLocalAddress());
        return of(four, candidate.family(), candidate.address(), Truth.of(candidate.v6Only()));
    }

    static LocalAddress of(ExistingSocket standing) {
        InetAddress address = standing.socket().local().address();
        return of(
                address instanceof Inet4Address,
                standing.socket().family(),
                address,
                Truth.of(standing.v6Only(), Unknown.V6_ONLY));
    }

    /** What the socket may have been bound to. A connection does not show whether its listener was on the wildcard. */
    static List<LocalAddress> boundTo(ExistingSocket standing) {
        LocalAddress own = of(standing);
        if (standing.boundItself()) {
            return List.of(own);
        }
        return List.of(
                own, own.six ? of(false, Family.IPV6, SIX_ANY, own.v6Only) : of(true, Family.IPV4, FOUR_ANY, Truth.NO));
    }

    private static LocalAddress of(boolean four, Family family, InetAddress address, Truth v6Only) {
        boolean six = family == Family.IPV6;
        if (four) {
            // __inet6_bind refuses a mapped address with IPV6_V6ONLY.
            return new LocalAddress(Kind.FOUR, six, address, Truth.NO);
        }
        return new LocalAddress(address.isAnyLocalAddress() ? Kind.ANY : Kind.SIX, six, address, v6Only);
    }

    private boolean wildcard() {
        return address.isAnyLocalAddress();
    }

    /**
     * Whether a bind to this address meets a socket on the other. For a wildcard that is inet_rcv_saddr_equal
     * ({@code net/ipv4/inet_connection_sock.c}) with every socket of the port. For any other address it is the look-up in
     * bhash2, under the wildcard and then under the address itself: inet_bhash2_addr_any_conflict, __inet_bhash2_conflict,
     * inet_bind2_bucket_match_addr_any and inet_bind2_bucket_addr_match ({@code net/ipv4/inet_hashtables.c}).
     */
    Truth meets(LocalAddress other, MappedAddresses mapped) {
        Truth alsoFour = other.v6Only.not();
        return switch (kind) {
            case ANY -> other.kind == Kind.FOUR ? v6Only.not() : Truth.YES;
            case FOUR ->
                switch (other.kind) {
                    case FOUR ->
                        Truth.of(address.equals(other.address) || wildcard() || other.wildcard())
                                .and(sees(other, mapped));
                    case ANY ->
                        six && !wildcard()
                                ? alsoFour.or(Truth.of(mapped.mappedMeetsV6Only(), Unknown.MAPPED))
                                : alsoFour;
                    // A connection of a dual-stack listener has 127.0.0.6 (LOOPBACK4_IPV6) as its IPv4 address, which
                    // the
                    // IPv4 wildcard meets like any other.
                    case SIX -> wildcard() ? alsoFour : Truth.NO;
                };
            case SIX ->
                switch (other.kind) {
                    case FOUR -> Truth.NO;
                    case ANY -> Truth.YES;
                    case SIX -> Truth.of(address.equals(other.address));
                };
        };
    }

    /** Whether the kernel finds the other at all, where its address is a mapped one. The wildcard is held against every socket. */
    private Truth sees(LocalAddress other, MappedAddresses mapped) {
        if (!other.six || wildcard()) {
            return Truth.YES;
        }
        if (!six) {
            return Truth.of(mapped.fourMeetsMapped(), Unknown.MAPPED);
        }
        // Linux 6.1.176 misses the mapped wildcard (inet_bind2_bucket_match_addr_any there). Java cannot bind it to
        // ask.
        return other.wildcard() ? Truth.unknown(Unknown.MAPPED) : Truth.YES;
    }

    /**
     * Whether the address that SO_REUSEPORT was allowed on last, this one, has the other in it: sk_reuseport_match, which
     * calls ipv6_rcv_saddr_equal or ipv4_rcv_saddr_equal with this wildcard matching and the other's not.
     */
    Truth covers(LocalAddress other) {
        return switch (other.kind) {
            case FOUR ->
                switch (kind) {
                    case FOUR -> Truth.of(address.equals(other.address) || wildcard());
                    case ANY -> v6Only.not();
                    case SIX -> Truth.NO;
                };
            case ANY ->
                switch (kind) {
                    // Two IPv4 addresses are compared, and that of [::] is 0.0.0.0. An IPv6 socket's is not compared
                    // so.
                    case FOUR -> Truth.of(!six && wildcard()).and(other.v6Only.not());
                    case ANY -> Truth.YES;
                    case SIX -> Truth.NO;
                };
            case SIX ->
                switch (kind) {
                    // bind has turned IPV6_V6ONLY on for the other.
                    case FOUR -> Truth.NO;
                    case ANY -> Truth.YES;
                    case SIX -> Truth.of(address.equals(other.address));
                };
        };
    }
}
