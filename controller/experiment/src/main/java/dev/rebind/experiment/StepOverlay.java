package dev.rebind.experiment;

import dev.rebind.experiment.clients.Clients;
import dev.rebind.experiment.restart.Restart;
import dev.rebind.experiment.server.BuiltinServer;
import dev.rebind.experiment.server.Target;
import org.jspecify.annotations.Nullable;

/**
 * Lays a step over its experiment. Fields of the step win, and all other fields come from the experiment. The parts expect, obstacle,
 * clients.http, clients.tls and clients.tcp are replaced as a whole, because a mixture of two of them could contradict itself.
 */
public final class StepOverlay {
    private StepOverlay() {}

    /** Returns the experiment as this step runs it. The result has no steps, and has the experiment's reuseAddress. */
    public static ExperimentSpec lay(Step step, ExperimentSpec over) {
        return new ExperimentSpec(
                over.description(),
                target(step.target(), over.target()),
                restart(step.restart(), over.restart()),
                over.cycles(),
                over.duration(),
                over.parallel(),
                over.reuseAddress(),
                over.toggle(),
                over.restore(),
                clients(step.clients(), over.clients()),
                over.retry(),
                over.onFailure(),
                or(step.obstacle(), over.obstacle()),
                null,
                over.cells(),
                over.truthTable(),
                or(step.expect(), over.expect()),
                over.suspend(),
                over.terminate(),
                over.ttlSecondsAfterFinished(),
                over.startingDeadlineSeconds(),
                over.maxUnavailableSeconds(),
                over.dryRun(),
                over.selection(),
                over.concurrency());
    }

    private static @Nullable Target target(@Nullable Target top, @Nullable Target below) {
        if (top == null || below == null) {
            return or(top, below);
        }
        return new Target(
                server(top.server(), below.server()),
                or(top.workloadRef(), below.workloadRef()),
                or(top.command(), below.command()));
    }

    private static @Nullable BuiltinServer server(@Nullable BuiltinServer a, @Nullable BuiltinServer b) {
        if (a == null || b == null) {
            return or(a, b);
        }
        return new BuiltinServer(
                or(a.address(), b.address()),
                or(a.port(), b.port()),
                or(a.service(), b.service()),
                or(a.reading(), b.reading()),
                or(a.handler(), b.handler()),
                or(a.transport(), b.transport()),
                or(a.reusePort(), b.reusePort()),
                or(a.backlog(), b.backlog()));
    }

    private static @Nullable Restart restart(@Nullable Restart top, @Nullable Restart below) {
        if (top == null || below == null) {
            return or(top, below);
        }
        return new Restart(
                or(top.mode(), below.mode()),
                or(top.close(), below.close()),
                or(top.gracePeriod(), below.gracePeriod()),
                or(top.interval(), below.interval()),
                or(top.ignoreDisruptionBudget(), below.ignoreDisruptionBudget()));
    }

    private static @Nullable Clients clients(@Nullable Clients top, @Nullable Clients below) {
        if (top == null || below == null) {
            return or(top, below);
        }
        return new Clients(
                or(top.connections(), below.connections()),
                or(top.behaviour(), below.behaviour()),
                or(top.untilFull(), below.untilFull()),
                or(top.reconnect(), below.reconnect()),
                or(top.protocol(), below.protocol()),
                or(top.http(), below.http()),
                or(top.tls(), below.tls()),
                or(top.tcp(), below.tcp()),
                or(top.via(), below.via()));
    }

    private static <T> @Nullable T or(@Nullable T top, @Nullable T below) {
        return top != null ? top : below;
    }
}
