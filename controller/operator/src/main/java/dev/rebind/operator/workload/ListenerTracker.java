package dev.rebind.operator.workload;

import dev.rebind.agent.PodPorts.PodView;
import dev.rebind.agent.PortView;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a listener on a port may belong to a new container. A listener that is older than the container's
 * first process does not belong to the container. The looks themselves show when that process began, because the
 * kubelet reports it some seconds late, when the server may already listen. Only one thread may use it.
 */
final class ListenerTracker {
    private final Set<Long> before;
    /** For each listener, by inode, the containers that ran when a look first showed the listener; empty if not known. */
    private final Map<Long, Optional<Set<String>>> first = new HashMap<>();

    private final Set<String> seen = new HashSet<>();

    private ListenerTracker(Set<Long> before) {
        this.before = before;
    }

    /** Creates a tracker for a port that had no listener before. */
    static ListenerTracker none() {
        return new ListenerTracker(Set.of());
    }

    /**
     * Creates a tracker that knows the old server's listeners.
     *
     * @param old the look at the port before the order to end the old container
     */
    static ListenerTracker after(PortView old) {
        return new ListenerTracker(Set.copyOf(listeners(old)));
    }

    void saw(PodView view) {
        Optional<Set<String>> containers = Optional.ofNullable(view.containers());
        containers.ifPresent(seen::addAll);
        listeners(view.port()).forEach(inode -> first.putIfAbsent(inode, containers));
    }

    /**
     * Returns the inode of the old server's listener, which listened before the order to end the server. Null if there
     * were several, or none.
     */
    @Nullable
    Long old() {
        return before.size() == 1 ? before.iterator().next() : null;
    }

    /** Whether all earlier listeners are gone. */
    boolean isOldGone(PortView view) {
        return listeners(view).stream().noneMatch(before::contains);
    }

    /**
     * Whether nobody listens. Then a look shows only what the old server has left. If another server already listens,
     * the connections may belong to it.
     */
    static boolean isNobodyListening(PortView view) {
        return listeners(view).isEmpty();
    }

    /**
     * Whether the container may be the one that listens.
     *
     * @param container the id of the container as the kubelet writes it ({@code containerd://…})
     */
    boolean isListening(PortView view, String container) {
        String id = container.substring(container.lastIndexOf('/') + 1);
        return listeners(view).stream().anyMatch(inode -> !before.contains(inode) && !cameBefore(inode, id));
    }

    private boolean cameBefore(long inode, String id) {
        // If no look has shown the container, it is unknown when the container began.
        return seen.contains(id)
                && first.getOrDefault(inode, Optional.empty())
                        .map(containers -> !containers.contains(id))
                        .orElse(false);
    }

    private static List<Long> listeners(PortView view) {
        return view.local() instanceof Snapshot snapshot
                ? snapshot.sockets().stream()
                        .filter(socket -> socket.state() == TcpState.LISTEN)
                        .map(TcpSocket::inode)
                        .toList()
                : List.of();
    }
}
