package dev.rebind.diagnosis.nat;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.Optional;

/** Addresses of one family, from the first to the last. */
record AddressRange(InetAddress first, InetAddress last) {
    static final AddressRange LOOPBACK = of("127.0.0.0/8").orElseThrow();

    static AddressRange of(InetAddress address) {
        return new AddressRange(address, address);
    }

    /** @param text an address, a prefix {@code 10.0.0.0/8}, or a range {@code 10.0.0.1-10.0.0.9}; empty for anything else */
    static Optional<AddressRange> of(String text) {
        try {
            String[] ends = text.split("-", 2);
            if (ends.length == 2) {
                return Optional.of(new AddressRange(InetAddress.ofLiteral(ends[0]), InetAddress.ofLiteral(ends[1])));
            }
            String[] parts = text.split("/", 2);
            InetAddress address = InetAddress.ofLiteral(parts[0]);
            return Optional.of(parts.length == 2 ? prefix(address, Integer.parseInt(parts[1])) : of(address));
        } catch (IllegalArgumentException e) {
            // A name, or a mask with holes.
            return Optional.empty();
        }
    }

    private static AddressRange prefix(InetAddress address, int bits) {
        byte[] first = address.getAddress();
        byte[] last = address.getAddress();
        if (bits < 0 || bits > first.length * 8) {
            throw new IllegalArgumentException("a prefix of " + bits + " bits");
        }
        for (int i = bits; i < first.length * 8; i++) {
            first[i / 8] &= (byte) ~(0x80 >> (i % 8));
            last[i / 8] |= (byte) (0x80 >> (i % 8));
        }
        return new AddressRange(address(first), address(last));
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (java.net.UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Whether all of the other's addresses are in this span, some or none. */
    Applies contains(AddressRange other) {
        if (!sameFamily(other) || compare(last, other.first) < 0 || compare(other.last, first) < 0) {
            return Applies.NO;
        }
        return compare(first, other.first) <= 0 && compare(other.last, last) <= 0 ? Applies.YES : Applies.MAYBE;
    }

    boolean sameFamily(AddressRange other) {
        return first.getAddress().length == other.first.getAddress().length;
    }

    private static int compare(InetAddress a, InetAddress b) {
        return Arrays.compareUnsigned(a.getAddress(), b.getAddress());
    }
}
