package dev.rebind.operator.workload;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.PodPorts.PodView;
import dev.rebind.agent.PortForecast;
import dev.rebind.agent.PortView;
import dev.rebind.agent.remote.AgentException;
import dev.rebind.agent.remote.RemoteAgent;
import dev.rebind.agent.wire.WireMessages.ListenerAnswer;
import dev.rebind.record.server.SocketFlags;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.Reading.Snapshot;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the port of a pod that has no agent, through the agent of the pod's node, and finds out to which container
 * each listener belongs. If the node has no agent that answers, an attempt to connect shows only whether somebody
 * listens. Only one thread may use it, except for {@link #look} and {@link #why}.
 */
final class PodPort implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PodPort.class);
    private static final String NO_NODE_AGENT = "no agent of its node answers (nodeAgent.enabled)";
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(500);
    private static final int CONNECT_MILLIS = 1_000;

    private final Supplier<String> token;
    private final Place place;
    private volatile TargetPod pod;
    private volatile @Nullable RemoteAgent nodeAgent;
    private ListenerTracker listeners = ListenerTracker.none();

    /**
     * Connects to the agent of the pod's node, if there is one.
     *
     * @param token authenticates this controller to the agent; read again for each request
     * @throws AgentException when the agent cannot check the token now; otherwise the experiment would take a target
     *     whose port nobody sees
     */
    PodPort(Supplier<String> token, Place place, TargetPod pod) throws AgentException, InterruptedException {
        this.token = token;
        this.place = place;
        this.pod = pod;
        this.nodeAgent = connect(pod);
    }

    private @Nullable RemoteAgent connect(TargetPod where) throws AgentException, InterruptedException {
        if (where.nodeAgent() == null) {
            return null;
        }
        try {
            return RemoteAgent.connect(where.nodeAgent(), token);
        } catch (AgentException e) {
            if (isOutage(e)) {
                throw e;
            }
            LOG.warn(
                    "The agent of node {} does not answer, so the port of {} is not seen: {}",
                    where.node(),
                    where,
                    e.getMessage());
            return null;
        }
    }

    private static boolean isOutage(AgentException e) {
        return e.problem() != null && e.problem().status() == HttpURLConnection.HTTP_UNAVAILABLE;
    }

    /** Follows the server to another pod, perhaps on another node. Waits while the agent there cannot check the token. */
    void follow(TargetPod now) throws InterruptedException {
        boolean sameNode = Objects.equals(now.node(), pod.node());
        pod = now;
        if (sameNode) {
            return;
        }
        RemoteAgent before = nodeAgent;
        nodeAgent = null;
        if (before != null) {
            before.close();
        }
        while (true) {
            try {
                nodeAgent = connect(now);
                return;
            } catch (AgentException e) {
                Thread.sleep(BETWEEN_TRIES);
            }
        }
    }

    /** Notes that the present listener is the old server. Callers do this just before they order its end. */
    void replacing() {
        listeners = ListenerTracker.after(look().port());
    }

    /** Looks at the port now, and at the containers that run in the pod. */
    PodView look() {
        RemoteAgent agent = nodeAgent;
        TargetPod now = pod;
        if (agent == null) {
            return new PodView(unreadable(NO_NODE_AGENT), null);
        }
        return agent.look(place, now.podUid(), now.network() == TargetPod.Network.hostNetwork);
    }

    /** Asks the agent of the node why the port can or cannot be bound now. */
    String why() throws AgentException, InterruptedException {
        RemoteAgent agent = nodeAgent;
        TargetPod now = pod;
        if (agent == null) {
            throw new AgentException(NO_NODE_AGENT);
        }
        return agent.ports().whyOfPod(place.port(), now.podUid(), now.network() == TargetPod.Network.hostNetwork);
    }

    /** Reads the options of the pod's listener on the port from its live socket. */
    SocketFlags flags() {
        RemoteAgent agent = nodeAgent;
        if (agent == null) {
            return new SocketFlags(null, null, NO_NODE_AGENT);
        }
        try {
            ListenerAnswer answer = agent.ports().listener(place.port(), pod.podUid());
            return new SocketFlags(answer.reuseAddress(), answer.reusePort(), answer.unread());
        } catch (AgentException e) {
            return new SocketFlags(null, null, "the agent of its node did not say it: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new SocketFlags(null, null, "interrupted");
        }
    }

    /** Returns how long the kernel of the pod's node keeps a TIME_WAIT; null if that is not known. */
    @Nullable
    Duration timeWait() {
        RemoteAgent agent = nodeAgent;
        Integer seconds = agent == null ? null : agent.about().timeWaitSeconds();
        return seconds == null ? null : Duration.ofSeconds(seconds);
    }

    /** Looks at the port now, and remembers which containers ran when each new listener appeared. */
    PortForecast see() {
        PodView view = look();
        listeners.saw(view);
        return view.forecast();
    }

    boolean isOldGone(PortView view) {
        return listeners.isOldGone(view);
    }

    /** Returns the inode of the old server's listener; null if there were several, or none was seen. */
    @Nullable
    Long old() {
        return listeners.old();
    }

    /**
     * Whether a container listens.
     *
     * @param view a look from just now
     * @param container the id of the container as the kubelet writes it
     * @param there the container's pod
     * @param alone whether no other server can answer at the pod's address; asked only if the look did not show the
     *     port
     */
    boolean isListening(PortView view, String container, Pod there, BooleanSupplier alone) {
        return switch (view.local()) {
            case Snapshot _ -> listeners.isListening(view, container);
            case Reading.Unreadable _ -> alone.getAsBoolean() && connects(there);
        };
    }

    private boolean connects(Pod there) {
        String ip = there.getStatus() == null ? null : there.getStatus().getPodIP();
        if (ip == null) {
            return false;
        }
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral(ip), pod.port()), CONNECT_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    static PortForecast unreadable(String why) {
        var reading = new Reading.Unreadable("the port of a server without an agent", why);
        return new PortForecast(
                new PortView(reading, reading, reading, Map.of()), new PortForecast.Releases(List.of(), List.of()));
    }

    static boolean isAnything(PortView view) {
        return view.local() instanceof Snapshot snapshot && !snapshot.sockets().isEmpty();
    }

    /** Describes what was on the port, in words for people. */
    static String described(PortView view) {
        return switch (view.local()) {
            case Snapshot snapshot -> {
                var states = new java.util.TreeMap<String, Integer>();
                snapshot.sockets().forEach(socket -> states.merge(socket.state().name(), 1, Integer::sum));
                yield states.isEmpty() ? "nothing was on the port" : "on the port were " + states;
            }
            case Reading.Unreadable unreadable -> "the port was not seen: " + unreadable.why();
        };
    }

    @Override
    public void close() {
        RemoteAgent agent = nodeAgent;
        if (agent != null) {
            agent.close();
        }
    }
}
