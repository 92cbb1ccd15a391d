package dev.rebind.diagnosis.seen;

import dev.rebind.sockets.options.OptionsAnswer;
import dev.rebind.sockets.owners.ProcessAnswer;
import dev.rebind.sockets.owners.SocketOwner;
import java.util.List;
import java.util.Optional;

/**
 * A process that has one of the port's sockets.
 *
 * @param owner where the descriptor was seen
 * @param process its story
 * @param parent that of its parent; empty where it has none in this PID namespace
 * @param options the socket's, as asked through this process
 * @param closeOnExec whether the descriptor goes away when the process starts another program; empty where not known
 * @param attention what the process does with a listener at the moment
 * @param siblings where its parent is systemd: the cgroups of the other processes whose parent that is, as {@code /proc/PID/cgroup}
 *     tells them; empty for another parent, and where one cannot be read
 */
public record SeenHolder(
        SocketOwner owner,
        ProcessAnswer process,
        Optional<ProcessAnswer> parent,
        OptionsAnswer options,
        Optional<Boolean> closeOnExec,
        Attention attention,
        Optional<List<String>> siblings) {
    public SeenHolder {
        siblings = siblings.map(List::copyOf);
    }

    /** Whether somebody in the process waits for clients at the moment of the look. */
    public enum Attention {
        /** A thread is in accept, or the listener is in an epoll set of the process. */
        WAITS,
        /** Every thread was in a call that waits for something else. */
        ELSEWHERE,
        /** A thread was in a call that may wait for it, or runs, or cannot be looked at. */
        UNKNOWN
    }

    public int pid() {
        return owner.pid();
    }
}
