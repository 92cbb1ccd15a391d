package dev.rebind.operator.run;

import dev.rebind.experiment.Sourced;
import dev.rebind.operator.resource.RebindExperiment;
import dev.rebind.operator.run.StatusStore.LostException;
import dev.rebind.plan.Plan;
import dev.rebind.record.Phase;

/** Runs an accepted experiment. */
@FunctionalInterface
interface ExperimentWork {
    /**
     * Runs the experiment. Blocks until the experiment, or this controller's part in it, has ended.
     *
     * @return the phase of the experiment at that time
     * @throws InterruptedException if the thread was interrupted; the target was given back
     * @throws LostException if this controller must not work on the experiment any more
     */
    Phase run(RebindExperiment resource, Sourced sourced, Plan.Cycles plan, RunProgress progress, RunControl orders)
            throws InterruptedException, LostException;
}
