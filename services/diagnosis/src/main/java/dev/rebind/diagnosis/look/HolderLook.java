package dev.rebind.diagnosis.look;

import dev.rebind.diagnosis.seen.SeenHolder;
import dev.rebind.diagnosis.seen.SeenHolder.Attention;
import dev.rebind.diagnosis.seen.SeenHolders;
import dev.rebind.diagnosis.story.Units;
import dev.rebind.sockets.options.OptionsAnswer;
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
    private final ChildrenLook children = new ChildrenLook();
    /** How many sockets beside listeners are asked for their options yet: each takes some microseconds. */
    private int questions = Integer.MAX_VALUE;

    /**
     * Those among some processes alone. What they do with a listener at the moment is not looked at.
     *
     * @param listeners inodes of sockets that listen
     * @param others inodes of other sockets
     * @param mostOthers how many of the others are asked for their options
     */
    SeenHolders among(Set<Integer> pids, Set<Long> listeners, Set<Long> others, int mostOthers) {
        questions = mostOthers;
        var wanted = new HashSet<>(listeners);
        wanted.addAll(others);
        wanted.remove(0L);
        return held(SocketOwners.among(wanted, Path.of("/proc"), pids), Set.of(), listeners);
    }

    /**
     * @param inodes of the sockets
     * @param listeners those of them that listen
     */
    SeenHolders of(Set<Long> inodes, Set<Long> listeners) {
        var wanted = new HashSet<>(inodes);
        wanted.remove(0L);
        if (wanted.isEmpty()) {
            return new SeenHolders.Seen(Map.of(), 0, false);
        }
        return held(SocketOwners.of(wanted, Path.of("/proc")), listeners, wanted);
    }

    /**
     * What they do with a listener at the moment is not looked at.
     *
     * @param inodes of the sockets
     * @param asked those of them that are asked for their options
     */
    SeenHolders asking(Set<Long> inodes, Set<Long> asked) {
        questions = 0;
        var wanted = new HashSet<>(inodes);
        wanted.remove(0L);
        return wanted.isEmpty()
                ? new SeenHolders.Seen(Map.of(), 0, false)
                : held(SocketOwners.of(wanted, Path.of("/proc")), Set.of(), asked);
    }

    /**
     * @param attention inodes of listeners of which it is looked at what their processes do
     * @param always inodes of sockets that are asked for their options whatever
     */
    private SeenHolders held(SocketOwners owners, Set<Long> attention, Set<Long> always) {
        return switch (owners) {
            case SocketOwners.Unreadable unreadable -> new SeenHolders.Unreadable(unreadable.why());
            case SocketOwners.Seen seen -> {
                var byInode = new HashMap<Long, List<SeenHolder>>();
                seen.byInode()
                        .forEach((inode, holders) -> byInode.put(
                                inode, holdings(holders, inode, attention.contains(inode), always.contains(inode))));
                yield new SeenHolders.Seen(byInode, seen.unreadable(), seen.othersHidden());
            }
        };
    }

    /** A process that has the socket twice is told once. */
    private List<SeenHolder> holdings(List<SocketOwner> owners, long inode, boolean attention, boolean always) {
        var first = new LinkedHashMap<Integer, SocketOwner>();
        owners.forEach(owner -> first.putIfAbsent(owner.pid(), owner));
        return first.values().stream()
                .map(owner -> holding(owner, inode, attention, always || questions-- > 0))
                .toList();
    }

    private SeenHolder holding(SocketOwner owner, long inode, boolean attention, boolean ask) {
        ProcessAnswer process = story(owner.pid());
        int parent = process instanceof ProcessAnswer.Known(var story) ? story.parent() : 0;
        Optional<ProcessAnswer> above = parent == 0 ? Optional.empty() : Optional.of(story(parent));
        boolean manager = above.orElse(new ProcessAnswer.Gone()) instanceof ProcessAnswer.Known(var story)
                && Units.isSystemd(story);
        return new SeenHolder(
                owner,
                process,
                above,
                ask ? options.read(owner, inode) : new OptionsAnswer.Unsupported("it was not asked"),
                ask ? AttentionLook.closeOnExec(owner) : Optional.empty(),
                attention ? AttentionLook.of(owner, inode) : Attention.UNKNOWN,
                manager ? children.others(parent, owner.pid()) : Optional.empty());
    }

    private ProcessAnswer story(int pid) {
        return known.computeIfAbsent(pid, stories::of);
    }
}
