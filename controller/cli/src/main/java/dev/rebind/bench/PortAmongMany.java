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
 * A whole look at one port: by inet_diag, beside a C program that sends the same request, {@code ss} as a process and {@code
 * /proc/net/tcp}. First with nothing else there, then while very many other sockets stand.
 */
final class PortAmongMany {
    /** On the port that is looked at. */
    private static final int ON_PORT = 20;
    /** Before it is measured: an agent has looked many times before. */
    private static final Duration WARM_UP = Duration.ofMillis(500);
    /** Of the C program. */
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
        // The sockets of the port, and the other ends of those that are here too.
        SocketQuery query = SocketQuery.around(port);
        var ours = new Samples();
        var c = new Samples();
        var ss = new Samples();
        var table = new Samples();
        try (LookInC program = LookInC.at(query)) {
            for (long began = System.nanoTime(); System.nanoTime() - began < WARM_UP.toNanos(); ) {
                read(diag, query);
            }
            // The first time of each is not measured: classes are loaded, pages are read.
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

    /** @return when it began */
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
