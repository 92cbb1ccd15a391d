package dev.rebind.bench;

import dev.rebind.bench.Benchmark.BenchmarkException;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.PosixSocket;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code rebind why} as a user runs it, from the start of the command to its end, beside {@code ss} and {@code lsof} one after the
 * other: about one port, and about all. First with nothing else there, then while many processes run, then among many sockets.
 */
final class WhyCommands {
    /** Set by the launcher. */
    private static final String LAUNCHER = "rebind.launcher";

    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    /** A round takes some seconds among very many sockets, as lsof reads them all, and the sockets last for a minute. */
    private static final int MOST_ROUNDS = 7;

    private static final double AIM_MILLIS = 500;

    private final CompiledProgram runner;
    private final String launcher;
    private final Path output;
    private final String port;

    private WhyCommands(CompiledProgram runner, String launcher, int port) {
        this.runner = runner;
        this.launcher = launcher;
        this.output = runner.folder().resolve("output.txt");
        this.port = Integer.toString(port);
    }

    static List<Comparison> measure(Benchmark.Size size) throws BenchmarkException, InterruptedException {
        String launcher = System.getProperty(LAUNCHER);
        if (launcher == null) {
            throw new BenchmarkException("The command to measure is not known; start it as ./rebind bench why");
        }
        int rounds = Math.min(size.rounds(), MOST_ROUNDS);
        var comparisons = new ArrayList<Comparison>();
        int port = FreePorts.next();
        try (CompiledProgram runner = CompiledProgram.of("run.c");
                PosixSocket listener = PosixSocket.open(Family.IPV4)) {
            listener.reuseAddress(true).bind(new Endpoint(LOOPBACK, port)).listen(8);
            var commands = new WhyCommands(runner, launcher, port);
            comparisons.addAll(commands.both(rounds, ""));
            try (ManyProcesses many = ManyProcesses.start(size.processes())) {
                comparisons.addAll(commands.both(rounds, " beside " + many.count() + " processes"));
            }
            comparisons.addAll(commands.both(rounds, Crowd.gather(size.sockets())));
            return comparisons;
        } catch (IOException e) {
            throw new BenchmarkException("The commands cannot be measured: " + e.getMessage());
        }
    }

    private List<Comparison> both(int rounds, String beside) throws BenchmarkException, InterruptedException {
        var comparisons = new ArrayList<Comparison>();
        comparisons.addAll(compare(
                rounds,
                "rebind why PORT" + beside,
                List.of(launcher, "why", port),
                "ss -tanp 'sport = :P'; lsof -nP -iTCP:P",
                List.of(List.of("ss", "-tanp", "sport = :" + port), List.of("lsof", "-nP", "-iTCP:" + port))));
        comparisons.addAll(compare(
                rounds,
                "rebind why" + beside,
                List.of(launcher, "why"),
                "ss -tanp; lsof -nP -iTCP",
                List.of(List.of("ss", "-tanp"), List.of("lsof", "-nP", "-iTCP"))));
        return comparisons;
    }

    private List<Comparison> compare(int rounds, String what, List<String> ours, String peer, List<List<String>> peers)
            throws BenchmarkException, InterruptedException {
        var time = new Samples();
        var memory = new Samples();
        var peerTime = new Samples();
        var peerMemory = new Samples();
        for (int round = -1; round < rounds; round++) {
            boolean first = round < 0;
            run(List.of(ours), first ? new Samples() : time, first ? new Samples() : memory);
            run(peers, first ? new Samples() : peerTime, first ? new Samples() : peerMemory);
        }
        return List.of(
                Comparison.of(what, "ms", time, peer, peerTime, Optional.of(new Comparison.Aim.Own(AIM_MILLIS))),
                Comparison.of(what + ", largest memory", "MiB", memory, peer, peerMemory, Optional.empty()));
    }

    /** One after the other: the times of all, and the memory of the largest. */
    private void run(List<List<String>> commands, Samples time, Samples memory)
            throws BenchmarkException, InterruptedException {
        double millis = 0;
        double mebibytes = 0;
        for (List<String> command : commands) {
            var whole = new ArrayList<>(List.of(runner.program().toString(), output.toString()));
            whole.addAll(command);
            try {
                Process process = new ProcessBuilder(whole)
                        .redirectError(Redirect.INHERIT)
                        .start();
                String line = process.inputReader().readLine();
                int exit = process.waitFor();
                String[] said = line == null ? new String[0] : line.split(" ", -1);
                if (exit != 0 || said.length != 3) {
                    throw new BenchmarkException("`" + String.join(" ", command) + "` cannot be run");
                }
                check(command, said[0]);
                millis += Long.parseLong(said[1]) / 1e6;
                mebibytes = Math.max(mebibytes, Long.parseLong(said[2]) / 1024.0);
            } catch (IOException e) {
                throw new BenchmarkException("`" + String.join(" ", command) + "` cannot be run", e);
            }
        }
        time.add(millis);
        memory.add(mebibytes);
    }

    /** Each of them must have seen the listener: a command that fails is fast. */
    private void check(List<String> command, String exitCode) throws IOException, BenchmarkException {
        String said = Files.readString(output, StandardCharsets.UTF_8);
        if (!said.contains(port)) {
            throw new BenchmarkException("`" + String.join(" ", command) + "` ended with " + exitCode
                    + " and said nothing of port " + port + ": "
                    + said.lines().findFirst().orElse("no word")
                    + "; it needs ss (of iproute2) and lsof to compare with");
        }
    }
}
