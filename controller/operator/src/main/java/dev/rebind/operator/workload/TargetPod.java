package dev.rebind.operator.workload;

import dev.rebind.agent.clients.ClientGroup;
import dev.rebind.engine.ClientRoute;
import dev.rebind.engine.CycleClients;
import dev.rebind.experiment.clients.TargetProtocol;
import dev.rebind.experiment.workload.Restore;
import dev.rebind.plan.PlannedCycle;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The pod that an experiment restarts, as the lookup found it. In the restart modes pod and rollout, the pod that
 * replaces it usually has another name.
 *
 * @param workload the workload that the spec names or the chart made
 * @param selector labels of the workload's pods, as a list of {@code key=value} separated by commas; null for a bare
 *     pod
 * @param address local address that the server binds, as far as is known; the wildcard for a server without an agent
 * @param port the port that the server binds
 * @param route the address and port to which clients connect; behind a hostPort or a Service this may be another port
 * @param spoken the protocol of a server without an agent if the experiment names none; null if clients speak the
 *     protocol of the experiment, or Rebind's own
 * @param certificates PEM text of the certificates that clients trust; null for those that the JVM trusts
 * @param agent the agent in the pod itself; null for a workload without an agent
 * @param nodeAgent the agent of the pod's node, which sees the pod's port from outside; null if there is none
 * @param clients the agent of a client pod; null if there is none
 * @param toggle where a new container reads SO_REUSEADDR; null if a container reads it nowhere
 * @param stopCommand command that ends the container's main process from within; empty for the agent or the default
 *     command
 */
public record TargetPod(
        String namespace,
        WorkloadId workload,
        @Nullable String selector,
        String pod,
        String podUid,
        String container,
        @Nullable String node,
        Network network,
        String address,
        int port,
        ClientRoute route,
        @Nullable TargetProtocol spoken,
        @Nullable String certificates,
        @Nullable URI agent,
        @Nullable URI nodeAgent,
        @Nullable URI clients,
        @Nullable Toggle toggle,
        List<String> stopCommand) {
    public TargetPod {
        stopCommand = List.copyOf(stopCommand);
    }

    public enum Network {
        hostNetwork,
        hostPort,
        pod
    }

    /**
     * Identifies a workload, or a bare pod, in its namespace.
     *
     * @param uid null if not known
     */
    public record WorkloadId(
            String kind, String name, @Nullable String uid) {
        @Override
        public String toString() {
            return kind + "/" + name;
        }
    }

    /**
     * A key of a ConfigMap that a container reads when it starts, and its values for on and off.
     *
     * @param restore when the last container gets the key's former value again
     */
    public record Toggle(String configMap, String key, String on, String off, Restore restore) {
        public String value(boolean reuseAddress) {
            return reuseAddress ? on : off;
        }

        /** Returns whether a value means on or off; null if it is neither of the two. */
        public @Nullable Boolean meaning(@Nullable String value) {
            if (on.equals(value)) {
                return Boolean.TRUE;
            }
            return off.equals(value) ? Boolean.FALSE : null;
        }
    }

    /**
     * Returns why this pod no longer exists, or is about to go. Call it only for a pod that this controller did not
     * order to end.
     *
     * @param now the present state of this pod at the API server; null if the pod does not exist
     * @return null while the pod exists
     */
    @Nullable
    String gone(@Nullable Pod now) {
        if (now == null) {
            return "pod " + pod + " is gone: something else than this experiment ended it";
        }
        if (now.getMetadata().getDeletionTimestamp() != null) {
            return "pod " + pod + " is being deleted by something else than this experiment";
        }
        PodStatus status = now.getStatus();
        boolean over = status != null && ("Failed".equals(status.getPhase()) || "Succeeded".equals(status.getPhase()));
        return over
                ? "pod " + pod + " has ended (" + (status.getReason() == null ? status.getPhase() : status.getReason())
                        + ")"
                : null;
    }

    public String clientAddress() {
        return route.address();
    }

    public int clientPort() {
        return route.port();
    }

    /** Returns what the clients of a cycle do at this target. */
    ClientGroup.Wanted wanted(PlannedCycle plan) {
        ClientGroup.Wanted wanted = CycleClients.wanted(plan);
        return certificates == null ? wanted : wanted.trusting(certificates);
    }

    /** Returns this pod with the agent of its node. */
    public TargetPod seenBy(@Nullable URI agentOfNode) {
        return with(certificates, agentOfNode);
    }

    /** Returns this pod with the certificates that its clients trust. */
    TargetPod trusting(String pem) {
        return with(pem, nodeAgent);
    }

    private TargetPod with(@Nullable String trusted, @Nullable URI agentOfNode) {
        return new TargetPod(
                namespace,
                workload,
                selector,
                pod,
                podUid,
                container,
                node,
                network,
                address,
                port,
                route,
                spoken,
                trusted,
                agent,
                agentOfNode,
                clients,
                toggle,
                stopCommand);
    }

    @Override
    public String toString() {
        return workload + " (pod " + pod + (node == null ? "" : " on " + node) + ", " + network + ", port " + port
                + ")";
    }
}
