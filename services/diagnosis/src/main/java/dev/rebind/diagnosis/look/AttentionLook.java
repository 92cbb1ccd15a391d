package dev.rebind.diagnosis.look;

import dev.rebind.diagnosis.seen.SeenHolder.Attention;
import dev.rebind.sockets.owners.SocketOwner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a process waits for clients on a listener that it has: {@code /proc/PID/fdinfo} names the sockets in its epoll sets,
 * {@code /proc/PID/task/TID/syscall} the call in which a thread waits (proc(5); needs the right to trace the process).
 */
final class AttentionLook {
    private static final Path PROC = Path.of("/proc");
    private static final String ARCH = System.getProperty("os.arch", "");
    /** {@code arch/x86/entry/syscalls/syscall_64.tbl}, {@code include/uapi/asm-generic/unistd.h}. */
    private static final Set<Long> ACCEPTS = ARCH.equals("amd64") ? Set.of(43L, 288L) : Set.of(202L, 242L);

    /** poll, ppoll, select, pselect6, io_uring_enter: which descriptors they wait for is not shown. */
    private static final Set<Long> MAY =
            ARCH.equals("amd64") ? Set.of(7L, 271L, 23L, 270L, 426L) : Set.of(73L, 72L, 426L);

    private AttentionLook() {}

    static Attention of(SocketOwner owner, long inode) {
        // A ring accepts by itself, whatever the threads of its process do meanwhile.
        if (owner.inRing() || (!ARCH.equals("amd64") && !ARCH.equals("aarch64"))) {
            return Attention.UNKNOWN;
        }
        Path process = PROC.resolve(Integer.toString(owner.pid()));
        try {
            Attention watched = watched(owner.folder(PROC), inode);
            if (watched == Attention.WAITS) {
                return watched;
            }
            Attention called = calls(process.resolve("task"), owner.fd());
            return called == Attention.ELSEWHERE ? watched : called;
        } catch (IOException | DirectoryIteratorException e) {
            return Attention.UNKNOWN;
        }
    }

    static Optional<Boolean> closeOnExec(SocketOwner owner) {
        if (owner.inRing()) {
            return Optional.empty();
        }
        try {
            return Files.readAllLines(owner.folder(PROC).resolve("fdinfo").resolve(Integer.toString(owner.fd())))
                    .stream()
                    .filter(line -> line.startsWith("flags:"))
                    .map(line -> (Long.parseLong(line.substring(6).strip(), 8) & 02000000) != 0)
                    .findFirst();
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** What waits for the socket without a thread in a call for it: an epoll set, or perhaps a ring, which does not show it. */
    private static Attention watched(Path task, long inode) throws IOException {
        // A line for each socket of the set: "tfd: 5 events: 19 data: 5 pos:0 ino:25ab1 sdev:8" (fs/eventpoll.c).
        String wanted = "ino:" + Long.toHexString(inode) + " ";
        Attention attention = Attention.ELSEWHERE;
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(task.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                switch (target(descriptor)) {
                    case "anon_inode:[eventpoll]" -> {
                        if (info(task, descriptor).contains(wanted)) {
                            return Attention.WAITS;
                        }
                    }
                    case "anon_inode:[io_uring]" -> attention = Attention.UNKNOWN;
                    default -> {}
                }
            }
        }
        return attention;
    }

    /** Empty for a descriptor that was closed meanwhile. */
    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return "";
        }
    }

    /** Empty for a descriptor that was closed meanwhile. */
    private static String info(Path task, Path descriptor) {
        try {
            return read(task.resolve("fdinfo").resolve(descriptor.getFileName()));
        } catch (IOException e) {
            return "";
        }
    }

    private static Attention calls(Path tasks, int fd) throws IOException {
        var lines = new ArrayList<String>();
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
            for (Path thread : threads) {
                lines.add(read(thread.resolve("syscall")));
            }
        }
        return judge(lines, fd);
    }

    /** @param lines of {@code /proc/PID/task/TID/syscall}: the call's number and its arguments in hex, or {@code running} */
    static Attention judge(List<String> lines, int fd) {
        Attention attention = lines.isEmpty() ? Attention.UNKNOWN : Attention.ELSEWHERE;
        for (String line : lines) {
            String[] fields = line.strip().split(" ", -1);
            if (fields.length < 2 || fields[0].startsWith("-")) {
                // "running", "-1 …" outside any call, or nothing for a thread that has ended.
                attention = line.isBlank() || line.startsWith("0 0x0 0x0 0x0") ? attention : Attention.UNKNOWN;
                continue;
            }
            try {
                long call = Long.parseLong(fields[0]);
                if (ACCEPTS.contains(call) && Long.decode(fields[1]) == fd) {
                    return Attention.WAITS;
                }
                attention = MAY.contains(call) ? Attention.UNKNOWN : attention;
            } catch (NumberFormatException e) {
                attention = Attention.UNKNOWN;
            }
        }
        return attention;
    }

    private static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    }
}
