package dev.rebind.sockets.proc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The user and the effective capabilities of this process: CapEff of {@code /proc/self/status}, see capabilities(7). */
public final class Rights {
    /** Bits of {@code include/uapi/linux/capability.h}. */
    public enum Right {
        CAP_NET_BIND_SERVICE(10),
        CAP_NET_ADMIN(12),
        CAP_SYS_PTRACE(19),
        CAP_SYS_ADMIN(21);

        private final int bit;

        Right(int bit) {
            this.bit = bit;
        }
    }

    private final Path status;

    public Rights() {
        this(Path.of("/proc/self/status"));
    }

    /** @param status another file of the same form */
    public Rights(Path status) {
        this.status = status;
    }

    /** The effective user id of this process; -1 where it cannot be told. */
    public static long uid() {
        try {
            return ((Number) Files.getAttribute(Path.of("/proc/self"), "unix:uid")).longValue();
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return -1;
        }
    }

    /** Empty where it cannot be known. */
    public Optional<Boolean> has(Right right) {
        try {
            return Files.readAllLines(status).stream()
                    .filter(line -> line.startsWith("CapEff:"))
                    .map(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
                    .map(set -> (set >>> right.bit & 1) == 1)
                    .findFirst();
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }
}
