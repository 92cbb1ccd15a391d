package dev.rebind.bench;

import dev.rebind.bench.Benchmark.BenchmarkException;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Runs commands as a user does, Rebind's and a peer's in turn. It measures the time from the start to the end of each, and the largest
 * memory.
 */
final class TimedCommands {
    /** System property that the launcher sets to its own path. */
    private static final String LAUNCHER = "rebind.launcher";

    private final CompiledProgram runner;
    private final Path output;
    private final double aimMillis;
    private final String shown;

    /** @param shown a port that the output of each command must mention */
    TimedCommands(CompiledProgram runner, double aimMillis, String shown) {
        this.runner = runner;
        this.output = runner.folder().resolve("output.txt");
        this.aimMillis = aimMillis;
        this.shown = shown;
    }

    static String launcher() throws BenchmarkException {
        String launcher = System.getProperty(LAUNCHER);
        if (launcher == null) {
            throw new BenchmarkException("The command to measure is not known; start it as ./rebind bench");
        }
        return launcher;
    }

    List<FigureComparison> compare(int rounds, String what, List<String> ours, String peer, List<List<String>> peers)
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
                FigureComparison.of(
                        what, "ms", time, peer, peerTime, Optional.of(new FigureComparison.Aim.Own(aimMillis))),
                FigureComparison.of(what + ", largest memory", "MiB", memory, peer, peerMemory, Optional.empty()));
    }

    /** Runs commands one after the other. Adds the sum of their times and the largest memory of any of them. */
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

    /** Checks that the output mentions the listener, because a command that fails is fast. */
    private void check(List<String> command, String exitCode) throws IOException, BenchmarkException {
        String said = Files.readString(output, StandardCharsets.UTF_8);
        if (!said.contains(shown)) {
            throw new BenchmarkException("`" + String.join(" ", command) + "` ended with " + exitCode
                    + " and said nothing of port " + shown + ": "
                    + said.lines().findFirst().orElse("no word")
                    + "; it needs ss (of iproute2) and lsof to compare with");
        }
    }
}
