package dev.rebind.bench;

import dev.rebind.bench.Benchmark.BenchmarkException;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;

/**
 * A shell with many idle children. Closing this ends all of them.
 *
 * @param count number of processes, with the shell
 */
record ManyProcesses(Process shell, int count) implements AutoCloseable {
    static ManyProcesses start(int count) throws BenchmarkException {
        try {
            Process shell = new ProcessBuilder(
                            "sh",
                            "-c",
                            "i=0; while [ $i -lt " + (count - 1)
                                    + " ]; do sleep 3600 & i=$((i + 1)); done; echo made; wait")
                    .redirectError(Redirect.INHERIT)
                    .start();
            String said = shell.inputReader().readLine();
            if (!"made".equals(said)) {
                shell.destroyForcibly();
                throw new BenchmarkException(count + " processes could not be made; ask for fewer with --processes");
            }
            return new ManyProcesses(shell, count);
        } catch (IOException e) {
            throw new BenchmarkException("A shell cannot be run", e);
        }
    }

    /** Ends the children first. The shell waits for them and then ends itself; if it were killed first, they would stay as zombies. */
    @Override
    public void close() {
        shell.children().forEach(ProcessHandle::destroyForcibly);
        shell.onExit().join();
    }
}
