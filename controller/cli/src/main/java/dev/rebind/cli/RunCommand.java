package dev.rebind.cli;

import dev.rebind.child.PortText;
import dev.rebind.engine.LocalLab;
import dev.rebind.engine.machine.RunnablePlan;
import dev.rebind.experiment.Problem;
import dev.rebind.experiment.Sourced;
import dev.rebind.live.http.LiveServer;
import dev.rebind.plan.Plan;
import dev.rebind.record.RecordingException;
import dev.rebind.report.Machine;
import dev.rebind.report.Run;
import dev.rebind.report.Summary;
import dev.rebind.report.folder.ReportFolder;
import dev.rebind.report.terminal.Progress;
import dev.rebind.report.terminal.Terminal;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
            "70:Rebind itself broke, or Java could not start (limits of the shell, REBIND_JAVA_OPTS).",
            "130:Interrupted (Ctrl-C); the records so far and the report are on disk.",
            "143:Terminated (SIGTERM); likewise."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  rebind run",
            "  rebind run --report tour --ui",
            "  rebind run docs/examples/experiments/restart-at-once.yaml",
            "  rebind run --allow-commands docs/examples/experiments/own-command.yaml"
        })
final class RunCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "FILE",
            arity = "0..*",
            description = "Experiment files, each may hold several; or folders: their *.yaml and *.yml files.")
    List<Path> files = List.of();

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description = "Folder for cycles.jsonl, run.json, summary.json, summary.md, junit.xml and report.html; made"
                    + " where it is missing. Default: rebind-report- and the time.")
    @Nullable
    Path report;

    @Option(names = "--long", description = "With the tour: the long experiments too.")
    boolean longOnes;

    @Option(
            names = "--metrics-port",
            paramLabel = "PORT",
            converter = PortText.OrZero.class,
            description =
                    "Serves /metrics for Prometheus on the loopback address while the run goes on; 0: a free port,"
                            + " which is printed. The live page has /metrics too. Without it only the live page has them.")
    @Nullable
    Integer metricsPort;

    @Option(
            names = "--allow-commands",
            description = "Lets the files start commands (target.command). Without it such a file is refused.")
    boolean allowCommands;

    @Mixin
    LivePage page = new LivePage();

    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    public Integer call() {
        var line = Objects.requireNonNull(spec).commandLine();
        Optional<List<Sourced>> read = ExperimentInputs.read(files, longOnes, line.getErr());
        if (read.isEmpty()) {
            return ExitCode.USAGE;
        }
        List<Sourced> experiments = read.get();
        List<Problem> commands = allowCommands ? List.of() : CommandPermission.missing(experiments);
        if (!commands.isEmpty()) {
            ExperimentInputs.say(commands, line.getErr());
            return ExitCode.USAGE;
        }
        List<RunnablePlan> fittings = LocalLab.check(experiments);
        fittings.forEach(fitting -> ExperimentInputs.say(fitting.problems(), line.getErr()));
        if (!fittings.stream().allMatch(RunnablePlan::possible)) {
            return ExitCode.USAGE;
        }
        List<Plan> plans = fittings.stream().map(RunnablePlan::plan).toList();
        // The meters exist only where somebody can read them.
        try (LocalMeters meters = metricsPort == null && page.port == null ? null : new LocalMeters();
                var lab = meters == null
                        ? new LocalLab()
                        : new LocalLab(meters.scrape().registry())) {
            Path where = report != null ? report : ReportFolder.fresh(Path.of(""), Instant.now());
            Machine machine = Machine.read(Path.of("/proc"), lab.hz(), Version.rebind());
            var live = new LiveRun(experiments, plans, where.resolve(ReportFolder.CYCLES), lab, machine);
            if (meters != null) {
                meters.progressOf(live::list);
            }
            return run(plans, lab, live, meters, where, machine);
        } catch (RecordingException e) {
            line.getErr().println("rebind: " + e.getMessage());
            return ExitCode.USAGE;
        }
    }

    private int run(
            List<Plan> plans, LocalLab lab, LiveRun live, @Nullable LocalMeters meters, Path where, Machine machine) {
        PrintWriter err = Objects.requireNonNull(spec).commandLine().getErr();
        Terminal terminal = Terminal.detect();
        // The page opens first, so that a port that cannot be bound is reported before any file is created.
        try (LiveServer server = page.port == null
                        ? null
                        : LiveServer.open(page.port, live, live, meters == null ? null : meters.scrape());
                ReportFolder folder = ReportFolder.open(where);
                PageToken token = server == null
                        ? null
                        : PageToken.of(server.address(), live.printedToken(), Terminal.isStandardOutput())) {
            if (meters != null && metricsPort != null) {
                terminal.out().println("Metrics: " + meters.open(metricsPort));
                terminal.out().flush();
            }
            if (token != null) {
                terminal.out().println(token.line());
                terminal.out().flush();
            }
            int exitCode = run(
                    plans, lab, live, meters, folder, machine, terminal, Progress.on(terminal), Results::print, err);
            if (server != null && token != null && (page.stay == null ? terminal.live() : page.stay)) {
                LivePage.await(server, token, exitCode);
            }
            return exitCode;
        } catch (IOException e) {
            err.println("rebind: " + e.getMessage());
            if (report == null) {
                ReportFolder.abandon(where);
            }
            return ExitCode.USAGE;
        }
    }

    /** Prints the result of a run. */
    @FunctionalInterface
    interface Answer {
        void print(Terminal terminal, Path folder, Summary summary) throws RecordingException;
    }

    /** Runs the plans and writes the report. A signal ends the cycles, but the report is still written. */
    static int run(
            List<Plan> plans,
            LocalLab lab,
            LiveRun live,
            @Nullable LocalMeters meters,
            ReportFolder folder,
            Machine machine,
            Terminal terminal,
            Progress progress,
            Answer answer,
            PrintWriter err) {
        lab.outputTo(folder.folder());
        Instant started = Instant.now();
        var interruption = new Interruption(Thread.currentThread());
        boolean lost = false;
        try {
            try (progress) {
                Recorder.Checkpoint soFar =
                        () -> folder.note(new Run(started, started, false, live.subjects(), machine));
                new Recorder(lab, folder.records(), progress, live, meters, interruption, soFar).run(plans);
            } catch (RecordingException e) {
                lost = true;
                err.println("rebind: " + e.getMessage());
            } catch (InterruptedException e) {
                interruption.acknowledge();
            }
            interruption.cyclesOver();
            var run = new Run(
                    started, Instant.now(), interruption.came() || lost || live.anyAborted(), live.subjects(), machine);
            Summary summary = folder.finish(run);
            answer.print(terminal, folder.folder(), summary);
            return summary.exitCode();
        } catch (RecordingException e) {
            err.println("rebind: " + e.getMessage());
            return ExitCode.INCONCLUSIVE;
        } finally {
            interruption.over();
        }
    }
}
