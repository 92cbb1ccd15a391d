package dev.rebind.diagnosis.look;

import dev.rebind.diagnosis.seen.Holding;
import dev.rebind.diagnosis.seen.Holding.Attention;
import dev.rebind.diagnosis.seen.Holdings;
import dev.rebind.sockets.options.OptionsReader;
import dev.rebind.sockets.owners.ProcessAnswer;
import dev.rebind.sockets.owners.ProcessStories;
import dev.rebind.sockets.owners.SocketOwner;
import dev.rebind.sockets.owners.SocketOwners;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds the processes that hold sockets and tells what is known of each. Blocks for a readlink for every descriptor there is. */
final class HolderLook {
    private final ProcessStories stories = new ProcessStories();
    private final OptionsReader options = new OptionsReader();
    private final Map<Integer, ProcessAnswer> known = new HashMap<>();

    /**
     * @param inodes of the sockets
     * @param listeners those of them that listen
     */
    Holdings of(Set<Long> inodes, Set<Long> listeners) {
        var wanted = new HashSet<>(inodes);
        wanted.remove(0L);
        if (wanted.isEmpty()) {
            return new Holdings.Seen(Map.of(), 0, false);
        }
        return switch (SocketOwners.of(wanted, Path.of("/proc"))) {
            case SocketOwners.Unreadable unreadable -> new Holdings.Unreadable(unreadable.why());
            case SocketOwners.Seen seen -> {
                var byInode = new HashMap<Long, List<Holding>>();
                seen.byInode()
                        .forEach((inode, owners) ->
                                byInode.put(inode, holdings(owners, inode, listeners.contains(inode))));
                yield new Holdings.Seen(byInode, seen.unreadable(), seen.othersHidden());
            }
        };
    }

    /** A process that has the socket twice is told once. */
    private List<Holding> holdings(List<SocketOwner> owners, long inode, boolean listens) {
        var first = new LinkedHashMap<Integer, SocketOwner>();
        owners.forEach(owner -> first.putIfAbsent(owner.pid(), owner));
        return first.values().stream()
                .map(owner -> holding(owner, inode, listens))
                .toList();
    }

    private Holding holding(SocketOwner owner, long inode, boolean listens) {
        ProcessAnswer process = story(owner.pid());
        int parent = process instanceof ProcessAnswer.Known(var story) ? story.parent() : 0;
        return new Holding(
                owner,
                process,
                parent == 0 ? Optional.empty() : Optional.of(story(parent)),
                options.read(owner, inode),
                AttentionLook.closeOnExec(owner),
                listens ? AttentionLook.of(owner, inode) : Attention.UNKNOWN);
    }

    private ProcessAnswer story(int pid) {
        return known.computeIfAbsent(pid, stories::of);
    }
}
