package dev.rebind.sockets.owners;

import dev.rebind.sockets.Owner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which process holds a socket, for those who ask often: the first that has it now, by the descriptors that processes show. {@link
 * SocketOwners} takes longer, and knows all of them. A process of another user is not visible without
 * CAP_SYS_PTRACE: its sockets have no owner here, which is no statement that they have none.
 */
public final class Owners {
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
        return first(inodes, pids.stream().map(Math::toIntExact).sorted().toList());
    }

    private Map<Long, Owner> ofAll(Set<Long> wanted) {
        try {
            return first(wanted, OwnerScan.numbers(proc));
        } catch (IOException e) {
            // No /proc.
            return Map.of();
        }
    }

    /** @param pids the lowest first */
    private Map<Long, Owner> first(Set<Long> inodes, List<Integer> pids) {
        var first = new HashMap<Long, Owner>();
        new OwnerScan(inodes, proc).shown(pids).forEach((inode, owners) -> {
            int pid = owners.getFirst().pid();
            first.put(inode, new Owner(pid, name(proc.resolve(Integer.toString(pid)))));
        });
        return first;
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
