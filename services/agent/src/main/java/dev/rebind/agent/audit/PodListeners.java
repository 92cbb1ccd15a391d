package dev.rebind.agent.audit;

import dev.rebind.diagnosis.PodsAudit;
import dev.rebind.diagnosis.PodsAudit.OfPod;
import dev.rebind.diagnosis.PodsAudit.Pod;
import dev.rebind.diagnosis.PodsAudit.Untold;
import dev.rebind.diagnosis.decide.Restarts;
import dev.rebind.diagnosis.finding.AuditedListener;
import dev.rebind.diagnosis.look.OutsideObserver;
import dev.rebind.diagnosis.seen.Observation;
import dev.rebind.diagnosis.text.AuditTable;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.proc.PodProcesses;
import dev.rebind.sockets.proc.PodProcesses.Located;
import dev.rebind.sockets.proc.ProcReader;
import dev.rebind.sockets.proc.Rights;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Looks at the listeners of some pods of this node from outside. A listener belongs to the pod in whose network namespace it is. Where a
 * namespace has several pods, such as the host's, the cgroup of the listener's process decides. Touches only processes of these pods. For
 * one thread.
 */
final class PodListeners {
    /** The number of listeners to report. Where a node has more, only the worst are reported. */
    static final int MOST_LISTENERS = 2_000;
    /**
     * The time for reading. Namespaces that have not been read when it is over are reported as not known. A table with 100,000 sockets
     * takes a second.
     */
    private static final Duration READING = Duration.ofSeconds(20);

    private static final long FIRST_PROCESS = 1;

    private final PodProcesses processes;
    private final Rights rights;
    private final OutsideObserver observer = new OutsideObserver();

    PodListeners(Path proc) {
        this(proc, new Rights());
    }

    PodListeners(Path proc, Rights rights) {
        this.processes = new PodProcesses(proc);
        this.rights = rights;
    }

    /**
     * A network namespace that contains some of the pods.
     *
     * @param pods the uids of all pods in it, including pods that were not asked for
     * @param pids its processes that belong to the requested pods, the lowest first
     */
    private record Network(long id, boolean host, Set<String> pods, List<Integer> pids) {
        boolean shared() {
            return host || pods.size() > 1;
        }
    }

    PodsAudit of(Set<String> wanted) {
        List<Located> all = processes.located();
        Map<Integer, Located> own = new HashMap<>();
        all.stream()
                .filter(one -> one.podUid().filter(wanted::contains).isPresent())
                .forEach(one -> own.put(one.pid(), one));
        List<Network> networks = networks(all, own.keySet());
        Map<String, String> untold = new TreeMap<>();
        wanted.forEach(uid -> untold.put(uid, "no process of it is on this node"));
        own.values().forEach(one -> one.podUid().ifPresent(untold::remove));
        Map<Network, Reading.Snapshot> tables = read(networks, untold, wanted);
        var found = new ArrayList<OfPod>();
        observer.listening(tables, own.keySet()).forEach((network, ports) -> {
            for (Observation port : ports) {
                for (AuditedListener listener : Restarts.of(port)) {
                    owner(listener, network, own).ifPresent(pod -> found.add(new OfPod(pod, listener)));
                }
            }
        });
        shared(tables.keySet(), wanted, untold);
        return worst(found, untold);
    }

    private List<Network> networks(List<Located> all, Set<Integer> own) {
        OptionalLong host = processes.namespace(FIRST_PROCESS);
        Set<Long> ids = new TreeSet<>();
        all.stream().filter(one -> own.contains(one.pid())).forEach(one -> ids.add(one.namespace()));
        Map<Long, Set<String>> pods = new HashMap<>();
        Map<Long, List<Integer>> pids = new HashMap<>();
        for (Located one : all) {
            if (ids.contains(one.namespace())) {
                one.podUid()
                        .ifPresent(uid -> pods.computeIfAbsent(one.namespace(), _ -> new TreeSet<>())
                                .add(uid));
                if (own.contains(one.pid())) {
                    pids.computeIfAbsent(one.namespace(), _ -> new ArrayList<>())
                            .add(one.pid());
                }
            }
        }
        return ids.stream()
                .map(id -> new Network(
                        id,
                        host.isPresent() && host.getAsLong() == id,
                        pods.getOrDefault(id, Set.of()),
                        pids.getOrDefault(id, List.of())))
                .toList();
    }

