package dev.rebind.experiment.rules;

import dev.rebind.experiment.ExperimentSpec;
import dev.rebind.experiment.Step;
import dev.rebind.experiment.StepOverlay;
import dev.rebind.experiment.clients.Behaviour;
import dev.rebind.experiment.restart.Close;
import dev.rebind.experiment.restart.Mode;
import dev.rebind.experiment.restart.OnFailure;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one cycle: those of the experiment, or of the experiment with one of its steps.
 *
 * @param spec the spec with the fields of the step
 * @param step null where the experiment has no steps
 */
record Scope(ExperimentSpec spec, @Nullable Step step, String stepPath) {
    static Scope whole(ExperimentSpec spec) {
        return new Scope(spec, null, "");
    }

    static Scope step(ExperimentSpec spec, Step step, int index) {
        return new Scope(StepOverlay.lay(step, spec), step, "spec.steps[" + index + "].");
    }

    /** Full path of a field. It is a path in the step if the step sets that part. */
    String at(String field) {
        return (inStep(field) ? stepPath : "spec.") + field;
    }

    private boolean inStep(String field) {
        if (step == null) {
            return false;
        }
        return switch (field.split("\\.", 2)[0]) {
            case "target" -> step.target() != null;
            case "restart" -> step.restart() != null;
            case "clients" -> step.clients() != null;
            case "obstacle" -> step.obstacle() != null;
            case "expect" -> step.expect() != null;
            default -> false;
        };
    }

    Close close() {
        return spec.restart() == null || spec.restart().close() == null
                ? Close.server
                : spec.restart().close();
    }

    Mode mode() {
        return spec.restart() == null || spec.restart().mode() == null
                ? Mode.process
                : spec.restart().mode();
    }

    OnFailure onFailure() {
        if (spec.onFailure() != null) {
            return spec.onFailure();
        }
        return step == null ? OnFailure.wait : OnFailure.move;
    }

    /** What the clients do; null where the way of closing decides. */
    @Nullable
    Behaviour behaviour() {
        return spec.clients() == null ? null : spec.clients().behaviour();
    }

    boolean noClients() {
        return spec.clients() != null
                && spec.clients().connections() != null
                && spec.clients().connections() == 0;
    }

    boolean stalls() {
        return behaviour() == Behaviour.stall || (behaviour() == null && close() == Close.stall);
    }
}
