package dev.rebind.operator.run;

import dev.rebind.agent.remote.AgentException;
import dev.rebind.agent.wire.WireMessages.Problem;
import dev.rebind.operator.workload.FailedCall;
import dev.rebind.operator.workload.LookupResult;
import dev.rebind.operator.workload.TargetPod;
import dev.rebind.operator.workload.TargetSessions;
import dev.rebind.operator.workload.TargetSessions.ClientsHeldException;
import dev.rebind.operator.workload.ToggleBackup;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.function.BooleanSupplier;

/**
 * Takes the targets of one experiment, or reports why that is not possible now. It makes one attempt and does not wait
 * for the targets to become available.
 *
 * @param begun whether the experiment has held its targets before
 * @param wantsClients whether a cycle has clients
 * @param backup keeps the value that the toggle's key had before the experiment
 */
record TargetAcquisition(
        TargetSource targets, BooleanSupplier begun, Holds holds, boolean wantsClients, ToggleBackup backup) {

    private static final String UNREACHABLE = "Unreachable";

    /** The result of an attempt. */
    sealed interface Attempt {
        /** This experiment holds all its targets. */
        record Taken(TargetSessions sessions) implements Attempt {}

        /**
         * This experiment holds none of its targets.
         *
         * @param reason one word for programs
         */
        record Refused(String reason, String message) implements Attempt {}
    }

    Attempt attempt() throws InterruptedException {
        return switch (lookup()) {
            case LookupResult.Refused refused -> new Attempt.Refused(refused.reason(), refused.message());
            case LookupResult.Found found -> {
                Attempt attempt = take(found);
                if (attempt instanceof Attempt.Refused) {
                    holds.release();
                }
                yield attempt;
            }
        };
    }

    /** Looks up the targets that the spec names now. If the API server does not answer, the result is a refusal. */
    LookupResult lookup() {
        try {
            return targets.find(begun.getAsBoolean());
        } catch (KubernetesClientException e) {
            return new LookupResult.Refused(UNREACHABLE, unreachable(e), true);
        }
    }

    private Attempt take(LookupResult.Found found) throws InterruptedException {
        TargetPod target = found.target();
        if (target.agent() == null) {
            String holder;
            try {
                holder = holds.take(target);
            } catch (KubernetesClientException e) {
                return new Attempt.Refused(UNREACHABLE, unreachable(e));
            }
            if (holder != null) {
                return heldBy(holder);
            }
        }
        if (wantsClients && target.clients() == null) {
            return new Attempt.Refused(
                    "NoClients",
                    "no client pod of the chart is ready, and the experiment needs clients; install some"
                            + " (clients.enabled), or write spec.clients.connections: 0");
        }
        try {
            return new Attempt.Taken(targets.take(found.targets(), wantsClients, backup));
        } catch (AgentException e) {
            return refused(e);
        } catch (ClientsHeldException e) {
            return new Attempt.Refused(
                    "ClientsHeld",
                    "the clients are held by experiment " + e.holder() + ", and work for one experiment at a time;"
                            + " spec.clients.connections: 0 does without them");
        }
    }

    private static String unreachable(KubernetesClientException e) {
        return "the API server did not answer: " + FailedCall.why(e);
    }

    private static Attempt heldBy(String experiment) {
        return new Attempt.Refused("TargetHeld", "the target is held by experiment " + experiment);
    }

    private static Attempt refused(AgentException e) {
        Problem problem = e.problem();
        return problem != null && problem.holder() != null
                ? heldBy(problem.holder().toString())
                : new Attempt.Refused("TargetNotReady", String.valueOf(e.getMessage()));
    }
}
