package dev.rebind.cli;

import dev.rebind.cycle.LocalLab;
import dev.rebind.experiment.Experiment;
import dev.rebind.experiment.Sourced;
import dev.rebind.plan.Plan;
import dev.rebind.plan.machine.Fitting;
import dev.rebind.record.RecordingException;
import dev.rebind.report.Machine;
import dev.rebind.report.Run;
import dev.rebind.report.Summary;
import dev.rebind.report.folder.ReportFolder;
import dev.rebind.report.terminal.Progress;
import dev.rebind.report.terminal.Terminal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rebind run [FILE…]}: runs experiments on this machine and reports. */
@Command(
        name = "run",
        description = "Runs experiments on this machine; without a FILE, the bundled ones (the tour).",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:Every experiment passed.",
            "1:At least one failed.",
            "2:Bad input or usage; nothing was touched.",
            "3:None failed; at least one was inconclusive, could not be carried out or could not be recorded.",
            "130:Interrupted (Ctrl-C); the records so far and the report are on disk.",
            "143:Terminated (SIGTERM); likewise."
        })
final class RunCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", arity = "0..*", description = "Experiment files; each may hold several.")
    List<Path> files = List.of();

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description =
                    "Folder for cycles.jsonl, summary.json, summary.md, junit.xml and report.html; made where it is"
                            + " missing. Default: rebind-report- and the time.")
    @Nullable
    Path report;

    @Option(names = "--long", description = "With the tour: the long experiments too.")
    boolean longOnes;

    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    public Integer call() {
        var line = Objects.requireNonNull(spec).commandLine();
        Optional<List<Sourced>> read = Inputs.read(files, longOnes, line.getErr());
        if (read.isEmpty()) {
            return ExitCode.USAGE;
        }
        List<Sourced> experiments = read.get();
        List<Fitting> fittings = LocalLab.check(experiments);
        fittings.forEach(fitting -> Inputs.say(fitting.problems(), line.getErr()));
        if (!fittings.stream().allMatch(Fitting::possible)) {
            return ExitCode.USAGE;
        }
        List<Plan> plans = fittings.stream().map(Fitting::plan).toList();
        try (ReportFolder folder =
                ReportFolder.open(report != null ? report : ReportFolder.fresh(Path.of(""), Instant.now()))) {
            return run(experiments, plans, folder, line.getErr());
        } catch (RecordingException e) {
            line.getErr().println("rebind: " + e.getMessage());
            return ExitCode.USAGE;
        }
    }

    private static int run(List<Sourced> experiments, List<Plan> plans, ReportFolder folder, java.io.PrintWriter err) {
        Terminal terminal = Terminal.detect();
        Instant started = Instant.now();
        var interruption = new Interruption(Thread.currentThread());
        boolean lost = false;
        try (var lab = new LocalLab()) {
            try (Progress progress = Progress.on(terminal)) {
                new Recorder(lab, folder.records(), progress, interruption).run(plans);
            } catch (RecordingException e) {
                lost = true;
                err.println("rebind: " + e.getMessage());
            } catch (InterruptedException e) {
                interruption.acknowledge();
            }
            var run = new Run(
                    started,
                    Instant.now(),
                    interruption.came() || lost,
                    IntStream.range(0, plans.size())
                            .mapToObj(i -> subject(experiments.get(i), plans.get(i)))
                            .toList(),
                    Machine.read(Path.of("/proc"), lab.hz(), Version.rebind()));
            Summary summary = folder.finish(run);
            Results.print(terminal, folder.folder(), summary);
            return lost ? Math.max(summary.exitCode(), ExitCode.INCONCLUSIVE) : summary.exitCode();
        } catch (RecordingException e) {
            err.println("rebind: " + e.getMessage());
            return ExitCode.INCONCLUSIVE;
        } finally {
            interruption.over();
        }
    }

    private static Run.Subject subject(Sourced sourced, Plan plan) {
        Experiment experiment = sourced.experiment();
        return new Run.Subject(
                experiment.metadata().name(),
                experiment.spec().description(),
                sourced.source().file(),
                sourced.source().text(),
                planned(plan));
    }

    private static @Nullable Integer planned(Plan plan) {
        return switch (plan) {
            case Plan.Cells cells -> cells.cells().size();
            case Plan.Cycles cycles ->
                switch (cycles.length()) {
                    case Plan.Length.Count(int count) -> count * cycles.parallel();
                    case Plan.Length.For _ -> null;
                };
        };
    }
}
