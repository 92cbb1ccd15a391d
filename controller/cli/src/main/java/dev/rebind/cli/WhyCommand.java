package dev.rebind.cli;

import dev.rebind.child.PortText;
import dev.rebind.diagnosis.Diagnosis;
import dev.rebind.diagnosis.Question;
import dev.rebind.diagnosis.WhyPort;
import dev.rebind.diagnosis.json.DiagnosisJson;
import dev.rebind.diagnosis.look.NetNamespaces;
import dev.rebind.diagnosis.look.PortObserver;
import dev.rebind.diagnosis.text.PortList;
import dev.rebind.diagnosis.text.Screen;
import dev.rebind.report.terminal.Terminal;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rebind why PORT}: says why a server cannot bind a port of this machine now. */
@Command(
        name = "why",
        description = "Says why a server cannot bind a port: who holds it, until when, and what to do.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes, for a server without SO_REUSEADDR:%n",
        exitCodeList = {
            "0:The port is free.",
            "1:It is taken for good.",
            "2:Bad usage.",
            "3:It is not known.",
            "4:It is taken, and becomes free by itself at the time that is printed."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  rebind why 8080",
            "  rebind why --watch 8080",
            "  rebind why --address 127.0.0.1 --json 8080",
            "  rebind why"
        })
final class WhyCommand implements Callable<Integer> {
    @Nullable
    Integer port;

    @Option(
            names = "--address",
            paramLabel = "ADDRESS",
            description = "The address that the server binds; without it, every address, as [::] and as 0.0.0.0.")
    @Nullable
    String address;

    @Option(
            names = "--no-probe",
            description = "Computes the answer instead of asking the kernel by a bind of microseconds.")
    boolean noProbe;

    @Option(
            names = "--json",
            description = "Writes JSON, an object a line; docs/reference/why.schema.json has its schema.")
    boolean json;

    @Option(names = "--watch", description = "Says it again when it changes, until the port is free.")
    boolean watch;

    @Mixin
    NamespaceOptions namespace = new NamespaceOptions();

    @Spec
    @Nullable
    CommandSpec spec;

    @Parameters(
            paramLabel = "PORT",
            arity = "0..1",
            description = "The port, 1 to 65535; without it, every port on which a bind fails.")
    void read(@Nullable String text) {
        try {
            port = text == null ? null : onePort(text);
        } catch (IllegalArgumentException e) {
            // An exception of a converter would lose its message: picocli takes a refused value for an unexpected
            // argument.
            throw new ParameterException(Objects.requireNonNull(spec).commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private static int onePort(String text) {
        if (text.matches("[0-9]+-[0-9]+")) {
            var _ = PortRange.parse(text);
            throw new IllegalArgumentException("'" + text
                    + "' is a range of ports, and `rebind why` takes one port; `rebind sockets " + text
                    + "` and `rebind audit " + text + "` take a range");
        }
        return PortText.parse(text);
    }

    @Override
    public Integer call() throws Exception {
        var line = Objects.requireNonNull(spec).commandLine();
        String wrong = wrong();
        if (!wrong.isEmpty()) {
            line.getErr().println("rebind: " + wrong);
            return ExitCode.USAGE;
        }
        PrintWriter out = line.getOut();
        Integer asked = port;
        Callable<Integer> task = asked == null ? () -> list(out) : () -> answer(question(asked), out);
        return switch (namespace.call(task)) {
            case NetNamespaces.Answer.Done<Integer>(Integer exit) -> exit;
            case NetNamespaces.Answer.Failed<Integer>(String why) -> {
                line.getErr().println("rebind: " + why);
                yield ExitCode.INCONCLUSIVE;
            }
        };
    }

    /** What is wrong with the arguments; empty where nothing is. */
    private String wrong() {
        if (!namespace.wrong().isEmpty()) {
            return namespace.wrong();
        }
        if (port == null && (watch || address != null || noProbe)) {
            return "--watch, --address and --no-probe need a port";
        }
        try {
            if (port != null) {
                var _ = question(port);
            }
            return "";
        } catch (IllegalArgumentException e) {
            return address + " is no IP address";
        }
    }

    private Question question(int at) {
        return address == null
                ? Question.everywhere(at)
                : Question.at(at, InetAddress.ofLiteral(address.replaceAll("^\\[|\\]$", "")));
    }

    private int list(PrintWriter out) {
        List<Diagnosis> all = new WhyPort().all();
        if (json) {
            out.println(DiagnosisJson.write(all));
        } else {
            new PortList(ZoneId.systemDefault())
                    .lines(all, Terminal.detect().lineWidth())
                    .forEach(out::println);
        }
        out.flush();
        return worst(all);
    }

    /** Returns the exit code of the gravest verdict: taken, then not known, then free later, then free. */
    private static int worst(List<Diagnosis> all) {
        return List.of(Diagnosis.Verdict.TAKEN, Diagnosis.Verdict.NOT_KNOWN, Diagnosis.Verdict.FREE_LATER).stream()
                .filter(verdict -> all.stream().anyMatch(one -> one.verdict() == verdict))
                .findFirst()
                .orElse(Diagnosis.Verdict.FREE)
                .exitCode();
    }

    private int answer(Question question, PrintWriter out) throws InterruptedException {
        var why = new WhyPort();
        var screen = new Screen(ZoneId.systemDefault());
        var countdown = new Countdown(out, watch && !json && Terminal.detect().live());
        String before = "";
        while (true) {
            Diagnosis diagnosis = why.diagnose(question, new PortObserver.Manner(!noProbe, true, false));
            String now = changes(diagnosis);
            if (!now.equals(before)) {
                countdown.clear();
                if (json) {
                    out.println(DiagnosisJson.write(diagnosis));
                } else {
                    screen.lines(diagnosis).forEach(out::println);
                }
                out.flush();
                before = now;
            }
            if (!watch || diagnosis.verdict() == Diagnosis.Verdict.FREE) {
                return diagnosis.verdict().exitCode();
            }
            countdown.show(diagnosis);
            Thread.sleep(Duration.ofSeconds(1));
        }
    }

    /** A text that changes only when the answer should be printed again. It does not contain the time that has passed. */
    private static String changes(Diagnosis diagnosis) {
        return diagnosis.verdict() + " " + diagnosis.cause() + " "
                + diagnosis.blocking().stream()
                        .map(blocker ->
                                blocker.cause() + " " + blocker.sockets().size() + " " + blocker.holder())
                        .toList();
    }
}
