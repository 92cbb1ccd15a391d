package dev.rebind.cli;

import dev.rebind.bench.Benchmark;
import dev.rebind.bench.Benchmark.BenchmarkException;
import dev.rebind.bench.Comparison;
import dev.rebind.bench.Figure;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rebind bench}: figures beside those of a peer. */
@Command(
        name = "bench",
        description = "Measures the speed of Rebind on this machine against a peer in the same run.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:Measured, whether the aims are met or not.",
            "2:Bad usage.",
            "3:Something could not be measured; standard error says why."
        })
final class BenchCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "WHAT",
            arity = "0..*",
            description = "What to measure; all when none is given: ${COMPLETION-CANDIDATES}.")
    List<Benchmark> which = List.of();

    @Option(
            names = "--rounds",
            defaultValue = "15",
            description = "How often each side is measured, 1 to 1000. Default: ${DEFAULT-VALUE}.")
    int rounds;

    @Option(
            names = "--sockets",
            defaultValue = "100000",
            description =
                    "view: how many sockets are left in TIME_WAIT on this machine, for a minute, 100 to 1000000. The kernel keeps"
                            + " net.ipv4.tcp_max_tw_buckets of them. Default: ${DEFAULT-VALUE}.")
    int sockets;

    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        var line = Objects.requireNonNull(spec).commandLine();
        if (rounds < 1 || rounds > 1_000) {
            throw new ParameterException(line, "--rounds: " + rounds + " is not in 1 to 1000");
        }
        if (sockets < 100 || sockets > 1_000_000) {
            throw new ParameterException(line, "--sockets: " + sockets + " is not in 100 to 1000000");
        }
        var size = new Benchmark.Size(sockets, rounds);
        int exit = ExitCode.PASS;
        for (Benchmark one : which.isEmpty() ? EnumSet.allOf(Benchmark.class) : EnumSet.copyOf(which)) {
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

    private static void print(Comparison comparison, PrintWriter out) {
        out.println(comparison.what());
        print("Rebind", comparison.ours(), comparison.unit(), out);
        print(comparison.peerName(), comparison.peer(), comparison.unit(), out);
        var verdict = new ArrayList<String>();
        verdict.add(String.format(Locale.ROOT, "ratio %.2f", comparison.ratio()));
        comparison.aim().ifPresent(aim -> verdict.add(aim(aim, comparison.unit())));
        comparison.met().ifPresent(met -> verdict.add(met ? "met" : "not met"));
        out.println("  " + String.join("; ", verdict));
        out.println();
        out.flush();
    }

    private static String aim(Comparison.Aim aim, String unit) {
        return switch (aim) {
            case Comparison.Aim.Ratio(double most) -> String.format(Locale.ROOT, "aim: ratio %.2f or less", most);
            case Comparison.Aim.Own(double most) -> String.format(Locale.ROOT, "aim: %.0f %s or less", most, unit);
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
