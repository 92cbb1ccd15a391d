package dev.rebind.sockets.bind;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.bind.Scene.Device;
import dev.rebind.sockets.bind.Scene.Settings;
import dev.rebind.sockets.bind.SceneGenerator.Axes;
import dev.rebind.sockets.posix.Libc;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Makes the sockets of scenes, with what {@link PosixSocket} does not offer: an owner, a device, the state. */
final class SceneSockets {
    private static final int SOL_SOCKET = 1;
    private static final int SO_BINDTODEVICE = 25;
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_INFO = 11;
    /** Whose sockets are not this process's. */
    static final int OTHER_USER = 33;

    private static final MethodHandle FCHOWN = plain("fchown", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle GETEUID = plain("geteuid");

    private final Map<Device, NetworkInterface> devices = new EnumMap<>(Device.class);
    final long user = uid();

    SceneSockets() throws Exception {
        NetworkInterface lo = NetworkInterface.getByName("lo");
        if (lo != null) {
            devices.put(Device.LO, lo);
        }
        NetworkInterface.networkInterfaces()
                .filter(one -> !one.getName().equals("lo") && one.getParent() == null)
                .findFirst()
                .ifPresent(one -> devices.put(Device.OTHER, one));
    }

    private static MethodHandle plain(String name, MemoryLayout... parameters) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(JAVA_INT, parameters));
    }

    private static int uid() {
        try {
            return (int) GETEUID.invokeExact();
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** What can be varied here: found out by doing it once. */
    Axes axes() {
        boolean six = works(new Settings(Family.IPV6, "::1", false, false, false, Device.NONE, false));
        boolean users = user != OTHER_USER
                && works(new Settings(Family.IPV4, "127.0.0.1", false, false, false, Device.NONE, true));
        var usable = new ArrayList<Device>(List.of(Device.NONE));
        for (Device device : devices.keySet()) {
            if (works(new Settings(Family.IPV4, "127.0.0.1", false, false, false, device, false))) {
                usable.add(device);
            }
        }
        return new Axes(six, users, usable);
    }

    private boolean works(Settings settings) {
        try (PosixSocket socket = open(settings)) {
            socket.bind(new Endpoint(InetAddress.getByName(settings.address()), 0));
            return true;
        } catch (Exception e) {
            return false;
        }
    }

    PosixSocket open(Settings settings) throws PosixException {
        PosixSocket socket = PosixSocket.open(settings.family());
        try {
            socket.reuseAddress(settings.reuseAddress()).reusePort(settings.reusePort());
            if (settings.v6Only()) {
                socket.v6Only(true);
            }
            if (settings.device() != Device.NONE) {
                bindToDevice(socket, settings.device());
            }
            if (settings.otherUser()) {
                giveToOther(socket);
            }
            return socket;
        } catch (PosixException e) {
            socket.close();
            throw e;
        }
    }

    private void bindToDevice(PosixSocket socket, Device device) throws PosixException {
        NetworkInterface to = devices.get(device);
        if (to == null) {
            throw new PosixException("SO_BINDTODEVICE without " + device, 19);
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(to.getName());
            int fd = socket.fd();
            long result = Libc.call(arena, state -> (int)
                    Libc.SETSOCKOPT.invokeExact(state, fd, SOL_SOCKET, SO_BINDTODEVICE, name, (int) name.byteSize()));
            if (result < 0) {
                throw new PosixException("setsockopt SO_BINDTODEVICE", (int) -result);
            }
        }
    }

    /** The user of a socket is that of its inode, and fchown changes both (sockfs_setattr, {@code net/socket.c}). */
    void giveToOther(PosixSocket socket) throws PosixException {
        int result;
        try {
            result = (int) FCHOWN.invokeExact(socket.fd(), OTHER_USER, -1);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
        if (result != 0) {
            throw new PosixException("fchown", 1);
        }
    }

    /** tcpi_state, the first byte of struct tcp_info ({@code include/uapi/linux/tcp.h}). */
    static TcpState state(PosixSocket socket) throws PosixException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(8);
            MemorySegment length = arena.allocateFrom(JAVA_INT, 8);
            int fd = socket.fd();
            long result = Libc.call(
                    arena, state -> (int) Libc.GETSOCKOPT.invokeExact(state, fd, IPPROTO_TCP, TCP_INFO, info, length));
            if (result < 0) {
                throw new PosixException("getsockopt TCP_INFO", (int) -result);
            }
            return TcpState.of(info.get(JAVA_BYTE, 0));
        }
    }

    Candidate candidate(Settings settings) throws Exception {
        NetworkInterface device = devices.get(settings.device());
        return new Candidate(
                        settings.family(),
                        InetAddress.getByName(settings.address()),
                        settings.v6Only(),
                        settings.reuseAddress(),
                        settings.reusePort(),
                        settings.otherUser() ? OTHER_USER : user)
                .withDevice(device == null ? 0 : device.getIndex());
    }
}
