package dev.rebind.operator.workload;

import dev.rebind.agent.remote.AgentException;
import dev.rebind.agent.remote.RemoteAgent;
import dev.rebind.agent.wire.WireMessages.BaselineUnderHold;
import dev.rebind.agent.wire.WireMessages.Holder;
import dev.rebind.experiment.restart.Mode;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Connects to the agent of a pod and holds it. After a restart, waits for the agent in the new container or pod.
 *
 * @param mode container, pod or rollout
 * @param delays finds out what the new container waits for
 */
record FreshAgentWait(PodControl cluster, Holder holder, Supplier<String> token, Mode mode, StartDelayWatch delays) {
    static final Duration BETWEEN_TRIES = Duration.ofMillis(200);
    private static final Duration LEASE = Duration.ofMinutes(2);

    /** The new pod and its agent, which the experiment holds. */
    record Fresh(TargetPod pod, RemoteAgent agent) {}

    RemoteAgent connect(TargetPod where) throws AgentException, InterruptedException {
        RemoteAgent connected = RemoteAgent.connect(Objects.requireNonNull(where.agent()), token, holder);
        try {
            connected.hold(holder, LEASE, BaselineUnderHold.keep);
            return connected;
        } catch (AgentException | InterruptedException | RuntimeException e) {
            connected.close();
            throw e;
        }
    }

    /**
     * Returns why the pod is gone; null while it exists, or if the restart itself replaces it. A pod whose container
     * restarts exists all the time, unless something other than this experiment ends it.
     */
    @Nullable
    String gone(TargetPod pod) {
        return mode == Mode.container ? pod.gone(cluster.pod(pod)) : null;
    }

    /**
     * Waits for the new container or pod, and holds its agent.
     *
     * @param old the pod that was told to end, or whose container was
     * @param oldInstance the instance of the old agent, which tells it from the new one
     * @param known uids of the workload's pods before the restart
     * @throws AgentException when no new agent comes; the message has the reason that Kubernetes gives
     */
    Fresh await(TargetPod old, String oldInstance, Set<String> known) throws AgentException, InterruptedException {
        Fresh came = null;
        try {
            came = search(old, oldInstance, known);
            return came;
        } finally {
            delays.over(came == null ? old : came.pod());
        }
    }

    private Fresh search(TargetPod old, String oldInstance, Set<String> known)
            throws AgentException, InterruptedException {
        long deadline = cluster.answeringNanos() + ContainerStarts.LONGEST_START.toNanos();
        String why = "it did not come back";
        while (cluster.answeringNanos() - deadline < 0) {
            Thread.sleep(BETWEEN_TRIES);
            String gone = gone(old);
            if (gone != null) {
                throw new AgentException(gone);
            }
            String vain = null;
            try {
                vain = delays.inVain(old, known, StartDelay.Also.ends);
                TargetPod now = mode == Mode.container ? old : cluster.successor(old, known);
                if (now == null) {
                    continue;
                }
                RemoteAgent fresh = connect(now);
                if (!fresh.about().instance().equals(oldInstance)) {
                    return new Fresh(now, fresh);
                }
                fresh.close();
            } catch (AgentException | KubernetesClientException e) {
                why = FailedCall.why(e);
            }
            if (vain != null) {
                throw new AgentException("the new container is waited for in vain: " + vain);
            }
        }
        throw new AgentException("the " + (mode == Mode.container ? "container" : "pod") + " was not back within "
                + ContainerStarts.LONGEST_START.toSeconds() + " s" + delays.suffix() + ": " + why);
    }
}
