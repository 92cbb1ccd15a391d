package dev.rebind.sockets.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.rebind.sockets.Family;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The network devices of the calling thread's network namespace. The JDK looks for them in that of the main thread. */
public final class Devices {
    /** IF_NAMESIZE, {@code net/if.h}. */
    private static final int NAME_SIZE = 16;

    /** Of {@code include/uapi/linux/sockios.h} and {@code if.h}. */
    private static final long SIOCGIFFLAGS = 0x8913;

    private static final int IFF_UP = 0x1;
    private static final int IFF_RUNNING = 0x40;

    private Devices() {}

    /** The name of a device, by {@code if_indextoname(3)}; empty where there is none with this index, or it cannot be asked for. */
    public static Optional<String> name(int index) {
        if (index <= 0) {
            return Optional.empty();
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(NAME_SIZE);
            MemorySegment found = (MemorySegment) Calls.IF_INDEXTONAME.invokeExact(index, name);
            return found.address() == 0 ? Optional.empty() : Optional.of(name.getString(0));
        } catch (UnsatisfiedLinkError | ExceptionInInitializerError | NoClassDefFoundError | IllegalCallerException e) {
            return Optional.empty();
        } catch (Throwable e) {
            throw new AssertionError("a downcall threw", e);
        }
    }

    /** The state of a device, by its flags (netdevice(7)). */
    public enum Link {
        /** Without IFF_UP: an administrator has not set it up. */
        DOWN,
        /** Up, but without IFF_RUNNING: no cable, or the far end of a veth is down. */
        NO_CARRIER,
        UP
    }

    /** The state of a device, by SIOCGIFFLAGS; empty where there is none with this name, or it cannot be asked for. */
    public static Optional<Link> link(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0 || bytes.length >= NAME_SIZE) {
            return Optional.empty();
        }
        try (PosixSocket socket = PosixSocket.open(Family.IPV4);
                Arena arena = Arena.ofConfined()) {
            // struct ifreq { char ifr_name[16]; short ifr_flags; … }, 40 bytes in all
            MemorySegment request = arena.allocate(40, 8);
            request.copyFrom(MemorySegment.ofArray(bytes));
            int fd = socket.fd();
            long answer = Libc.call(arena, state -> (int) Libc.IOCTL.invokeExact(state, fd, SIOCGIFFLAGS, request));
            return answer < 0 ? Optional.empty() : Optional.of(link(request.get(JAVA_SHORT, NAME_SIZE)));
        } catch (PosixException
                | UnsatisfiedLinkError
                | ExceptionInInitializerError
                | NoClassDefFoundError
                | IllegalCallerException e) {
            return Optional.empty();
        }
    }

    private static Link link(short flags) {
        if ((flags & IFF_UP) == 0) {
            return Link.DOWN;
        }
        return (flags & IFF_RUNNING) == 0 ? Link.NO_CARRIER : Link.UP;
    }

    /** Apart, so that a system without it fails where it is asked for. */
    private static final class Calls {
        /** {@code char *if_indextoname(unsigned int index, char *name)}. */
        static final MethodHandle IF_INDEXTONAME = Libc.plain("if_indextoname", ADDRESS, JAVA_INT, ADDRESS);
    }
}
