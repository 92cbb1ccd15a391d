package dev.rebind.sockets.owners;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Tells who holds a socket from who had a copy of it for a moment: a reader of its options (pidfd_getfd(2)), a debugger, a child
 * between fork(2) and execve(2) or exit. Only where several processes were seen with a socket are they looked at again, some times
 * within some 20 ms; the holders are those that have it each time. Blocks for as long. For one thread.
 */
final class SecondLooks {
    /** Of different lengths, so that what comes and goes in a rhythm is not met at the same beat each time. */
    private static final List<Integer> PAUSES_MILLIS = List.of(1, 2, 4, 3, 5, 2, 3);

    private final Path proc;
    private final Map<Long, List<SocketOwner>> held;

    /** @param found the owners of each socket, as one walk has seen them */
    SecondLooks(Path proc, Map<Long, List<SocketOwner>> found) {
        this.proc = proc;
        held = new HashMap<>(found);
    }

    /** The owners of each socket; a socket that none of its processes kept is not in here. */
    Map<Long, List<SocketOwner>> run() {
        for (int pause : PAUSES_MILLIS) {
            Set<Long> doubtful = held.entrySet().stream()
                    .filter(socket -> processes(socket.getValue()) > 1)
                    .map(Map.Entry::getKey)
                    .collect(Collectors.toUnmodifiableSet());
            if (doubtful.isEmpty()) {
                break;
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
            doubtful.forEach(inode -> held.computeIfPresent(inode, (_, owners) -> kept(inode, owners)));
        }
        held.values().removeIf(List::isEmpty);
        return held;
    }

    private static long processes(List<SocketOwner> owners) {
        return owners.stream().map(SocketOwner::pid).distinct().count();
    }

    private List<SocketOwner> kept(long inode, List<SocketOwner> owners) {
        var byPid = new LinkedHashMap<Integer, List<SocketOwner>>();
        owners.forEach(owner -> byPid.merge(owner.pid(), List.of(owner), SecondLooks::both));
        return byPid.entrySet().stream()
                .flatMap(process -> keptBy(process.getKey(), inode, process.getValue()).stream())
                .toList();
    }

    private static List<SocketOwner> both(List<SocketOwner> some, List<SocketOwner> more) {
        return Stream.concat(some.stream(), more.stream()).toList();
    }

    /** A process may have moved the socket to another descriptor meanwhile: a child that is handed it as its standard input does. */
    private List<SocketOwner> keptBy(int pid, long inode, List<SocketOwner> owners) {
        return owners.stream().anyMatch(owner -> has(owner, inode))
                ? owners
                : new OwnerScan(Set.of(inode), proc)
                        .walk(new TreeSet<>(Set.of(pid)))
                        .getOrDefault(inode, List.of());
    }

    private boolean has(SocketOwner owner, long inode) {
        Path descriptor = owner.folder(proc).resolve("fd").resolve(Integer.toString(owner.fd()));
        try {
            return OwnerScan.standsFor(Files.readSymbolicLink(descriptor).toString(), owner, inode);
        } catch (IOException e) {
            // It was closed meanwhile, or may only be read by way of fdinfo.
            return false;
        }
    }
}
