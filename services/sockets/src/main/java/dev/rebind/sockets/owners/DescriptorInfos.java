package dev.rebind.sockets.owners;

import dev.rebind.sockets.Family;
import dev.rebind.sockets.posix.PosixSocket;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The sockets among the descriptors of a process, from {@code /proc/PID/fdinfo}. Whoever has CAP_SYS_PTRACE and no right to
 * files of others (CAP_DAC_READ_SEARCH) can read it, and cannot list {@code /proc/PID/fd} of another user's process
 * (proc_fdinfo_permission and proc_fd_permission in {@code fs/proc/fd.c}). Linux 5.14 or later names the inode there. For one
 * thread.
 */
final class DescriptorInfos {
    /** Of {@code fs/proc/fd.c}, seq_show: pos, flags, mnt_id, ino; what follows is that of the kind of file. */
    private static final int COMMON_LINES = 4;

    /** What tells sockets from files with the same inode number: all of them are on one mount of the kernel's (sock_mnt). */
    private @Nullable String socketMount;

    private boolean asked;

    sealed interface Answer {
        /**
         * @param inodes of the sockets, by descriptor
         * @param any whether it has a descriptor at all
         */
        record Sockets(Map<Integer, Long> inodes, boolean any) implements Answer {
            public Sockets {
                inodes = Map.copyOf(inodes);
            }
        }

        record Denied() implements Answer {}
    }

    /** @param task the folder of a process or of a thread */
    Answer of(Path task) {
        Path folder = task.resolve("fdinfo");
        var inodes = new HashMap<Integer, Long>();
        try {
            var descriptors = OwnerScan.numbers(folder);
            Optional<String> mount = descriptors.isEmpty() ? Optional.empty() : socketMount();
            if (mount.isEmpty()) {
                return descriptors.isEmpty() ? new Answer.Sockets(inodes, false) : new Answer.Denied();
            }
            for (int fd : descriptors) {
                socket(folder.resolve(Integer.toString(fd)), mount.get()).ifPresent(inode -> inodes.put(fd, inode));
            }
        } catch (IOException e) {
            return new Answer.Denied();
        }
        return new Answer.Sockets(inodes, true);
    }

    /** Empty for what is no socket, or was closed meanwhile. */
    private static OptionalLong socket(Path info, String mount) {
        Map<String, String> fields;
        try {
            fields = fields(info);
        } catch (IOException e) {
            return OptionalLong.empty();
        }
        try {
            return mount.equals(fields.get("mnt_id")) && fields.containsKey("ino")
                    ? OptionalLong.of(Long.parseLong(fields.get("ino")))
                    : OptionalLong.empty();
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    private static Map<String, String> fields(Path info) throws IOException {
        var fields = new HashMap<String, String>();
        try (BufferedReader lines = Files.newBufferedReader(info, StandardCharsets.ISO_8859_1)) {
            for (int i = 0; i < COMMON_LINES; i++) {
                String line = lines.readLine();
                int colon = line == null ? -1 : line.indexOf(':');
                if (line == null || colon < 0) {
                    break;
                }
                fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
            }
        }
        return fields;
    }

    /** As a socket of this process has it; empty where the kernel names no inode in fdinfo, so that nothing is told. */
    private Optional<String> socketMount() {
        if (!asked) {
            asked = true;
            try (PosixSocket own = PosixSocket.open(Family.IPV4)) {
                Map<String, String> fields = fields(Path.of("/proc/self/fdinfo", Integer.toString(own.fd())));
                socketMount = fields.containsKey("ino") ? fields.get("mnt_id") : null;
            } catch (IOException
                    | UnsatisfiedLinkError
                    | ExceptionInInitializerError
                    | NoClassDefFoundError
                    | IllegalCallerException e) {
                socketMount = null;
            }
        }
        return Optional.ofNullable(socketMount);
    }
}
