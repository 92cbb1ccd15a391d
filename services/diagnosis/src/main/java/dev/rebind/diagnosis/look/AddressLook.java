package dev.rebind.diagnosis.look;

import dev.rebind.diagnosis.seen.Attempt;
import dev.rebind.diagnosis.seen.NamespaceAddresses;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.posix.Devices;
import dev.rebind.sockets.posix.Errno;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import dev.rebind.sockets.proc.Namespace;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the addresses of this thread's network namespace. Those of IPv4 come from the JDK. Those of IPv6 come from
 * {@code if_inet6}, which alone tells the state of each, and which the JDK reads in the main thread's namespace.
 *
 * <p>Whether an address can be bound the kernel alone knows: a local route makes one of IPv4 bindable that no device has (ip-route(8),
 * type local), and one of a VRF is not. So it is asked for each, by a bind that takes no port.
 */
final class AddressLook {
    /** Of {@code include/uapi/linux/if_addr.h}. */
    private static final int IFA_F_DADFAILED = 0x08;

    private static final int IFA_F_TENTATIVE = 0x40;
    private static final String LOOPBACK = "lo";

    /** A bind for each takes some 50 µs. */
    private static final int MOST_ASKED = 64;

    /** With these __inet_bind and __inet6_bind refuse an address; what fails otherwise tells nothing of it. */
    private static final Set<Errno> OF_ADDRESS =
            Set.of(Errno.EADDRNOTAVAIL, Errno.EINVAL, Errno.ENODEV, Errno.EAFNOSUPPORT);

    private AddressLook() {}

    /**
     * @param asked the address that the question is about; empty, or a wildcard, where it is about every one
     * @param listeners sockets whose addresses are asked for, too
     */
    static NamespaceAddresses read(Optional<InetAddress> asked, Collection<TcpSocket> listeners) {
        NamespaceAddresses own = read();
        List<NamespaceAddresses.Local> all = asked(own.all());
        var words = new LinkedHashMap<Asked, Attempt.Result>();
        asked.filter(address -> !address.isAnyLocalAddress())
                .map(address -> new Asked(address, zone(address), 0))
                .ifPresent(one -> words.put(one, ask(one)));
        listeners.stream()
                .filter(listener -> !listener.local().address().isAnyLocalAddress())
                .map(Asked::of)
                .forEach(one -> words.computeIfAbsent(one, AddressLook::ask));
        words.forEach((one, word) -> beyond(own, one, word).ifPresent(all::add));
        return new NamespaceAddresses(
                all,
                own.six(),
                own.devices(),
                words.entrySet().stream()
                        .map(entry -> new NamespaceAddresses.Word(
                                entry.getKey().address(), entry.getKey().device(), entry.getValue()))
                        .toList());
    }

    /**
     * The addresses of the machine with the kernel's word on each. Of a machine that has very many, those behind the first ones are as the
     * others of their device: whether an address is refused for another reason than its own flags, as in a VRF, its device decides.
     */
    private static List<NamespaceAddresses.Local> asked(List<NamespaceAddresses.Local> own) {
        var all = new ArrayList<NamespaceAddresses.Local>();
        var kinds = new HashMap<Kind, NamespaceAddresses.State>();
        for (NamespaceAddresses.Local local : own) {
            Kind kind = Kind.of(local);
            NamespaceAddresses.State known = kinds.get(kind);
            if (all.size() < MOST_ASKED || known == null) {
                all.add(local(local));
                kinds.merge(
                        kind,
                        all.getLast().state(),
                        (one, other) -> one == NamespaceAddresses.State.USABLE ? one : other);
            } else {
                all.add(new NamespaceAddresses.Local(local.address(), local.device(), known));
            }
        }
        return all;
    }

    /** @param state that of its flags */
    private record Kind(String device, boolean four, NamespaceAddresses.State state) {
        static Kind of(NamespaceAddresses.Local local) {
            return new Kind(local.device(), local.address() instanceof Inet4Address, local.state());
        }
    }

    /** @param zone that of the address, as two addresses of Java's are equal whatever their zones are */
    private record Asked(InetAddress address, int zone, int device) {
        static Asked of(TcpSocket listener) {
            InetAddress address = listener.local().address();
            return new Asked(address, AddressLook.zone(address), listener.device());
        }
    }

    private static int zone(InetAddress address) {
        return address instanceof Inet6Address six ? six.getScopeId() : 0;
    }

    /** What is to be told of an address that no device has: it binds all the same, or it is one of a loopback device that is down. */
    private static Optional<NamespaceAddresses.Local> beyond(NamespaceAddresses own, Asked asked, Attempt.Result word) {
        InetAddress address = asked.address();
        if (own.of(address).isPresent() || address.isMulticastAddress()) {
            return Optional.empty();
        }
        if (isNotAvailable(word)) {
            return loopback(address);
        }
        return word instanceof Attempt.Result.Binds && !own.contains(address)
                ? Optional.of(new NamespaceAddresses.Local(address, "", NamespaceAddresses.State.USABLE))
                : Optional.empty();
    }

    /** A bind to the address and to no port, by a socket that is bound to the network device, if there still is one. */
    private static Attempt.Result ask(Asked asked) {
        return ask(asked.address(), Devices.name(asked.device()));
    }

    private static Attempt.Result ask(InetAddress address, Optional<String> device) {
        try (PosixSocket socket = PosixSocket.open(Family.of(address))) {
            addressOnly(socket);
            if (device.isPresent()) {
                socket.device(device.get());
            }
            socket.bind(new Endpoint(address, 0));
            return new Attempt.Result.Binds(true);
        } catch (PosixException e) {
            return e.call().equals("bind") && OF_ADDRESS.stream().anyMatch(e::is)
                    ? new Attempt.Result.Refused(e.number(), true)
                    : new Attempt.Result.NotKnown(e.call() + " failed with " + Errno.name(e.number()));
        } catch (UnsatisfiedLinkError | ExceptionInInitializerError | NoClassDefFoundError | IllegalCallerException e) {
            return new Attempt.Result.NotKnown("system calls are not to be had in this JVM: " + e);
        }
    }

