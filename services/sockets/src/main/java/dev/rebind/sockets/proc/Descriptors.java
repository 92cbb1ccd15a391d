package dev.rebind.sockets.proc;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The descriptors of a process that are sockets, from the links {@code /proc/<pid>/fd/*}. */
public final class Descriptors {
    private static final String PREFIX = "socket:[";

    private final Path proc;

    public Descriptors() {
        this(Path.of("/proc"));
    }

    /** @param proc another mount of /proc */
    public Descriptors(Path proc) {
        this.proc = proc;
    }

    /**
     * Descriptors and inodes.
     *
     * @param inodes of the sockets that are meant
     * @return what is visible: nothing of a process that has ended or may not be looked into
     */
    public Map<Integer, Long> of(long pid, Set<Long> inodes) {
        var found = new TreeMap<Integer, Long>();
        try (DirectoryStream<Path> descriptors =
                Files.newDirectoryStream(proc.resolve(Long.toString(pid)).resolve("fd"))) {
            for (Path descriptor : descriptors) {
                long inode = inode(descriptor);
                if (inodes.contains(inode)) {
                    found.put(Integer.parseInt(descriptor.getFileName().toString()), inode);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // Another user's process, or one that has ended since: not visible.
            return found;
        }
        return found;
    }

    /** Of the socket; -1 where the descriptor is none, or was closed. */
    static long inode(Path descriptor) {
        try {
            String target = Files.readSymbolicLink(descriptor).toString();
            return target.startsWith(PREFIX) ? Long.parseLong(target, PREFIX.length(), target.length() - 1, 10) : -1;
        } catch (IOException | NumberFormatException e) {
            return -1;
        }
    }
}
