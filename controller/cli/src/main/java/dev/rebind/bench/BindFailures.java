package dev.rebind.bench;

import dev.rebind.bench.Benchmark.BenchmarkException;
import dev.rebind.diagnosis.BindFailure;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Measures the explanation of a failed bind in the process whose bind has failed; for comparison, the bind alone and {@code ss} as a
 * process. The port has a listener and leftovers. It measures first on a quiet machine, then while many processes run, then among many
 * sockets.
 */
final class BindFailures {
    private static final int ON_PORT = 20;
    private static final double AIM_MILLIS = 50;
    /** Time to warm up, because the aim holds for a program that has run for a while. */
    private static final Duration WARM_UP = Duration.ofSeconds(2);

    private final InetSocketAddress address;
    private final String filter;

    private BindFailures(int port) {
        this.address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        this.filter = "( sport = :" + port + " or dport = :" + port + " )";
    }

    static List<FigureComparison> measure(Benchmark.Size size) throws BenchmarkException, InterruptedException {
        var comparisons = new ArrayList<>(taken(size.rounds(), ""));
        try (ManyProcesses many = ManyProcesses.start(size.processes())) {
            comparisons.addAll(taken(size.rounds(), " beside " + many.count() + " processes"));
        }
        comparisons.addAll(taken(size.rounds(), TimeWaitCrowd.gather(size.sockets())));
        return comparisons;
    }

    private static List<FigureComparison> taken(int rounds, String beside)
            throws BenchmarkException, InterruptedException {
        int port = TimeWaitCrowd.port(ON_PORT);
        try (var listener = new ServerSocket()) {
            listener.setReuseAddress(true);
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return List.of(new BindFailures(port).compare(rounds, beside));
        } catch (IOException e) {
            throw new BenchmarkException("The port cannot be taken", e);
        }
    }

    private FigureComparison compare(int rounds, String beside) throws BenchmarkException, InterruptedException {
        var ours = new Samples();
        var peer = new Samples();
        BindException failure = failure();
        for (long began = System.nanoTime(); System.nanoTime() - began < WARM_UP.toNanos(); ) {
            explain(failure);
        }
        for (int round = -1; round < rounds; round++) {
            boolean first = round < 0;
            (first ? new Samples() : ours).since(explain(failure));
            (first ? new Samples() : peer).since(bindAndList());
        }
        return FigureComparison.of(
                "BindFailure.explain, with its text" + beside,
                "ms",
                ours,
                "the same bind, and ss -tanpH '( sport = :P or dport = :P )'",
                peer,
                Optional.of(new FigureComparison.Aim.Own(AIM_MILLIS)));
    }

    private BindException failure() throws BenchmarkException {
        try (var server = new ServerSocket()) {
            server.setReuseAddress(false);
            server.bind(address);
        } catch (BindException e) {
            return e;
        } catch (IOException e) {
            throw new BenchmarkException("The bind cannot be tried", e);
        }
        throw new BenchmarkException("A bind of the taken port has succeeded");
    }

    /** @return the {@link System#nanoTime()} at which the explanation began */
    private long explain(BindException failure) throws BenchmarkException {
        long began = System.nanoTime();
        String text = BindFailure.explain(failure, address).text();
        if (!text.contains("pid " + ProcessHandle.current().pid()) && !text.contains("this very process")) {
            throw new BenchmarkException("The explanation does not name the holder: " + text);
        }
        return began;
    }

    private long bindAndList() throws BenchmarkException, InterruptedException {
        long began = System.nanoTime();
        failure();
        try {
            Process process = new ProcessBuilder("ss", "-tanpH", filter)
                    .redirectError(Redirect.DISCARD)
                    .start();
            long lines;
            try (var reader = process.inputReader()) {
                lines = reader.lines().count();
            }
            if (process.waitFor() != 0 || lines == 0) {
                throw new BenchmarkException("ss shows nothing of the port");
            }
        } catch (IOException e) {
            throw new BenchmarkException("ss (of iproute2) cannot be run; install it to compare with", e);
        }
        return began;
    }
}
