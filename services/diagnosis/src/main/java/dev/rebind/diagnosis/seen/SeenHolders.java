package dev.rebind.diagnosis.seen;

import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.options.OptionsAnswer;
import dev.rebind.sockets.options.SocketOptions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Who has the port's sockets, and how much of the machine was not seen. */
public sealed interface SeenHolders {
    /**
     * @param byInode the holders of each socket that has a visible one
     * @param hidden how many processes have descriptors that may not be seen
     * @param othersHidden whether /proc leaves out the processes of other users altogether (mount option hidepid)
     * @param closed the inodes of sockets that were closed while their processes were looked for
     */
    record Seen(Map<Long, List<SeenHolder>> byInode, int hidden, boolean othersHidden, Set<Long> closed)
            implements SeenHolders {
        public Seen {
            byInode = Map.copyOf(byInode);
            closed = Set.copyOf(closed);
        }

        public Seen(Map<Long, List<SeenHolder>> byInode, int hidden, boolean othersHidden) {
            this(byInode, hidden, othersHidden, Set.of());
        }

        /** The same where it is known which sockets were closed meanwhile. */
        public Seen closed(Set<Long> inodes) {
            return new Seen(byInode, hidden, othersHidden, inodes);
        }
    }

    /** @param why a clause without a full stop */
    record Unreadable(String why) implements SeenHolders {}

    /** Not every process that may have a socket was looked at, and none of those that were has it. */
    record NotSought() implements SeenHolders {}

    default List<SeenHolder> of(long inode) {
        return switch (this) {
            case Seen seen -> seen.byInode().getOrDefault(inode, List.of());
            case Unreadable _, NotSought _ -> List.of();
        };
    }

    default boolean isClosed(long inode) {
        return switch (this) {
            case Seen seen -> seen.closed().contains(inode);
            case Unreadable _, NotSought _ -> false;
        };
    }

    /** The options of a live socket that some holder let be read. */
    default Optional<SocketOptions> options(TcpSocket socket) {
        return of(socket.inode()).stream()
                .map(SeenHolder::options)
                .filter(OptionsAnswer.Known.class::isInstance)
                .map(answer -> ((OptionsAnswer.Known) answer).options())
                .findFirst();
    }
}
