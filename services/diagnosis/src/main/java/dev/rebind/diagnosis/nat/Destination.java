package dev.rebind.diagnosis.nat;

import java.net.InetAddress;
import java.util.List;

/**
 * The addresses of this machine, for which clients of its ports come. A rule for another address, as that of a Kubernetes
 * service, is about somebody else's port. Pure.
 */
public record Destination(List<InetAddress> local) {
    public Destination {
        local = List.copyOf(local);
    }

    /** @param prefix an address, or one with the length of its prefix: {@code 10.0.0.0/8}; what is neither has them all */
    public boolean has(String prefix) {
        String[] parts = prefix.split("/", 2);
        try {
            byte[] wanted = InetAddress.ofLiteral(parts[0]).getAddress();
            int bits = parts.length == 2 ? Integer.parseInt(parts[1]) : wanted.length * 8;
            return local.stream().map(InetAddress::getAddress).anyMatch(address -> same(address, wanted, bits))
                    || same(new byte[] {127, 0, 0, 1}, wanted, Math.min(bits, 8));
        } catch (IllegalArgumentException e) {
            return true;
        }
    }

    private static boolean same(byte[] address, byte[] wanted, int bits) {
        if (address.length != wanted.length) {
            return false;
        }
        for (int i = 0; i < bits; i++) {
            int mask = 0x80 >> (i % 8);
            if (((address[i / 8] ^ wanted[i / 8]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }
}
