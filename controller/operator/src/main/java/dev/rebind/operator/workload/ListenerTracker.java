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
 * Whether a listener on a port may be a new container's. It is not where it was there before the container had a process.
 * When that began is told by the looks themselves: the kubelet says it up to seconds later, and a server may listen by
 * then. For one thread.
 */
final class ListenerTracker {
    private final Set<Long> before;
    /** Of each listener, by inode, the containers that ran when it was seen first; empty where those could not be told. */
    private final Map<Long, Optional<Set<String>>> first = new HashMap<>();

    private final Set<String> seen = new HashSet<>();

    private ListenerTracker(Set<Long> before) {
        this.before = before;
    }

    /** Nothing was there before. */
    static ListenerTracker none() {
        return new ListenerTracker(Set.of());
    }

    /** @param old the port before the old container was told to end */
    static ListenerTracker after(PortView old) {
        return new ListenerTracker(Set.copyOf(listeners(old)));
    }

    void saw(PodView view) {
        Optional<Set<String>> containers = Optional.ofNullable(view.containers());
        containers.ifPresent(seen::addAll);
        listeners(view.port()).forEach(inode -> first.putIfAbsent(inode, containers));
    }

    /** The old server's, which served when it was told to end: the only one there was. Null where there were several, or none. */
    @Nullable
    Long old() {
        return before.size() == 1 ? before.iterator().next() : null;
    }

    /** Whether none of the listeners is there that were there before. */
    boolean isOldGone(PortView view) {
        return listeners(view).stream().noneMatch(before::contains);
    }

    /** @param container as the kubelet names it: {@code containerd://…} */
    boolean isListening(PortView view, String container) {
        String id = container.substring(container.lastIndexOf('/') + 1);
        return listeners(view).stream().anyMatch(inode -> !before.contains(inode) && !cameBefore(inode, id));
    }

    private boolean cameBefore(long inode, String id) {
        // A container that no look shows is one whose beginning cannot be told.
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
