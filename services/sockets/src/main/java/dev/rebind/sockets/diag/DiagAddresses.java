package dev.rebind.sockets.diag;

import dev.rebind.sockets.Family;
import dev.rebind.sockets.netlink.NativeBytes;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of one place in the messages of a dump. Most sockets of a machine have the address of the one before, and share the
 * object then. For one thread.
 */
final class DiagAddresses {
    private final int offset;
    private final byte[] four = new byte[4];
    private final byte[] six = new byte[16];
    private @Nullable InetAddress lastFour;
    private @Nullable InetAddress lastSix;

    /** @param offset of the address in a message */
    DiagAddresses(int offset) {
        this.offset = offset;
    }

    /** @param at where the message begins */
    InetAddress of(NativeBytes in, int at, Family family) {
        return switch (family) {
            case IPV4 -> {
                InetAddress last = lastFour;
                if (last == null || !in.same(at + offset, four)) {
                    last = address(in, at + offset, four);
                    lastFour = last;
                }
                yield last;
            }
            case IPV6 -> {
                InetAddress last = lastSix;
                if (last == null || !in.same(at + offset, six)) {
                    last = address(in, at + offset, six);
                    lastSix = last;
                }
                yield last;
            }
        };
    }

    private static InetAddress address(NativeBytes in, int at, byte[] bytes) {
        in.get(at, bytes);
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError("an address of 4 or 16 bytes", e);
        }
    }
}
