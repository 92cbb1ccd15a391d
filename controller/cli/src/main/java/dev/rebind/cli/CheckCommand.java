package dev.rebind.cli;

import dev.rebind.child.DurationText;
import dev.rebind.child.PidText;
import dev.rebind.child.PortText;
import dev.rebind.engine.LocalLab;
import dev.rebind.engine.machine.RunnablePlan;
import dev.rebind.experiment.Problem;
import dev.rebind.experiment.Sourced;
import dev.rebind.experiment.expect.Expect;
import dev.rebind.experiment.file.ExperimentFile;
import dev.rebind.plan.Plan;
import dev.rebind.report.Machine;
import dev.rebind.report.folder.ReportFolder;
import dev.rebind.report.terminal.Progress;
import dev.rebind.report.terminal.Terminal;
import dev.rebind.sockets.proc.Namespace;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code rebind check -- COMMAND}: restarts any server while clients use it, and says whether it comes back. */
@Command(
        name = "check",
        description = {
            "Starts a server by its command, connects clients to it, ends it in several ways, starts it again, and"
                    + " says of each whether it comes back at once, after how long, or not, and why.",
            "Write -- before the command. With --pid it reads a running server, and restarts nothing."
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:The server comes back at once in every way; with --pid: it would bind at once.",
            "1:It does not come back at once in at least one way, or does not serve its clients then; with --pid: it"
                    + " would be blocked.",
            "2:Bad usage, no such command, or the port is taken; nothing was started.",
            "3:It is not known: the server could not be run, does not listen on the port, or does not serve the"
                    + " clients before a restart.",
            "70:Rebind itself broke, or Java could not start.",
            "130:Interrupted (Ctrl-C); the records so far and the report are on disk.",
            "143:Terminated (SIGTERM); likewise."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  rebind check --port 8080 -- python3 -m http.server 8080",
            "  rebind check --port 8080 --protocol http --ways stop,kill --cycles 5 -- python3 -m http.server 8080"
        })
final class CheckCommand implements Callable<Integer> {
    @Option(
            names = "--port",
            paramLabel = "PORT",
            converter = PortText.class,
            description = "Port on which the server listens. Needed unless --pid is given.")
    @Nullable
    Integer port;

    @Option(
            names = "--address",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "Address where the clients connect. Default: ${DEFAULT-VALUE}.")
    String address = "127.0.0.1";

    @Option(
            names = "--ready",
            paramLabel = "WHEN",
            defaultValue = "tcp",
            converter = ReadyConverter.class,
            description =
                    "When the server can be used: tcp (it listens), http://... (a GET of it is answered with a status"
                            + " of 200 to 399), or log:TEXT (it has written that). Default: ${DEFAULT-VALUE}.")
    CheckedExperiments.Ready ready = new CheckedExperiments.Ready(null, null);

    @Option(
            names = "--ready-timeout",
            paramLabel = "DURATION",
            defaultValue = "30s",
            converter = DurationText.class,
            description = "How long a start may take. Default: ${DEFAULT-VALUE}.")
    Duration readyTimeout = Duration.ofSeconds(30);

    @Option(
            names = "--cycles",
            paramLabel = "N",
            defaultValue = "1",
            description = "Restarts in each way. Default: ${DEFAULT-VALUE}.")
    int cycles;

    @Option(
            names = "--clients",
            paramLabel = "N",
            defaultValue = "5",
            description = "Connections at the time of a restart. Default: ${DEFAULT-VALUE}.")
    int clients;

    /** What the clients speak. */
    enum Protocol {
        tcp,
        http,
        https
    }

    @Option(
            names = "--protocol",
            paramLabel = "PROTOCOL",
            description = "What the clients speak: tcp (they connect and hold their connections), http (requests by a"
                    + " schedule that does not wait for answers), or https (any certificate is taken)."
                    + " Default: http where --ready is http://..., else tcp.")
    @Nullable
    Protocol protocol;

    @Option(
            names = "--path",
            paramLabel = "PATH",
            description = "With http and https: what is asked for. Default: that of --ready where --protocol is left"
                    + " out, else /.")
    @Nullable
    String path;

    @Option(
            names = "--requests-per-second",
            paramLabel = "N",
            description = "With http and https: how many requests all clients together begin in a second. Take so many"
                    + " as the server answers. Default: 100.")
    @Nullable
    Integer requestsPerSecond;

    @Option(
            names = "--ways",
            paramLabel = "WAY",
            split = ",",
            converter = WayConverter.class,
            defaultValue = "stop,kill,client-first,stall",
            description =
                    "How the server is ended: stop (SIGTERM), kill (SIGKILL), client-first (the clients close, then"
                            + " SIGTERM), stall (SIGTERM, while the clients have stopped reading), rolling (it is started"
                            + " a second time first, then SIGTERM for the old one). Default: ${DEFAULT-VALUE}.")
    List<CheckedWay> ways = List.of(CheckedWay.stop, CheckedWay.kill, CheckedWay.client_first, CheckedWay.stall);

    @Option(
            names = "--grace-period",
            paramLabel = "DURATION",
            defaultValue = "10s",
            converter = DurationText.class,
            description = "How long it may take to stop after SIGTERM; SIGKILL then. Default: ${DEFAULT-VALUE}.")
    Duration gracePeriod = Duration.ofSeconds(10);

    @Option(
            names = "--give-up",
            paramLabel = "DURATION",
            defaultValue = "90s",
            converter = DurationText.class,
            description = "How long a server that does not come back is started again, once a second. Default:"
                    + " ${DEFAULT-VALUE}.")
    Duration giveUp = Duration.ofSeconds(90);