    private Map<Network, Reading.Snapshot> read(
            List<Network> networks, Map<String, String> untold, Set<String> wanted) {
        Map<Network, Reading.Snapshot> tables = new LinkedHashMap<>();
        long began = System.nanoTime();
        for (Network network : networks) {
            Reading table = System.nanoTime() - began > READING.toNanos()
                    ? new Reading.Unreadable(
                            "its socket tables", "the node's pods take longer than " + READING.toSeconds() + " s")
                    : table(network);
            switch (table) {
                case Reading.Snapshot snapshot -> tables.put(network, snapshot);
                case Reading.Unreadable unreadable ->
                    network.pods().stream()
                            .filter(wanted::contains)
                            .forEach(
                                    uid -> untold.put(uid, unreadable.what() + " cannot be read: " + unreadable.why()));
            }
        }
        return tables;
    }

    /** Reads the socket table of a namespace, through a process that is still in it after the read. */
    private Reading table(Network network) {
        Reading last = new Reading.Unreadable("its socket tables", "its processes have ended meanwhile");
        for (int pid : network.pids()) {
            // The reads are merged, because the table of a busy pod changes all the time, and users ask about busy
            // pods.
            Reading reading = ProcReader.merging(processes.net(pid)).read(SocketQuery.all());
            OptionalLong now = processes.namespace(pid);
            if (now.isPresent() && now.getAsLong() == network.id()) {
                if (reading instanceof Reading.Snapshot) {
                    return reading;
                }
                last = reading;
            }
        }
        return last;
    }

    private static Optional<Pod> owner(AuditedListener listener, Network network, Map<Integer, Located> own) {
        Optional<Located> process = listener.holder().seen().stream()
                .flatMap(found -> Optional.ofNullable(own.get(found.pid())).stream())
                .findFirst();
        Optional<String> uid = network.shared()
                ? process.flatMap(Located::podUid)
                : network.pods().stream().findFirst();
        return uid.map(known -> new Pod(known, process.flatMap(Located::container), network.shared()));
    }

    /** Handles namespaces with several pods. There, only a look at file descriptors tells to which pod a listener belongs. */
    private void shared(Set<Network> networks, Set<String> wanted, Map<String, String> untold) {
        if (rights.has(Rights.Right.CAP_SYS_PTRACE).orElse(false)) {
            return;
        }
        networks.stream()
                .filter(Network::shared)
                .flatMap(network -> network.pods().stream())
                .filter(wanted::contains)
                .forEach(uid -> untold.putIfAbsent(
                        uid,
                        "it shares its network namespace, as on the host's network; which listeners are its own takes CAP_SYS_PTRACE"
                                + " (nodeAgent.readSocketOptions)"));
    }

    private static PodsAudit worst(List<OfPod> found, Map<String, String> untold) {
        List<OfPod> sorted = found.stream()
                .sorted(Comparator.comparingInt((OfPod one) -> AuditTable.gravity(one.listener()))
                        .thenComparing(one -> one.pod().uid())
                        .thenComparingInt(one -> one.listener().first().local().port()))
                .toList();
        List<OfPod> told = sorted.subList(0, Math.min(MOST_LISTENERS, sorted.size()));
        return new PodsAudit(
                Instant.now(),
                told,
                untold.entrySet().stream()
                        .map(entry -> new Untold(entry.getKey(), entry.getValue()))
                        .toList(),
                sorted.size() - told.size());
    }
}
