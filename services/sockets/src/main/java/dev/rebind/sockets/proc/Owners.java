package dev.rebind.sockets.proc;

import dev.rebind.sockets.Owner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which process holds a socket, from the links {@code /proc/<pid>/fd/*}. A process of another user is not visible without
 * CAP_SYS_PTRACE: its sockets have no owner here, which is no statement that they have none.
 */
public final class Owners {
    private static final String PREFIX = "socket:[";

    private final Path proc;

    public Owners() {
        this(Path.of("/proc"));
    }

    /** @param proc another mount of /proc, for example of the host */
    public Owners(Path proc) {
        this.proc = proc;
    }

    /** The owners of the inodes, as far as they are visible; where several processes share a socket, the lowest pid. */
    public Map<Long, Owner> of(Set<Long> inodes) {
        return of(inodes, Set.of());
    }

    /**
     * As {@link #of(Set)}, without a look at every process of the machine where the sockets are found among a few.
     *
     * @param near pids to look at first: those that may have made the sockets, so that no lower pid has one from elsewhere
     */
    public Map<Long, Owner> of(Set<Long> inodes, Set<Long> near) {
        var wanted = new HashSet<>(inodes);
        wanted.remove(0L);
        var found = new HashMap<>(among(wanted, near));
        wanted.removeAll(found.keySet());
        if (!wanted.isEmpty()) {
            found.putAll(ofAll(wanted));
        }
        return found;
    }

    /** The owners among these processes alone. */
    public Map<Long, Owner> among(Set<Long> inodes, Set<Long> pids) {
        var found = new HashMap<Long, Owner>();
        for (long pid : new TreeSet<>(pids)) {
            Path process = proc.resolve(Long.toString(pid));
            held(process, inodes).forEach(inode -> found.putIfAbsent(inode, new Owner(pid, name(process))));
        }
        found.remove(0L);
        return found;
    }

    private Map<Long, Owner> ofAll(Set<Long> wanted) {
        var found = new HashMap<Long, Owner>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                long pid = Long.parseLong(process.getFileName().toString());
                for (long inode : held(process, wanted)) {
                    Owner known = found.get(inode);
                    if (known == null || pid < known.pid()) {
                        found.put(inode, new Owner(pid, name(process)));
                    }
                }
            }
        } catch (IOException | NumberFormatException e) {
            // No /proc, or one that ends: what was found is true all the same.
            return found;
        }
        return found;
    }

    private static Set<Long> held(Path process, Set<Long> wanted) {
        var held = new HashSet<Long>();
        if (isWithout(process, wanted, held)) {
            // The main thread has ended, and others may go on: the descriptors are in their folders then (task/TID/fd).
            try (DirectoryStream<Path> threads = Files.newDirectoryStream(process.resolve("task"))) {
                for (Path thread : threads) {
                    if (!isWithout(thread, wanted, held)) {
                        break;
                    }
                }
            } catch (IOException | DirectoryIteratorException e) {
                // It has ended since.
            }
        }
        return held;
    }

    /** Whether the process or thread has no descriptors. One whose descriptors cannot be seen may have some. */
    private static boolean isWithout(Path task, Set<Long> wanted, Set<Long> held) {
        boolean without = true;
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(task.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                without = false;
                long inode = inode(descriptor);
                if (wanted.contains(inode)) {
                    held.add(inode);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // Another user's process, or one that has ended since: not visible.
            return false;
        }
        return without;
    }

    private static long inode(Path descriptor) {
        try {
            String target = Files.readSymbolicLink(descriptor).toString();
            return target.startsWith(PREFIX) ? Long.parseLong(target, PREFIX.length(), target.length() - 1, 10) : -1;
        } catch (IOException | NumberFormatException e) {
            return -1;
        }
    }

    private static String name(Path process) {
        try {
            // A process may have any bytes as its name: a wrong one becomes U+FFFD.
            return new String(Files.readAllBytes(process.resolve("comm")), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "(ended)";
        }
    }
}