    @Option(
            names = "--served-within",
            paramLabel = "DURATION",
            defaultValue = "30s",
            converter = DurationText.class,
            description = "How long all clients may take to be served, before a restart and after the bind."
                    + " Default: ${DEFAULT-VALUE}.")
    Duration servedWithin = Expect.SERVED_WITHIN;

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description =
                    "Folder for the report, as with run, and for what the command writes. Default: rebind-report- and"
                            + " the time.")
    @Nullable
    Path report;

    @Option(
            names = "--pid",
            paramLabel = "PID",
            converter = PidText.class,
            description =
                    "Reads the listeners of this process and of its children, and says what a restart now would meet."
                            + " Without it the command is started.")
    @Nullable
    Long pid;

    @Parameters(paramLabel = "COMMAND", arity = "0..*", description = "The program and its arguments.")
    List<String> command = List.of();

    @Spec
    @Nullable
    CommandSpec spec;

    /** Converts the name of a way, such as {@code client-first}, to a {@link CheckedWay}. */
    static final class WayConverter implements ITypeConverter<CheckedWay> {
        @Override
        public CheckedWay convert(String word) {
            return Arrays.stream(CheckedWay.values())
                    .filter(way -> way.toString().equals(word.strip()))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException(
                            "'" + word + "' is none of stop, kill, client-first, stall and rolling"));
        }
    }

    /** Converts {@code tcp}, {@code http://…} and {@code log:TEXT}. */
    static final class ReadyConverter implements ITypeConverter<CheckedExperiments.Ready> {
        private static final String LOG = "log:";

        @Override
        public CheckedExperiments.Ready convert(String text) {
            if (text.equals("tcp")) {
                return new CheckedExperiments.Ready(null, null);
            }
            if (text.startsWith("http://")) {
                return new CheckedExperiments.Ready(text, null);
            }
            if (text.startsWith(LOG) && text.length() > LOG.length()) {
                return new CheckedExperiments.Ready(null, text.substring(LOG.length()));
            }
            throw new TypeConversionException("'" + text + "' is none of tcp, http://... and log:TEXT");
        }
    }

    @Override
    public Integer call() throws Exception {
        if (pid != null) {
            return command.isEmpty() && port == null
                    ? new CheckedProcess(pid).answer(err(), out())
                    : usage("--pid reads a server that runs, and starts none; leave out the command and --port");
        }
        if (command.isEmpty()) {
            return usage(
                    "no command; write -- and the command that starts the server, such as: rebind check --port 8080 --"
                            + " python3 -m http.server 8080");
        }
        if (port == null) {
            return usage("no port; write --port and the port on which the server listens");
        }
        if (spoken() == Protocol.tcp && (path != null || requestsPerSecond != null)) {
            return usage((path != null ? "--path" : "--requests-per-second")
                    + " is of requests, and the clients speak tcp; write --protocol http or https as well");
        }
        String missing = Programs.missing(command.getFirst());
        if (!missing.isEmpty()) {
            return usage(missing);
        }
        String text = new CheckedExperiments(this).yaml();
        return switch (ExperimentFile.read("check", new StringReader(text))) {
            case ExperimentFile.Read.Problems(List<Problem> problems) -> {
                // Each way is an experiment of its own, so the same problem appears once for each.
                problems.stream()
                        .map(problem -> problem.field() == null
                                ? problem.message()
                                : CheckedExperiments.option(problem.field()) + ": " + problem.message())
                        .distinct()
                        .forEach(message -> err().println("rebind: " + message));
                yield ExitCode.USAGE;
            }
            case ExperimentFile.Read.Experiments(List<Sourced> experiments) -> run(experiments, text);
        };
    }

    private int run(List<Sourced> experiments, String text) {
        List<RunnablePlan> fittings = LocalLab.check(experiments);
        if (!fittings.stream().allMatch(RunnablePlan::possible)) {
            fittings.getFirst().problems().stream()
                    .filter(problem -> problem.severity() == Problem.Severity.error)
                    .forEach(problem -> err().println("rebind: " + problem.message()));
            return ExitCode.USAGE;
        }
        fittings.getFirst().problems().forEach(problem -> err().println("rebind: " + problem.message()));
        List<Plan> plans = fittings.stream().map(RunnablePlan::plan).toList();
        Terminal terminal = Terminal.detect();
        try (var lab = new LocalLab();
                ReportFolder folder =
                        ReportFolder.open(report != null ? report : ReportFolder.fresh(Path.of(""), Instant.now()))) {
            Path where = folder.folder();
            Files.writeString(where.resolve(CheckedExperiments.FILE), text);
            Machine machine = Machine.read(Path.of("/proc"), lab.hz(), Version.rebind());
            var live = new LiveRun(experiments, plans, where.resolve(ReportFolder.CYCLES), lab, machine);
            return RunCommand.run(
                    plans,
                    lab,
                    live,
                    null,
                    folder,
                    machine,
                    terminal,
                    Progress.on(terminal),
                    (to, at, summary) -> new CheckAnswer(
                                    command,
                                    Objects.requireNonNull(port),
                                    spoken() == Protocol.tcp,
                                    new Namespace().timeWait())
                            .print(to, at, summary),
                    err());
        } catch (IOException e) {
            err().println("rebind: " + e.getMessage());
            return ExitCode.USAGE;
        }
    }

    Protocol spoken() {
        return protocol != null ? protocol : ready.http() != null ? Protocol.http : Protocol.tcp;
    }

    private int usage(String wrong) {
        err().println("rebind: " + wrong);
        return ExitCode.USAGE;
    }

    private java.io.PrintWriter err() {
        return Objects.requireNonNull(spec).commandLine().getErr();
    }

    private java.io.PrintWriter out() {
        return Objects.requireNonNull(spec).commandLine().getOut();
    }
}
