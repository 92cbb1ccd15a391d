package dev.rebind.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** What a process that this one starts does on a signal. */
public final class Signals {
    private static final int SIGINT = 2;

    private Signals() {}

    /**
     * Skips a test that sends SIGINT where this process ignores it: whatever it starts ignores it too, and the JVM
     * leaves that so. A script does it to what it starts in the background (POSIX, Shell Command Language, 2.11).
     */
    public static void assumeTaken(String signal) throws IOException {
        if (signal.equals("INT")) {
            long ignored = Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("SigIgn:"))
                    .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
                    .findFirst()
                    .orElseThrow();
            Assumptions.assumeTrue((ignored & (1L << (SIGINT - 1))) == 0, "SIGINT is ignored here");
        }
    }
}
