package dev.rebind.sockets.release;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.rebind.sockets.posix.Libc;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The length of the kernel's tick, and where its count stands: what a timer's release is rounded by. */
public final class KernelTick {
    private static final int CLOCK_MONOTONIC_COARSE = 6;
    private static final Pattern NOW = Pattern.compile("^now at (\\d+) nsecs", Pattern.MULTILINE);
    private static final Pattern JIFFIES = Pattern.compile("^jiffies: (\\d+)", Pattern.MULTILINE);
    private static final int READS = 16;
    /** The file has every timer that runs, and a process that sleeps has one: among thousands a read takes dozens of milliseconds. */
    private static final long PATIENCE_NANOS = 10_000_000;

    private static final int PIECE = 64 * 1024;

    private KernelTick() {}

    /**
     * TICK_NSEC, the length of a tick in nanoseconds: the resolution of CLOCK_MONOTONIC_COARSE, which any user may ask for.
     * 4,000,000 at HZ=250. Empty where it cannot be asked for.
     */
    public static OptionalLong nanos() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment timespec = arena.allocate(16, 8);
            long result = Libc.call(
                    arena, state -> (int) Libc.CLOCK_GETRES.invokeExact(state, CLOCK_MONOTONIC_COARSE, timespec));
            long nanos = timespec.get(JAVA_LONG, 0) * 1_000_000_000 + timespec.get(JAVA_LONG, 8);
            return result == 0 && nanos > 0 ? OptionalLong.of(nanos) : OptionalLong.empty();
        } catch (UnsatisfiedLinkError | ExceptionInInitializerError | NoClassDefFoundError | IllegalCallerException e) {
            return OptionalLong.empty();
        }
    }

    /**
     * When the kernel's count of ticks was 0, in {@link System#nanoTime()} (both are CLOCK_MONOTONIC), from
     * {@code /proc/timer_list}, which root may read. Each read bounds it to a tick and
     * the time that it takes; some reads together to a fraction of one.
     */
    static Optional<Grid.Origin> origin(Path timerList, long tickNanos) {
        long from = Long.MIN_VALUE;
        long to = Long.MAX_VALUE;
        try {
            long began = System.nanoTime();
            for (int i = 0; i < READS && (i == 0 || System.nanoTime() - began < PATIENCE_NANOS); i++) {
                String text = upToJiffies(timerList);
                long after = System.nanoTime();
                Matcher now = NOW.matcher(text);
                Matcher jiffies = JIFFIES.matcher(text);
                if (!now.find() || !jiffies.find()) {
                    return Optional.empty();
                }
                long nanos = Long.parseLong(now.group(1));
                // In a time namespace the two clocks differ by an offset, and this file is of no use.
                if (Math.abs(after - nanos) > 1_000_000_000L) {
                    return Optional.empty();
                }
                // The count is read after "now" and before what was read ends.
                long count = Long.parseLong(jiffies.group(1));
                from = Math.max(from, nanos - (count + 1) * tickNanos);
                to = Math.min(to, after - count * tickNanos);
            }
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
        return from <= to ? Optional.of(new Grid.Origin(from, to)) : Optional.empty();
    }

    /** The count stands behind the timers of the first processor. Those of the others take the kernel as long again, each. */
    private static String upToJiffies(Path timerList) throws IOException {
        var text = new StringBuilder();
        byte[] piece = new byte[PIECE];
        try (InputStream in = Files.newInputStream(timerList)) {
            int searched = 0;
            for (int got = in.read(piece); got > 0; got = in.read(piece)) {
                text.append(new String(piece, 0, got, StandardCharsets.ISO_8859_1));
                int found = text.indexOf("\njiffies: ", searched);
                if (found >= 0 && text.indexOf("\n", found + 1) > 0) {
                    return text.toString();
                }
                searched = found >= 0 ? found : Math.max(0, text.length() - "\njiffies: ".length());
            }
        }
        return text.toString();
    }
}
