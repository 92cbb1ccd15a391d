package dev.rebind.agent.command;

import dev.rebind.agent.command.BeforeStop.Inherited;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.SocketReader;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.owners.SocketOwners;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds the processes of a run that share sockets of a port with their parent, by the descriptors in /proc. Blocks for milliseconds. */
final class InheritedSockets {
    private final SocketReader reader;

    InheritedSockets(SocketReader reader) {
        this.reader = reader;
    }

    /**
     * Returns the processes with inherited sockets; empty where the sockets cannot be read.
     *
     * @param processes the processes of one run
     */
    List<Inherited> of(int port, List<ProcessHandle> processes) {
        if (processes.size() < 2 || !(reader.read(SocketQuery.onPort(port)) instanceof Reading.Snapshot snapshot)) {
            return List.of();
        }
        Set<Long> listeners = inodes(snapshot, true);
        Set<Long> connections = inodes(snapshot, false);
        var all = new HashSet<>(listeners);
        all.addAll(connections);
        Map<Long, Map<Integer, Long>> held = held(all, processes);
        var inherited = new ArrayList<Inherited>();
        for (ProcessHandle process : processes) {
            Set<Long> parents = process.parent()
                    .map(parent ->
                            Set.copyOf(held.getOrDefault(parent.pid(), Map.of()).values()))
                    .orElse(Set.of());
            Map<Integer, Long> shared = new HashMap<>(held.getOrDefault(process.pid(), Map.of()));
            shared.values().retainAll(parents);
            if (!shared.isEmpty()) {
                inherited.add(new Inherited(
                        process.pid(),
                        ListenerLook.name(process),
                        among(shared, listeners),
                        among(shared, connections)));
            }
        }
        return inherited;
    }

    /** Returns the socket descriptors of each process, with the inodes of their sockets. */
    private static Map<Long, Map<Integer, Long>> held(Set<Long> inodes, List<ProcessHandle> processes) {
        List<Integer> pids =
                processes.stream().map(process -> (int) process.pid()).toList();
        Map<Long, Map<Integer, Long>> held = new HashMap<>();
        if (SocketOwners.among(inodes, Path.of("/proc"), pids) instanceof SocketOwners.Seen seen) {
            seen.byInode()
                    .forEach((inode, owners) -> owners.stream()
                            .filter(owner -> !owner.inRing())
                            .forEach(owner -> held.computeIfAbsent((long) owner.pid(), _ -> new HashMap<>())
                                    .put(owner.fd(), inode)));
        }
        return held;
    }

    private static Set<Long> inodes(Reading.Snapshot snapshot, boolean listening) {
        return snapshot.sockets().stream()
                .filter(socket -> (socket.state() == TcpState.LISTEN) == listening)
                .map(TcpSocket::inode)
                .filter(inode -> inode != 0)
                .collect(Collectors.toSet());
    }

    private static List<Integer> among(Map<Integer, Long> shared, Set<Long> inodes) {
        return shared.entrySet().stream()
                .filter(one -> inodes.contains(one.getValue()))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }
}