    private static void addressOnly(PosixSocket socket) {
        try {
            socket.addressOnly();
        } catch (PosixException e) {
            // An old kernel, or a sandbox: the bind takes a free port for some microseconds.
            return;
        }
    }

    private static boolean isNotAvailable(Attempt.Result result) {
        return result instanceof Attempt.Result.Refused refused && refused.errno() == Errno.EADDRNOTAVAIL.number();
    }

    /** An address of the machine with the kernel's word on it. Where the kernel cannot be asked, the flags alone tell. */
    private static NamespaceAddresses.Local local(NamespaceAddresses.Local read) {
        NamespaceAddresses.State state = switch (ask(read.address(), Optional.empty())) {
            case Attempt.Result.Binds _ -> NamespaceAddresses.State.USABLE;
            case Attempt.Result.Refused _ -> refused(read);
            case Attempt.Result.NotKnown _ -> read.state();
        };
        return new NamespaceAddresses.Local(read.address(), read.device(), state);
    }

    /** Why the kernel refuses it. Duplicate address detection waits for the device and its carrier (addrconf_dad_begin). */
    private static NamespaceAddresses.State refused(NamespaceAddresses.Local local) {
        if (local.state() == NamespaceAddresses.State.DUPLICATE) {
            return local.state();
        }
        boolean tentative = local.state() == NamespaceAddresses.State.TENTATIVE;
        return Devices.link(local.device())
                .map(link -> switch (link) {
                    case DOWN -> NamespaceAddresses.State.DOWN;
                    case NO_CARRIER ->
                        tentative ? NamespaceAddresses.State.NO_CARRIER : NamespaceAddresses.State.REFUSED;
                    case UP -> tentative ? NamespaceAddresses.State.TENTATIVE : NamespaceAddresses.State.REFUSED;
                })
                .orElse(tentative ? NamespaceAddresses.State.TENTATIVE : NamespaceAddresses.State.REFUSED);
    }

    /** Why there is no such loopback address: its device, which gives it, is down, or has no IPv6. */
    private static Optional<NamespaceAddresses.Local> loopback(InetAddress address) {
        if (!address.isLoopbackAddress()) {
            return Optional.empty();
        }
        if (Devices.link(LOOPBACK).filter(Devices.Link.DOWN::equals).isPresent()) {
            return Optional.of(new NamespaceAddresses.Local(address, LOOPBACK, NamespaceAddresses.State.DOWN));
        }
        boolean off = address instanceof Inet6Address
                && new Namespace().disableIPv6(LOOPBACK).orElse(0) == 1;
        return off
                ? Optional.of(new NamespaceAddresses.Local(address, LOOPBACK, NamespaceAddresses.State.DISABLED))
                : Optional.empty();
    }

    /** The addresses alone, without the kernel's word on each. */
    static NamespaceAddresses read() {
        var all = new ArrayList<NamespaceAddresses.Local>();
        var devices = new HashMap<Integer, String>();
        try {
            for (NetworkInterface device : NetworkInterface.networkInterfaces().toList()) {
                devices.put(device.getIndex(), device.getName());
                device.inetAddresses()
                        .filter(Inet4Address.class::isInstance)
                        .forEach(address -> all.add(new NamespaceAddresses.Local(
                                address, device.getName(), NamespaceAddresses.State.USABLE)));
            }
        } catch (SocketException e) {
            // There is none, or it goes away meanwhile; what was found stays true.
            all.trimToSize();
        }
        Path six = Path.of("/proc/thread-self/net/if_inet6");
        try {
            all.addAll(parse(Files.readString(six, StandardCharsets.US_ASCII)));
        } catch (IOException e) {
            return new NamespaceAddresses(all, false, devices, List.of());
        }
        return new NamespaceAddresses(all, true, devices, List.of());
    }

    /** @param text lines of if6_seq_show ({@code net/ipv6/addrconf.c}): address, index, prefix, scope, flags in hex, device */
    static List<NamespaceAddresses.Local> parse(String text) {
        var found = new ArrayList<NamespaceAddresses.Local>();
        for (String line : text.split("\n", -1)) {
            String[] fields = line.strip().split("\\s+", -1);
            if (fields.length == 6 && fields[0].length() == 32) {
                local(fields[0], fields[1], fields[4], fields[5]).ifPresent(found::add);
            }
        }
        return found;
    }

    /** Empty for what is no line of the kernel's. A link-local address has the index of its device as its zone. */
    private static Optional<NamespaceAddresses.Local> local(String hex, String index, String flags, String device) {
        try {
            byte[] bytes = HexFormat.of().parseHex(hex);
            InetAddress plain = InetAddress.getByAddress(bytes);
            InetAddress address = plain.isLinkLocalAddress()
                    ? Inet6Address.getByAddress(null, bytes, Integer.parseInt(index, 16))
                    : plain;
            return Optional.of(new NamespaceAddresses.Local(address, device, state(Integer.parseInt(flags, 16))));
        } catch (UnknownHostException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static NamespaceAddresses.State state(int flags) {
        if ((flags & IFA_F_DADFAILED) != 0) {
            return NamespaceAddresses.State.DUPLICATE;
        }
        return (flags & IFA_F_TENTATIVE) != 0 ? NamespaceAddresses.State.TENTATIVE : NamespaceAddresses.State.USABLE;
    }
}
