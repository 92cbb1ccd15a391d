package dev.rebind.bench;

import dev.rebind.bench.Benchmark.BenchmarkException;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.SocketReader;
import dev.rebind.sockets.diag.InetDiagReader;
import dev.rebind.sockets.proc.ProcReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Measures a whole look at one port by inet_diag; for comparison, a C program that sends the same request, {@code ss} as a process, and
 * {@code /proc/net/tcp}. It measures first on a quiet machine, then among very many other sockets.
 */
final class PortAmongMany {
    /** Sockets on the port. */
    private static final int ON_PORT = 20;
    /** Time to warm up, because an agent has looked many times before. */
    private static final Duration WARM_UP = Duration.ofMillis(500);
    /** Highest ratio to the C program. */
    private static final double AIM = 1.2;

    private PortAmongMany() {}

    static List<FigureComparison> measure(int sockets, int rounds) throws BenchmarkException, InterruptedException {
        var comparisons = new ArrayList<>(measure(rounds, ""));
        comparisons.addAll(measure(rounds, TimeWaitCrowd.gather(sockets)));
        return comparisons;
    }

    private static List<FigureComparison> measure(int rounds, String beside)
            throws BenchmarkException, InterruptedException {
        int port = TimeWaitCrowd.port(ON_PORT);
        SocketReader diag = new InetDiagReader();
        SocketReader proc = new ProcReader(Path.of("/proc/self/net"));
        // The query selects the sockets of the port and their other ends on this machine.
        SocketQuery query = SocketQuery.around(port);
        var ours = new Samples();
        var c = new Samples();
        var ss = new Samples();
        var table = new Samples();
        try (LookInC program = LookInC.at(query)) {
            for (long began = System.nanoTime(); System.nanoTime() - began < WARM_UP.toNanos(); ) {
                read(diag, query);
            }
            // The first round is not measured, because it loads classes and reads pages.
            for (int round = -1; round < rounds; round++) {
                boolean first = round < 0;
                (first ? new Samples() : ours).since(read(diag, query));
                (first ? new Samples() : c).add(program.millis(ON_PORT));
                (first ? new Samples() : ss).since(ss(port));
                (first ? new Samples() : table).since(read(proc, query));
            }
        }
        String what = "A whole look at one port" + beside;
        return List.of(
                FigureComparison.of(
                        what,
                        "ms",
                        ours,
                        "a C program with the same request",
                        c,
                        Optional.of(new FigureComparison.Aim.Ratio(AIM))),
                FigureComparison.of(what, "ms", ours, "ss -tanH '( sport = :P or dport = :P )'", ss, Optional.empty()),
                FigureComparison.of(what, "ms", ours, "/proc/net/tcp and tcp6, read here", table, Optional.empty()));
    }

    /** @return the {@link System#nanoTime()} at which the look began */
    private static long read(SocketReader reader, SocketQuery query) throws BenchmarkException {
        long began = System.nanoTime();
        int seen = TimeWaitCrowd.count(reader.read(query));
        if (seen != ON_PORT) {
            throw new BenchmarkException(seen + " sockets were seen on the port, not " + ON_PORT
                    + ": the run took longer than a TIME_WAIT lasts; ask for fewer --rounds");
        }
        return began;
    }

    private static long ss(int port) throws BenchmarkException, InterruptedException {
        long began = System.nanoTime();
        try {
            Process process = new ProcessBuilder("ss", "-tanH", "( sport = :" + port + " or dport = :" + port + " )")
                    .redirectError(Redirect.DISCARD)
                    .start();
            long lines;
            try (var reader = process.inputReader()) {
                lines = reader.lines().count();
            }
            if (process.waitFor() != 0 || lines != ON_PORT) {
                throw new BenchmarkException("ss showed " + lines + " sockets of the port, not " + ON_PORT);
            }
        } catch (IOException e) {
            throw new BenchmarkException("ss (of iproute2) cannot be run; install it to compare with", e);
        }
        return began;
    }
}
