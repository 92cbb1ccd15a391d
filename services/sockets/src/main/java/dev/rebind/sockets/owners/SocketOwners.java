package dev.rebind.sockets.owners;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Every process that holds one of some sockets, from the links {@code /proc/PID/fd/*}. It says too how much of the machine
 * was not seen: a socket without an owner here has none only where nothing was hidden.
 */
public sealed interface SocketOwners {
    /**
     * The processes of {@code /proc} were gone through.
     *
     * @param byInode the holders of each socket that has any, the lowest pid first; a socket that no visible process holds is
     *     not in here
     * @param processes how many processes were looked at to the end
     * @param unreadable how many processes have descriptors that this one may not see: those of another user without
     *     CAP_SYS_PTRACE, or that may not be looked into
     * @param othersHidden whether {@code /proc} leaves out processes altogether (mount option hidepid), so that nobody knows how
     *     many were not seen
     */
    record Seen(Map<Long, List<SocketOwner>> byInode, int processes, int unreadable, boolean othersHidden)
            implements SocketOwners {
        public Seen {
            byInode = Map.copyOf(byInode);
        }

        /** The visible holders of a socket; an empty list means "none" only where the look was {@link #complete}. */
        public List<SocketOwner> of(long inode) {
            return byInode.getOrDefault(inode, List.of());
        }

        /**
         * Whether every process of this PID namespace was seen. Processes outside it never are: a socket may be held by one
         * of them, for example when a container looks at a port of its node.
         */
        public boolean complete() {
            return unreadable == 0 && !othersHidden;
        }
    }

    /** @param why there is no list of processes */
    record Unreadable(String why) implements SocketOwners {}

    /**
     * Looks for the holders of sockets. Blocks for the time of a readlink for every descriptor on the machine, about 2 µs
     * each, and for some 20 ms more where several processes have one socket: one that has it for a moment alone is no holder.
     *
     * @param inodes of the sockets; 0, which stands for a socket without an owner, is left out
     * @param procRoot {@code /proc}, or another mount of it
     */
    static SocketOwners of(Collection<Long> inodes, Path procRoot) {
        return new OwnerScan(inodes, procRoot).run();
    }

    /**
     * The holders among these processes alone, none of which is said to be the only one.
     *
     * @param pids as seen in the PID namespace of the /proc that is read
     */
    static SocketOwners among(Collection<Long> inodes, Path procRoot, Collection<Integer> pids) {
        return new OwnerScan(inodes, procRoot).run(new TreeSet<>(pids));
    }
}
