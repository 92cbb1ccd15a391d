package dev.rebind.child;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The errnos that sockets meet on Linux (include/uapi/asm-generic/errno.h, the same on x86_64 and aarch64). */
record Errno(String name, int number) {
    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(1, "EPERM"),
            Map.entry(12, "ENOMEM"),
            Map.entry(13, "EACCES"),
            Map.entry(22, "EINVAL"),
            Map.entry(23, "ENFILE"),
            Map.entry(24, "EMFILE"),
            Map.entry(32, "EPIPE"),
            Map.entry(95, "EOPNOTSUPP"),
            Map.entry(97, "EAFNOSUPPORT"),
            Map.entry(98, "EADDRINUSE"),
            Map.entry(99, "EADDRNOTAVAIL"),
            Map.entry(100, "ENETDOWN"),
            Map.entry(101, "ENETUNREACH"),
            Map.entry(103, "ECONNABORTED"),
            Map.entry(104, "ECONNRESET"),
            Map.entry(105, "ENOBUFS"),
            Map.entry(107, "ENOTCONN"),
            Map.entry(110, "ETIMEDOUT"),
            Map.entry(111, "ECONNREFUSED"),
            Map.entry(113, "EHOSTUNREACH"));

    static @Nullable String nameOf(int number) {
        return NAMES.get(number);
    }

    static @Nullable Errno named(String name) {
        return NAMES.entrySet().stream()
                .filter(entry -> entry.getValue().equals(name))
                .map(entry -> new Errno(name, entry.getKey()))
                .findFirst()
                .orElse(null);
    }

    /** The errno whose strerror(3), in the locale of this process, is the text: what the JDK's exceptions carry. */
    static @Nullable Errno ofText(String text) {
        return Texts.BY_TEXT.get(text);
    }

    private static final class Texts {
        static final Map<String, Errno> BY_TEXT = read();

        private static Map<String, Errno> read() {
            var strerror = Linker.nativeLinker()
                    .downcallHandle(
                            Linker.nativeLinker().defaultLookup().findOrThrow("strerror"),
                            FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
            var texts = new java.util.HashMap<String, Errno>();
            try (Arena arena = Arena.ofConfined()) {
                for (var entry : NAMES.entrySet()) {
                    var text = (MemorySegment) strerror.invokeExact((int) entry.getKey());
                    texts.put(
                            text.reinterpret(1024, arena, null).getString(0),
                            new Errno(entry.getValue(), entry.getKey()));
                }
            } catch (Throwable impossible) {
                throw new IllegalStateException("strerror(3) could not be called", impossible);
            }
            return Map.copyOf(texts);
        }
    }
}
