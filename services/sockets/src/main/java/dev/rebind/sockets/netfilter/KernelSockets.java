package dev.rebind.sockets.netfilter;

import dev.rebind.sockets.netlink.NetlinkSocket.Protocol;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The netlink sockets of the kernel itself in a network namespace: {@code /proc/net/netlink} (net/netlink/af_netlink.c). */
final class KernelSockets {
    private KernelSockets() {}

    /** Whether that of a protocol is listed. A sandbox that plays a kernel may list none at all. */
    static boolean show(Path netlink, Protocol protocol) {
        try {
            return Files.readString(netlink, StandardCharsets.US_ASCII)
                    .lines()
                    .anyMatch(line -> isKernel(line, protocol));
        } catch (IOException e) {
            return false;
        }
    }

    /** @param line of a socket; the second column, {@code Eth}, is the protocol, and the third, {@code Pid}, is 0 for the kernel */
    private static boolean isKernel(String line, Protocol protocol) {
        String[] columns = line.strip().split("\\s+", 4);
        return columns.length > 2 && columns[1].equals(Integer.toString(protocol.number())) && columns[2].equals("0");
    }
}
