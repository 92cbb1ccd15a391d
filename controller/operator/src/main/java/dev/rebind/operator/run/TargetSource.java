package dev.rebind.operator.run;

import dev.rebind.agent.remote.AgentException;
import dev.rebind.operator.workload.LookupResult;
import dev.rebind.operator.workload.TargetPod;
import dev.rebind.operator.workload.TargetSessions;
import dev.rebind.operator.workload.TargetSessions.ClientsHeldException;
import dev.rebind.operator.workload.ToggleBackup;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;

/** Finds and takes the targets of one experiment. */
interface TargetSource {
    /**
     * Looks for the targets.
     *
     * @param begun whether the experiment has held its targets before; if so, one of its own rollouts may still be in
     *     progress
     * @throws KubernetesClientException when the API server did not answer
     */
    LookupResult find(boolean begun);

    /**
     * Takes all targets, or none.
     *
     * @throws AgentException when an agent cannot be reached, refuses, or is held by another experiment
     * @throws ClientsHeldException when another experiment holds the clients
     */
    TargetSessions take(List<TargetPod> targets, boolean wantsClients, ToggleBackup backup)
            throws AgentException, ClientsHeldException, InterruptedException;
}
