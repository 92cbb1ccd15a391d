package dev.rebind.cli;

import dev.rebind.bench.Benchmark;
import dev.rebind.bench.Benchmark.BenchmarkException;
import dev.rebind.bench.Figure;
import dev.rebind.bench.FigureComparison;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rebind bench}: measures the speed of Rebind and of a peer. */
@Command(
        name = "bench",
        description = {
            "Measures the speed of Rebind on this machine against a peer in the same run.",
            "Each benchmark has network and PID namespaces of its own, which end with it."
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:Measured, whether the aims are met or not.",
            "2:Bad usage.",
            "3:Something could not be measured; standard error says why."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  rebind bench", "  rebind bench why view --rounds 30"})
final class BenchCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "WHAT",
            arity = "0..*",
            description = "What to measure; all when none is given: ${COMPLETION-CANDIDATES}.")
    List<Benchmark> which = List.of();

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "15",
            description = "How often each side is measured, 1 to 1000. Default: ${DEFAULT-VALUE}.")
    int rounds;

    @Option(
            names = "--sockets",
            paramLabel = "N",
            defaultValue = "100000",
            description = "How many sockets of other ports are left in TIME_WAIT for the second half of view, tick,"
                    + " listener, process, why and failure, 100 to 1000000. Default: ${DEFAULT-VALUE}.")
    int sockets;

    @Option(
            names = "--processes",
            paramLabel = "N",
            defaultValue = "2000",
            description = "why and failure: how many processes run beside them, 1 to 30000. Default: ${DEFAULT-VALUE}.")
    int processes;

    @Option(
            names = "--here",
            description =
                    "Measures among the sockets and processes of this machine, without namespaces of its own. What is"
                            + " left in TIME_WAIT stays until the kernel frees it, after 60 s if nothing else is set.")
    boolean here;

    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException, IOException {
        var line = Objects.requireNonNull(spec).commandLine();
        if (rounds < 1 || rounds > 1_000) {
            throw new ParameterException(line, "--rounds: " + rounds + " is not in 1 to 1000");
        }
        if (sockets < 100 || sockets > 1_000_000) {
            throw new ParameterException(line, "--sockets: " + sockets + " is not in 100 to 1000000");
        }
        if (processes < 1 || processes > 30_000) {
            throw new ParameterException(line, "--processes: " + processes + " is not in 1 to 30000");
        }
        Iterable<Benchmark> all = which.isEmpty() ? EnumSet.allOf(Benchmark.class) : EnumSet.copyOf(which);
        return here ? measure(all, line) : inNamespaces(all, line.getErr());
    }

    private int measure(Iterable<Benchmark> all, CommandLine line) throws InterruptedException {
        var size = new Benchmark.Size(sockets, processes, rounds);
        int exit = ExitCode.PASS;
        for (Benchmark one : all) {
            try {
                one.measure(size).forEach(comparison -> print(comparison, line.getOut()));
            } catch (BenchmarkException e) {
                line.getErr().println("rebind: " + one + " was not measured: " + e.getMessage());
                exit = ExitCode.INCONCLUSIVE;
            }
        }
        line.getErr().flush();
        return exit;
    }

    /** Runs each benchmark in namespaces of its own, so that it does not see what another one has left. */
    private int inNamespaces(Iterable<Benchmark> all, PrintWriter err) throws InterruptedException, IOException {
        String refused = OwnNamespaces.refused();
        if (!refused.isEmpty()) {
            err.println("rebind: nothing was measured: namespaces cannot be made here (" + refused
                    + "); run it as root, or measure among the sockets of this machine with --here");
            err.flush();
            return ExitCode.INCONCLUSIVE;
        }
        int exit = ExitCode.PASS;
        for (Benchmark one : all) {
            int ended = OwnNamespaces.run(List.of(
                    "bench",
                    one.name(),
                    "--here",
                    "--rounds=" + rounds,
                    "--sockets=" + sockets,
                    "--processes=" + processes));
            exit = Math.max(exit, ended);
        }
        return exit;
    }

    private static void print(FigureComparison comparison, PrintWriter out) {
        out.println(comparison.what());
        print("Rebind", comparison.ours(), comparison.unit(), out);
        var verdict = new ArrayList<String>();
        comparison.peer().ifPresent(peer -> {
            print(peer.name(), peer.figure(), comparison.unit(), out);
            verdict.add(String.format(Locale.ROOT, "ratio %.2f", peer.ratio()));
        });
        comparison.aim().ifPresent(aim -> verdict.add(aim(aim, comparison.unit())));
        comparison.met().ifPresent(met -> verdict.add(met ? "met" : "not met"));
        if (!verdict.isEmpty()) {
            out.println("  " + String.join("; ", verdict));
        }
        out.println();
        out.flush();
    }

    private static String aim(FigureComparison.Aim aim, String unit) {
        return switch (aim) {
            case FigureComparison.Aim.Ratio(double most) -> String.format(Locale.ROOT, "aim: ratio %.2f or less", most);
            case FigureComparison.Aim.Own(double most) ->
                String.format(Locale.ROOT, "aim: %.0f %s or less", most, unit);
        };
    }

    private static void print(String who, Figure figure, String unit, PrintWriter out) {
        out.println(String.format(
                Locale.ROOT,
                "  %-42s %9.3f %s (%.3f to %.3f, %d rounds)",
                who,
                figure.median(),
                unit,
                figure.least(),
                figure.most(),
                figure.rounds()));
    }
}
