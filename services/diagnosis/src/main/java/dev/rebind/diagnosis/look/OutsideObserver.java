package dev.rebind.diagnosis.look;

import dev.rebind.diagnosis.Question;
import dev.rebind.diagnosis.seen.CallerRights;
import dev.rebind.diagnosis.seen.KernelSettings;
import dev.rebind.diagnosis.seen.Observation;
import dev.rebind.diagnosis.seen.SeenHolders;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.bind.MappedAddresses;
import dev.rebind.sockets.proc.Namespace;
import dev.rebind.sockets.release.ReleasePredictor;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Looks at the listeners of network namespaces that the calling thread is not in, from readings of their socket tables. What only a
 * thread inside could ask stays unknown: addresses, settings, and which end opened a connection. Safe for several threads.
 */
public final class OutsideObserver {
    /** Connections whose options are asked for in one look; of an accepted one those of its listener are known anyhow. */
    private static final int MOST_QUESTIONS = 2_000;

    private final ReleasePredictor predictor = ReleasePredictor.otherNamespaces();
    private final KernelSettings settings = KernelSettings.outside(new Namespace(), MappedAddresses.here());

    /**
     * Every port on which somebody listens, the lowest first. Nothing is bound, and no program is run.
     *
     * @param tables the sockets of each namespace, all of them
     * @param pids the processes that are looked at for who has a socket; no other is touched
     * @return of each namespace, in the same order
     */
    public <K> Map<K, List<Observation>> listening(Map<K, Reading.Snapshot> tables, Set<Integer> pids) {
        Map<K, Map<Integer, List<TcpSocket>>> ports = new LinkedHashMap<>();
        var listeners = new HashSet<Long>();
        var others = new HashSet<Long>();
        tables.forEach((namespace, table) -> {
            Map<Integer, List<TcpSocket>> byPort =
                    AllPorts.byPort(table, (_, sockets) -> AllPorts.hasListener(sockets));
            ports.put(namespace, byPort);
            byPort.values()
                    .forEach(sockets -> sockets.forEach(
                            socket -> (socket.state() == TcpState.LISTEN ? listeners : others).add(socket.inode())));
        });
        SeenHolders holdings = new HolderLook().among(pids, listeners, others, MOST_QUESTIONS);
        CallerRights asker = PortObserver.asker(false);
        var seen = new LinkedHashMap<K, List<Observation>>();
        tables.forEach((namespace, table) -> seen.put(
                namespace,
                ports.getOrDefault(namespace, Map.of()).entrySet().stream()
                        .map(port -> observation(port.getKey(), AllPorts.part(table, port.getValue()), holdings, asker))
                        .toList()));
        return seen;
    }

    /**
     * One port of a namespace, whoever is on it. Nothing is bound, and no program is run.
     *
     * @param sockets those whose local port it is
     * @param pids the processes that are looked at for who has a socket; no other is touched
     * @param whole whether these are all processes that may have one; where not, a socket that none of them has is nobody's that is
     *     known
     */
    public Observation port(int port, Reading.Snapshot sockets, Set<Integer> pids, boolean whole) {
        var listeners = new HashSet<Long>();
        var others = new HashSet<Long>();
        sockets.sockets()
                .forEach(socket -> (socket.state() == TcpState.LISTEN ? listeners : others).add(socket.inode()));
        SeenHolders among = new HolderLook().among(pids, listeners, others, MOST_QUESTIONS);
        boolean all = sockets.sockets().stream()
                .allMatch(socket ->
                        socket.inode() == 0 || !among.of(socket.inode()).isEmpty());
        SeenHolders holdings = whole || all ? among : new SeenHolders.NotSought();
        return observation(port, sockets, holdings, PortObserver.asker(false));
    }

    private Observation observation(int port, Reading.Snapshot sockets, SeenHolders holdings, CallerRights asker) {
        return Observation.fromOutside(
                Question.everywhere(port),
                sockets,
                PortObserver.releases(predictor, sockets, sockets.sockets()),
                holdings,
                settings,
                asker);
    }
}
