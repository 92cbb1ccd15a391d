package dev.rebind.operator.run;

import dev.rebind.agent.remote.AgentException;
import dev.rebind.agent.wire.WireMessages.Holder;
import dev.rebind.experiment.ExperimentSpec;
import dev.rebind.experiment.restart.Mode;
import dev.rebind.operator.workload.ClusterPodControl;
import dev.rebind.operator.workload.LookupResult;
import dev.rebind.operator.workload.TargetLookup;
import dev.rebind.operator.workload.TargetPod;
import dev.rebind.operator.workload.TargetSessions;
import dev.rebind.operator.workload.TargetSessions.ClientsHeldException;
import dev.rebind.operator.workload.ToggleBackup;
import java.util.List;
import java.util.function.Supplier;

/**
 * Finds and takes the pods that an experiment's spec names.
 *
 * @param mode the restart mode of the experiment
 * @param token authenticates this controller to agents; read again for each request
 */
record ClusterTargets(
        ExperimentKey key,
        ExperimentSpec spec,
        Mode mode,
        TargetLookup lookup,
        ClusterPodControl cluster,
        Supplier<String> token)
        implements TargetSource {
    @Override
    public LookupResult find(boolean begun) {
        return lookup.find(key.namespace(), spec, begun);
    }

    @Override
    public TargetSessions take(List<TargetPod> targets, boolean wantsClients, ToggleBackup backup)
            throws AgentException, ClientsHeldException, InterruptedException {
        var holder = new Holder(key.namespace(), key.name(), key.uid());
        return TargetSessions.take(targets, cluster, mode, holder, token, wantsClients, backup);
    }
}
