package dev.rebind.cli;

import dev.rebind.engine.LocalLab;
import dev.rebind.engine.machine.RunnablePlan;
import dev.rebind.experiment.Problem;
import dev.rebind.experiment.Sourced;
import dev.rebind.experiment.rules.Finding;
import dev.rebind.experiment.rules.PlaceRules;
import dev.rebind.plan.Plan;
import dev.rebind.plan.PlannedCycle;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code rebind validate FILE…}: says what is wrong with experiment files, where they can run and what they would do, without running them.
 */
@Command(
        name = "validate",
        description =
                "Checks experiment files without running them, and says where each can run, what it would do, how long"
                        + " it may take and which rights it needs.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:The files are valid.", "2:A file is not valid; standard error says why."},
        footerHeading = "%nExamples:%n",
        footer = {
            "  rebind validate docs/examples/experiments/restart-at-once.yaml",
            "  rebind validate --for cluster k8s/experiments"
        })
final class ValidateCommand implements Callable<Integer> {
    /** Where an experiment runs. */
    enum Target {
        lab,
        cluster
    }

    @Parameters(
            paramLabel = "FILE",
            arity = "1..*",
            description = "Experiment files, or folders: their *.yaml and *.yml files.")
    List<Path> files = List.of();

    @Option(
            names = "--for",
            paramLabel = "PLACE",
            description =
                    "A file that is not for this place is not valid: lab (rebind run, on this machine) or cluster."
                            + " Default: one of both is enough.")
    @Nullable
    Target place;

    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    public Integer call() {
        var line = Objects.requireNonNull(spec).commandLine();
        Optional<List<Sourced>> experiments = ExperimentInputs.read(files, true, line.getErr());
        if (experiments.isEmpty()) {
            return ExitCode.USAGE;
        }
        boolean valid = true;
        for (Sourced sourced : experiments.get()) {
            valid &= told(sourced, line.getOut(), line.getErr());
        }
        line.getOut().flush();
        return valid ? ExitCode.PASS : ExitCode.USAGE;
    }

    private boolean told(Sourced sourced, PrintWriter out, PrintWriter err) {
        List<Problem> notHere =
                problems(sourced, PlaceRules.local(sourced.experiment().spec()));
        List<Problem> notInCluster =
                problems(sourced, PlaceRules.cluster(sourced.experiment().spec()));
        List<Problem> wrong = wrong(notHere, notInCluster);
        if (!wrong.isEmpty()) {
            ExperimentInputs.say(wrong, err);
            return false;
        }
        RunnablePlan fitting = LocalLab.check(List.of(sourced)).getFirst();
        String where = notInCluster.isEmpty()
                ? notHere.isEmpty() ? "on this machine and in a cluster" : "in a cluster"
                : "on this machine";
        out.println(
                sourced.source().file() + ": " + sourced.experiment().metadata().name() + " is valid " + where);
        out.println("  " + PlanText.of(fitting.plan()));
        PlanText.longest(fitting.plan()).ifPresent(time -> out.println("  " + time));
        if (notHere.isEmpty()) {
            out.println("  " + PlanText.rights(fitting.plan()));
            // A file is not wrong if this machine cannot run it: it may be meant for another machine.
            ExperimentInputs.say(fitting.problems(), err);
            List<Problem> programs = missingPrograms(sourced, fitting.plan());
            ExperimentInputs.say(programs, err);
            if (!fitting.possible() || !programs.isEmpty()) {
                out.println(
                        fitting.possibleLater()
                                ? "  It cannot be run on this machine now."
                                : "  It cannot be run on this machine as the machine and this user's rights are.");
            }
        }
        return true;
    }

    /**
     * Problems for programs that are missing on this machine. A command with its own folder or PATH is not checked, because its program is
     * elsewhere.
     */
    private static List<Problem> missingPrograms(Sourced sourced, Plan plan) {
        return switch (plan) {
            case Plan.Cells _ -> List.of();
            case Plan.Cycles cycles ->
                cycles.pattern().stream()
                        .map(PlannedCycle::command)
                        .filter(Objects::nonNull)
                        .filter(command -> command.directory().isEmpty()
                                && !command.environment().containsKey("PATH"))
                        .map(command -> Programs.missing(command.argv().getFirst()))
                        .filter(missing -> !missing.isEmpty())
                        .distinct()
                        .map(missing ->
                                sourced.source().problem(Problem.Severity.error, "spec.target.command.argv", missing))
                        .toList();
        };
    }

    /** The problems that count. Without {@code --for}, it is enough that the experiment can run in one of the two places. */
    private List<Problem> wrong(List<Problem> notHere, List<Problem> notInCluster) {
        if (place != null) {
            return switch (place) {
                case lab -> notHere;
                case cluster -> notInCluster;
            };
        }
        return notHere.isEmpty() || notInCluster.isEmpty()
                ? List.of()
                : Stream.concat(notHere.stream(), notInCluster.stream()).toList();
    }

    private static List<Problem> problems(Sourced sourced, List<Finding> findings) {
        return findings.stream().map(finding -> finding.in(sourced.source())).toList();
    }
}
