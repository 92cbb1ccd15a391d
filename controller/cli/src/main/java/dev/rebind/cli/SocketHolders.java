package dev.rebind.cli;

import dev.rebind.sockets.owners.ProcessAnswer;
import dev.rebind.sockets.owners.ProcessStories;
import dev.rebind.sockets.owners.SocketOwner;
import dev.rebind.sockets.owners.SocketOwners;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which processes have each socket. */
final class SocketHolders {
    /** @param name the process's own name (comm); empty where it cannot be read, or the process has ended */
    record HoldingProcess(int pid, Optional<String> name) {}

    private final Map<Long, List<HoldingProcess>> byInode;

    private SocketHolders(Map<Long, List<HoldingProcess>> byInode) {
        this.byInode = byInode;
    }

    /** Looks for the holders of sockets. Blocks for a readlink for every descriptor there is. */
    static SocketHolders of(Set<Long> inodes) {
        var wanted = new HashSet<>(inodes);
        wanted.remove(0L);
        if (wanted.isEmpty() || !(SocketOwners.of(wanted, Path.of("/proc")) instanceof SocketOwners.Seen seen)) {
            return new SocketHolders(Map.of());
        }
        var stories = new ProcessStories();
        Map<Integer, HoldingProcess> processes = new HashMap<>();
        Map<Long, List<HoldingProcess>> holders = new HashMap<>();
        seen.byInode()
                .forEach((inode, owners) -> holders.put(
                        inode,
                        owners.stream()
                                .map(SocketOwner::pid)
                                .distinct()
                                .map(pid -> processes.computeIfAbsent(pid, _ -> process(pid, stories)))
                                .toList()));
        return new SocketHolders(holders);
    }

    private static HoldingProcess process(int pid, ProcessStories stories) {
        return new HoldingProcess(
                pid,
                stories.of(pid) instanceof ProcessAnswer.Known(var story)
                        ? Optional.of(story.comm())
                        : Optional.empty());
    }

    /** The processes that were seen to have a socket, the lowest pid first. */
    List<HoldingProcess> of(long inode) {
        return byInode.getOrDefault(inode, List.of());
    }

    /** In the form of netstat: {@code 12/nginx}, {@code 12/nginx +3} where three more processes have it, {@code -} where none is seen. */
    String text(long inode) {
        List<HoldingProcess> processes = of(inode);
        if (processes.isEmpty()) {
            return "-";
        }
        HoldingProcess first = processes.getFirst();
        String more = processes.size() == 1 ? "" : " +" + (processes.size() - 1);
        return first.pid() + "/" + first.name().orElse("?") + more;
    }
}
