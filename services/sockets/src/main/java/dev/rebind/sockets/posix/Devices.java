package dev.rebind.sockets.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** The network devices of the calling thread's network namespace. The JDK looks for them in that of the main thread. */
public final class Devices {
    /** IF_NAMESIZE, {@code net/if.h}. */
    private static final int NAME_SIZE = 16;

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

    /** Apart, so that a system without it fails where it is asked for. */
    private static final class Calls {
        /** {@code char *if_indextoname(unsigned int index, char *name)}. */
        static final MethodHandle IF_INDEXTONAME = Libc.plain("if_indextoname", ADDRESS, JAVA_INT, ADDRESS);
    }
}
