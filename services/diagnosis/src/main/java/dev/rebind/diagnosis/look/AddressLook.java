package dev.rebind.diagnosis.look;

import dev.rebind.diagnosis.seen.Locals;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.posix.Errno;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Reads the addresses of this thread's network namespace. Those of IPv4 come from the JDK. Those of IPv6 come from
 * {@code if_inet6}, which alone tells the state of each, and which the JDK reads in the main thread's namespace.
 */
final class AddressLook {
    /** Of {@code include/uapi/linux/if_addr.h}. */
    private static final int IFA_F_DADFAILED = 0x08;

    private static final int IFA_F_TENTATIVE = 0x40;

    private AddressLook() {}

    /**
     * @param bound addresses that listeners have. A local route makes an address one of this machine, too (ip-route(8), type local),
     *     which the kernel tells at a bind to no port
     */
    static Locals read(Collection<InetAddress> bound) {
        Locals own = read();
        var all = new ArrayList<>(own.all());
        bound.stream()
                .distinct()
                .filter(address ->
                        !address.isAnyLocalAddress() && !address.isMulticastAddress() && !own.contains(address))
                .filter(address -> !isRefused(address))
                .forEach(address -> all.add(new Locals.Local(address, "", Locals.State.USABLE)));
        return new Locals(all, own.six());
    }

    /** What fails otherwise tells nothing of the address. */
    private static boolean isRefused(InetAddress address) {
        try (PosixSocket socket = PosixSocket.open(address instanceof Inet4Address ? Family.IPV4 : Family.IPV6)) {
            socket.bind(new Endpoint(address, 0));
            return false;
        } catch (PosixException e) {
            return e.is(Errno.EADDRNOTAVAIL);
        } catch (UnsatisfiedLinkError | ExceptionInInitializerError | NoClassDefFoundError | IllegalCallerException e) {
            return false;
        }
    }

    static Locals read() {
        var all = new ArrayList<Locals.Local>();
        try {
            for (NetworkInterface device : NetworkInterface.networkInterfaces().toList()) {
                Locals.State state = device.isUp() ? Locals.State.USABLE : Locals.State.DOWN;
                device.inetAddresses()
                        .filter(Inet4Address.class::isInstance)
                        .forEach(address -> all.add(new Locals.Local(address, device.getName(), state)));
            }
        } catch (SocketException e) {
            // There is none, or it goes away meanwhile; what was found stays true.
            all.trimToSize();
        }
        Path six = Path.of("/proc/thread-self/net/if_inet6");
        try {
            all.addAll(parse(Files.readString(six, StandardCharsets.US_ASCII)));
        } catch (IOException e) {
            return new Locals(all, false);
        }
        return new Locals(all, true);
    }

    /** @param text lines of if6_seq_show ({@code net/ipv6/addrconf.c}): address, index, prefix, scope, flags in hex, device */
    static List<Locals.Local> parse(String text) {
        var found = new ArrayList<Locals.Local>();
        for (String line : text.split("\n", -1)) {
            String[] fields = line.strip().split("\\s+", -1);
            if (fields.length == 6 && fields[0].length() == 32) {
                address(fields[0], fields[4])
                        .ifPresent(local -> found.add(new Locals.Local(local.address(), fields[5], local.state())));
            }
        }
        return found;
    }

    /** Empty for what is no line of the kernel's. */
    private static Optional<Locals.Local> address(String hex, String flags) {
        try {
            InetAddress address = InetAddress.getByAddress(HexFormat.of().parseHex(hex));
            return Optional.of(new Locals.Local(address, "", state(Integer.parseInt(flags, 16))));
        } catch (UnknownHostException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Locals.State state(int flags) {
        if ((flags & IFA_F_DADFAILED) != 0) {
            return Locals.State.DUPLICATE;
        }
        return (flags & IFA_F_TENTATIVE) != 0 ? Locals.State.TENTATIVE : Locals.State.USABLE;
    }
}
