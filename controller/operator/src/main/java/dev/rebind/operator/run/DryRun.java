package dev.rebind.operator.run;

import dev.rebind.experiment.Experiment;
import dev.rebind.operator.workload.TargetPod;
import dev.rebind.plan.Plan;
import dev.rebind.plan.PlannedCycle;
import java.util.List;

/** Describes in a few sentences what an experiment would do to its target. Pure. */
final class DryRun {
    private DryRun() {}

    static String plan(Experiment experiment, Plan.Cycles plan, List<TargetPod> targets) {
        TargetPod target = targets.getFirst();
        PlannedCycle first = plan.pattern().getFirst();
        String often = switch (plan.length()) {
            case Plan.Length.Count(int cycles) -> cycles == 1 ? "once" : cycles + " times";
            case Plan.Length.For(var duration) -> "for " + duration.toSeconds() + " s";
        };
        var text = new StringBuilder("Would restart ")
                .append(RunStatus.text(targets))
                .append(' ')
                .append(often)
                .append(targets.size() == 1 ? "" : " each")
                .append(" in mode ")
                .append(first.mode())
                .append(how(experiment, first, target))
                .append(", with ")
                .append(first.clients().connections())
                .append(" clients at ")
                .append(target.clientAddress())
                .append(" port ")
                .append(target.clientPort())
                .append(
                        switch (target.route().way()) {
                            case pod -> "";
                            case service -> " (a Service)";
                            case hostPort -> " (the node's port)";
                            case url -> " (a URL)";
                        })
                .append(target.spoken() == null ? "." : "; " + target.spoken() + ".");
        TargetPod.Toggle toggle = target.toggle();
        if (toggle != null && first.mode().isFresh()) {
            text.append(" Would set the key ")
                    .append(toggle.key())
                    .append(" of ConfigMap ")
                    .append(toggle.configMap())
                    .append(" to ")
                    .append(toggle.on())
                    .append(" or ")
                    .append(toggle.off())
                    .append(" before each, and back at the end")
                    .append(
                            switch (toggle.restore()) {
                                case now -> "; the container is restarted for that.";
                                case next_start -> "; the container reads that when it is started next.";
                            });
        }
        if (target.agent() == null) {
            text.append(
                    target.nodeAgent() == null
                            ? " No agent of its node answers (nodeAgent.enabled): what is left on the port would not be seen."
                            : " The agent of its node would look at the port.");
        }
        return text.toString();
    }

    private static String how(Experiment experiment, PlannedCycle first, TargetPod target) {
        return switch (first.mode()) {
            case listener, process -> "";
            case container ->
                target.agent() != null
                        ? " (the agent ends, and with it the container " + target.container() + ")"
                        : " ("
                                + (target.stopCommand().isEmpty()
                                        ? "sh -c 'kill 1'"
                                        : String.join(" ", target.stopCommand()))
                                + " in container " + target.container() + ")";
            case pod ->
                experiment.spec().restart() != null
                                && Boolean.TRUE.equals(
                                        experiment.spec().restart().ignoreDisruptionBudget())
                        ? " (the pod is deleted, whatever a PodDisruptionBudget says)"
                        : " (the pod is evicted as its PodDisruptionBudget allows)";
            case rollout -> " (an annotation of the template of " + target.workload() + " is changed)";
        };
    }
}
