package dev.rebind.sockets.proc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Pattern;

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

        /** @param capabilities a set as {@code /proc/PID/status} has it */
        public boolean in(long capabilities) {
            return (capabilities >>> bit & 1) == 1;
        }
    }

    /** The one line of the first user namespace (user_namespaces(7)). */
    private static final Pattern ALL_USERS = Pattern.compile("0\\s+0\\s+4294967295");

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

    /**
     * What the kernel shows in the place of a user who has no id in the user namespace of this process (overflowuid). Empty where each
     * user has one, so that the number is that of a real user.
     */
    public static OptionalLong overflowUid() {
        try {
            String map = Files.readString(Path.of("/proc/self/uid_map")).strip();
            OptionalInt number = new Namespace(Path.of("/proc/sys/kernel")).number("overflowuid");
            return ALL_USERS.matcher(map).matches() || number.isEmpty()
                    ? OptionalLong.empty()
                    : OptionalLong.of(number.getAsInt());
        } catch (IOException e) {
            // A kernel without user namespaces: each user has an id.
            return OptionalLong.empty();
        }
    }

    /** Empty where it cannot be known. */
    public Optional<Boolean> has(Right right) {
        try {
            return Files.readAllLines(status).stream()
                    .filter(line -> line.startsWith("CapEff:"))
                    .map(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
                    .map(right::in)
                    .findFirst();
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }
}
