package dev.rebind.agent;

import dev.rebind.agent.Agent.Place;
import dev.rebind.diagnosis.Diagnosis;
import dev.rebind.diagnosis.decide.Decision;
import dev.rebind.diagnosis.look.OutsideObserver;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.proc.PodProcesses;
import dev.rebind.sockets.proc.ProcReader;
import dev.rebind.sockets.release.ReleasePredictor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Looks at ports in the network namespaces of other pods on this node, through the socket tables of their processes. {@link #look} does not
 * tell who holds a socket; {@link #why} does. Safe for several threads.
 */
public final class PodPorts {
    private static final int MOST_REMEMBERED = 1_000;

    private final PodProcesses processes;
    private final OutsideObserver observer = new OutsideObserver();
    private final OutsideView outside = new OutsideView();
    private final ReleasePredictor predictor = ReleasePredictor.otherNamespaces();
    /** The network namespaces of pods on the host's network, by pod uid. These namespaces outlive the pods. */
    private final Map<String, Long> hosts = new LinkedHashMap<>();

    public PodPorts(Path proc) {
        this.processes = new PodProcesses(proc);
    }

    /**
     * A look at a pod's port from outside.
     *
     * @param containers runtime ids of the pod's containers that had a process right after the look; null where that is not known
     */
    public record PodView(PortForecast forecast, @Nullable Set<String> containers) {
        public PortView port() {
            return forecast.view();
        }
    }

    /**
     * Looks at a port of a pod.
     *
     * @param host whether the pod is on the host's network. Such a port can be looked at even after the pod has gone, if it was looked at
     *     before
     */
    public PodView look(String podUid, Place place, boolean host) {
        PortForecast forecast = PortForecast.of(port(podUid, place, host), predictor);
        return new PodView(forecast, processes.containers(podUid));
    }

    /**
     * Says why a port of a pod can or cannot be bound at every address, as seen from outside. Names the pod's processes that have the
     * port's sockets, as far as the rights allow. Binds nothing.
     *
     * @param host as for {@link #look}
     */
    public Diagnosis why(String podUid, int port, boolean host) {
        PortForecast forecast = look(podUid, new Place("::", port), host).forecast();
        return switch (forecast.view().local()) {
            case Reading.Unreadable _ -> outside.diagnose(port, forecast);
            case Snapshot sockets -> {
                Set<Integer> pids =
                        processes.of(podUid).stream().map(Math::toIntExact).collect(Collectors.toSet());
                yield Decision.of(observer.port(port, sockets, pids, !host));
            }
        };
    }

    private PortView port(String podUid, Place place, boolean host) {
        List<Long> own = processes.of(podUid);
        for (long pid : own) {
            OptionalLong namespace = processes.namespace(pid);
            PortView view = view(pid, namespace, place);
            if (view != null && processes.belongs(pid, podUid)) {
                if (host) {
                    remember(podUid, namespace.getAsLong());
                }
                return view;
            }
        }
        Long known = host ? remembered(podUid) : null;
        if (known != null) {
            for (long pid : processes.in(known)) {
                PortView view = view(pid, OptionalLong.of(known), place);
                if (view != null) {
                    return view;
                }
            }
        }
        return unreadable(
                podUid,
                own.isEmpty()
                        ? "no process of it is on this node: its network namespace is gone, or it is elsewhere"
                        : "its socket tables could not be read");
    }

    /** Returns null where the process ended meanwhile, because the tables may then belong to another process. */
    private @Nullable PortView view(long pid, OptionalLong namespace, Place place) {
        if (namespace.isEmpty()) {
            return null;
        }
        Reading all = ProcReader.steadyOn(processes.net(pid), place.port()).read(SocketQuery.all());
        if (!(all instanceof Snapshot) || !namespace.equals(processes.namespace(pid))) {
            return null;
        }
        return new PortView(
                        PortView.part(all, socket -> socket.local().port() == place.port()),
                        PortView.part(
                                all,
                                socket -> socket.state() != TcpState.LISTEN
                                        && socket.remote().port() == place.port()),
                        PortView.part(all, socket -> socket.state() == TcpState.LISTEN),
                        Map.of())
                .at(place);
    }

    private static PortView unreadable(String podUid, String why) {
        var reading = new Reading.Unreadable("the network namespace of pod " + podUid, why);
        return new PortView(reading, reading, reading, Map.of());
    }

    private synchronized void remember(String podUid, long namespace) {
        hosts.put(podUid, namespace);
        if (hosts.size() > MOST_REMEMBERED) {
            var eldest = hosts.entrySet().iterator();
            eldest.next();
            eldest.remove();
        }
    }

    private synchronized @Nullable Long remembered(String podUid) {
        return hosts.get(podUid);
    }
}
