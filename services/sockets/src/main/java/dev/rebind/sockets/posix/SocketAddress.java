package dev.rebind.sockets.posix;

import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;

/**
 * {@code struct sockaddr_in} and {@code sockaddr_in6} ({@code include/uapi/linux/in.h}, {@code in6.h}):
 *
 * <pre>
 * u16 family; be16 port; be32 addr; u8 zero[8];                        16 bytes
 * u16 family; be16 port; be32 flowinfo; u8 addr[16]; u32 scope_id;     28 bytes
 * </pre>
 */
final class SocketAddress {
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final int LARGEST = 28;

    private static final ValueLayout.OfShort PORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private SocketAddress() {}

    static int familyNumber(Family family) {
        return switch (family) {
            case IPV4 -> AF_INET;
            case IPV6 -> AF_INET6;
        };
    }

    /** The endpoint as a socket of the family takes it: an IPv4 address for an IPv6 socket becomes an IPv4-mapped one. */
    static MemorySegment of(Arena arena, Family family, Endpoint endpoint) {
        byte[] address = endpoint.address().getAddress();
        boolean four = family == Family.IPV4;
        if (four && address.length != 4) {
            throw new IllegalArgumentException(endpoint + " is no address for an IPv4 socket");
        }
        MemorySegment segment = arena.allocate(four ? 16 : 28, 8);
        segment.set(ValueLayout.JAVA_SHORT, 0, (short) familyNumber(family));
        segment.set(PORT, 2, (short) endpoint.port());
        if (four) {
            segment.asSlice(4, 4).copyFrom(MemorySegment.ofArray(address));
        } else if (address.length == 16) {
            segment.asSlice(8, 16).copyFrom(MemorySegment.ofArray(address));
            segment.set(ValueLayout.JAVA_INT, 24, ((Inet6Address) endpoint.address()).getScopeId());
        } else {
            boolean any = endpoint.address().isAnyLocalAddress();
            if (!any) {
                segment.set(ValueLayout.JAVA_SHORT_UNALIGNED, 18, (short) -1);
                segment.asSlice(20, 4).copyFrom(MemorySegment.ofArray(address));
            }
        }
        return segment;
    }

    static Endpoint parse(MemorySegment segment) {
        int family = Short.toUnsignedInt(segment.get(ValueLayout.JAVA_SHORT, 0));
        int port = Short.toUnsignedInt(segment.get(PORT, 2));
        byte[] address = family == AF_INET
                ? segment.asSlice(4, 4).toArray(ValueLayout.JAVA_BYTE)
                : segment.asSlice(8, 16).toArray(ValueLayout.JAVA_BYTE);
        try {
            return new Endpoint(InetAddress.getByAddress(address), port);
        } catch (UnknownHostException e) {
            throw new AssertionError("an address of 4 or 16 bytes", e);
        }
    }
}
