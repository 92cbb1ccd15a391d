package dev.rebind.sockets.proc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Whether the kernel has a module, without having it loaded. */
public final class KernelModules {
    private final Path modules;
    private final Optional<Path> builtin;

    /** Those of this kernel. */
    public KernelModules() {
        this(Path.of("/proc/modules"), builtin(System.getProperty("os.version", "")));
    }

    /**
     * @param modules the loaded ones, as {@code /proc/modules} has them
     * @param builtin those that are part of the kernel, as {@code /lib/modules/RELEASE/modules.builtin} has them
     */
    public KernelModules(Path modules, Optional<Path> builtin) {
        this.modules = modules;
        this.builtin = builtin;
    }

    public enum Presence {
        /** It is loaded, or part of the kernel. */
        THERE,
        /** It is neither. */
        ABSENT,
        /** It is not loaded, and may be part of the kernel. */
        UNKNOWN
    }

    private static Optional<Path> builtin(String release) {
        return Stream.of("/lib/modules", "/usr/lib/modules")
                .map(folder -> Path.of(folder, release, "modules.builtin"))
                .filter(Files::isReadable)
                .findFirst();
    }

    /** @param name with underscores */
    public Presence of(String name) {
        try {
            if (lines(modules).anyMatch(line -> line.startsWith(name + " "))) {
                return Presence.THERE;
            }
            if (builtin.isEmpty()) {
                return Presence.UNKNOWN;
            }
            return lines(builtin.get()).anyMatch(line -> isFile(line, name)) ? Presence.THERE : Presence.ABSENT;
        } catch (IOException e) {
            // A kernel without modules has no such file.
            return Presence.UNKNOWN;
        }
    }

    private static Stream<String> lines(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8).lines();
    }

    /** @param line {@code kernel/net/netfilter/nf_tables.ko} */
    private static boolean isFile(String line, String name) {
        String file = line.substring(line.lastIndexOf('/') + 1);
        return file.endsWith(".ko")
                && file.substring(0, file.length() - 3).replace('-', '_').equals(name);
    }
}
