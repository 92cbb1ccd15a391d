package dev.rebind.report.terminal;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.OptionalInt;

/**
 * Asks libc about standard output. The JDK's {@link java.io.Console} is not enough: it requires standard input to be a terminal too, and
 * does not know the width.
 */
final class Tty {
    private static final int STDOUT = 1;

    /** The request {@code TIOCGWINSZ}, see include/uapi/asm-generic/ioctls.h on Linux and sys/ttycom.h on macOS. */
    private static final long TIOCGWINSZ = System.getProperty("os.name", "").startsWith("Mac") ? 0x40087468L : 0x5413L;

    /** The {@code struct winsize { unsigned short ws_row, ws_col, ws_xpixel, ws_ypixel; }} of termios.h. */
    private static final StructLayout WINSIZE = MemoryLayout.structLayout(
            ValueLayout.JAVA_SHORT.withName("ws_row"),
            ValueLayout.JAVA_SHORT.withName("ws_col"),
            ValueLayout.JAVA_SHORT.withName("ws_xpixel"),
            ValueLayout.JAVA_SHORT.withName("ws_ypixel"));

    private Tty() {}

    /** Whether standard output is a terminal; false where it cannot be told. */
    static boolean isTerminal() {
        try {
            Linker linker = Linker.nativeLinker();
            MethodHandle isatty = linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("isatty"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
            return (int) isatty.invokeExact(STDOUT) == 1;
        } catch (Throwable _) {
            // There is no libc with isatty (Windows), or native access is denied. Plain text is right in both cases.
            return false;
        }
    }

    /** Width in columns of the terminal behind standard output; empty where there is no terminal or it does not tell. */
    static OptionalInt columns() {
        try (Arena arena = Arena.ofConfined()) {
            Linker linker = Linker.nativeLinker();
            MethodHandle ioctl = linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("ioctl"),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS),
                    Linker.Option.firstVariadicArg(2));
            MemorySegment size = arena.allocate(WINSIZE);
            if ((int) ioctl.invokeExact(STDOUT, TIOCGWINSZ, size) != 0) {
                return OptionalInt.empty();
            }
            int columns = Short.toUnsignedInt(size.get(ValueLayout.JAVA_SHORT, 2));
            return columns == 0 ? OptionalInt.empty() : OptionalInt.of(columns);
        } catch (Throwable _) {
            return OptionalInt.empty();
        }
    }
}
