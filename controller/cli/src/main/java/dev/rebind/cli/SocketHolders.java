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
import java.util.Set;

/** Who has each socket, in the form of netstat. Blocks for a readlink for every descriptor there is. */
final class SocketHolders {
    private SocketHolders() {}

    /** {@code 12/nginx}, and {@code 12/nginx +3} where three more processes have it; a socket whose holder is not seen is not in it. */
    static Map<Long, String> of(Set<Long> inodes) {
        var wanted = new HashSet<>(inodes);
        wanted.remove(0L);
        if (wanted.isEmpty() || !(SocketOwners.of(wanted, Path.of("/proc")) instanceof SocketOwners.Seen seen)) {
            return Map.of();
        }
        var stories = new ProcessStories();
        Map<Integer, String> names = new HashMap<>();
        Map<Long, String> holders = new HashMap<>();
        seen.byInode().forEach((inode, owners) -> {
            List<Integer> pids =
                    owners.stream().map(SocketOwner::pid).distinct().toList();
            if (!pids.isEmpty()) {
                String name = names.computeIfAbsent(
                        pids.getFirst(),
                        pid -> stories.of(pid) instanceof ProcessAnswer.Known(var story) ? story.comm() : "?");
                holders.put(inode, pids.getFirst() + "/" + name + (pids.size() == 1 ? "" : " +" + (pids.size() - 1)));
            }
        });
        return holders;
    }
}
