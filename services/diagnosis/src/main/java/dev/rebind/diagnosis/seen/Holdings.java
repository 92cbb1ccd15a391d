package dev.rebind.diagnosis.seen;

import java.util.List;
import java.util.Map;

/** Who has the port's sockets, and how much of the machine was not seen. */
public sealed interface Holdings {
    /**
     * @param byInode the holders of each socket that has a visible one
     * @param hidden how many processes have descriptors that may not be seen
     * @param othersHidden whether /proc leaves out the processes of other users altogether (mount option hidepid)
     */
    record Seen(Map<Long, List<Holding>> byInode, int hidden, boolean othersHidden) implements Holdings {
        public Seen {
            byInode = Map.copyOf(byInode);
        }
    }

    /** @param why a clause without a full stop */
    record Unreadable(String why) implements Holdings {}

    default List<Holding> of(long inode) {
        return switch (this) {
            case Seen seen -> seen.byInode().getOrDefault(inode, List.of());
            case Unreadable _ -> List.of();
        };
    }
}
