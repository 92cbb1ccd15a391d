package dev.rebind.sockets;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.regex.Pattern;

/**
 * One end of a connection. An IPv4-mapped address (::ffff:a.b.c.d) is held as the IPv4 address that it stands for; the
 * socket's {@link Family} tells the two apart.
 *
 * @param port 0 to 65535; 0 at the far end of a listener
 */
public record Endpoint(InetAddress address, int port) {
    /** Another name of a device could steer the terminal that it is printed on (dev_valid_name of {@code net/core/dev.c}). */
    private static final Pattern COMMON_NAME = Pattern.compile("[!-~]{1,15}");

    public Endpoint {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " is not in 0 to 65535");
        }
    }

    /** Address and port as people write them: {@code 127.0.0.1:80}, {@code [::1]:80}. */
    @Override
    public String toString() {
        return (address instanceof Inet6Address ? "[" + host() + "]" : host()) + ":" + port;
    }

    /**
     * The address alone, for IPv6 as RFC 5952 writes it and without brackets. A link-local one has its zone where that is known, by name
     * or by number (RFC 4007, section 11): {@code fe80::1%eth0}.
     */
    public String host() {
        return address instanceof Inet6Address v6 ? Addresses.text(v6) + zone(v6) : address.getHostAddress();
    }

    private static String zone(Inet6Address address) {
        if (!address.isLinkLocalAddress() || address.getScopeId() == 0) {
            return "";
        }
        NetworkInterface device = address.getScopedInterface();
        return "%"
                + (device == null || !COMMON_NAME.matcher(device.getName()).matches()
                        ? address.getScopeId()
                        : device.getName());
    }
}
