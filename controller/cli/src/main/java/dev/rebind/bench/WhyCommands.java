package dev.rebind.bench;

import dev.rebind.bench.Benchmark.BenchmarkException;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.PosixSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures {@code rebind why} as a user runs it, from the start of the command to its end; for comparison, {@code ss} followed by {@code
 * lsof}. It asks for one port and for all ports. It measures first on a quiet machine, then while many processes run, then among many
 * sockets.
 */
final class WhyCommands {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    /** Among very many sockets a round takes some seconds, because lsof reads them all, and the sockets in TIME_WAIT last only a minute. */
    private static final int MOST_ROUNDS = 7;

    private static final double AIM_MILLIS = 500;

    private final TimedCommands runs;
    private final String launcher;
    private final String port;

    private WhyCommands(CompiledProgram runner, String launcher, int port) {
        this.launcher = launcher;
        this.port = Integer.toString(port);
        this.runs = new TimedCommands(runner, AIM_MILLIS, this.port);
    }

    static List<FigureComparison> measure(Benchmark.Size size) throws BenchmarkException, InterruptedException {
        String launcher = TimedCommands.launcher();
        int rounds = Math.min(size.rounds(), MOST_ROUNDS);
        var comparisons = new ArrayList<FigureComparison>();
        int port = FreePorts.next();
        try (CompiledProgram runner = CompiledProgram.of("run.c");
                PosixSocket listener = PosixSocket.open(Family.IPV4)) {
            listener.reuseAddress(true).bind(new Endpoint(LOOPBACK, port)).listen(8);
            var commands = new WhyCommands(runner, launcher, port);
            comparisons.addAll(commands.both(rounds, ""));
            try (ManyProcesses many = ManyProcesses.start(size.processes())) {
                comparisons.addAll(commands.both(rounds, " beside " + many.count() + " processes"));
            }
            comparisons.addAll(commands.both(rounds, TimeWaitCrowd.gather(size.sockets())));
            return comparisons;
        } catch (IOException e) {
            throw new BenchmarkException("The commands cannot be measured: " + e.getMessage());
        }
    }

    private List<FigureComparison> both(int rounds, String beside) throws BenchmarkException, InterruptedException {
        var comparisons = new ArrayList<FigureComparison>();
        comparisons.addAll(runs.compare(
                rounds,
                "rebind why PORT" + beside,
                List.of(launcher, "why", port),
                "ss -tanp 'sport = :P'; lsof -nP -iTCP:P",
                List.of(List.of("ss", "-tanp", "sport = :" + port), List.of("lsof", "-nP", "-iTCP:" + port))));
        comparisons.addAll(runs.compare(
                rounds,
                "rebind why" + beside,
                List.of(launcher, "why"),
                "ss -tanp; lsof -nP -iTCP",
                List.of(List.of("ss", "-tanp"), List.of("lsof", "-nP", "-iTCP"))));
        return comparisons;
    }
}
