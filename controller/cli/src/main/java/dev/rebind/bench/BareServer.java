package dev.rebind.bench;

import dev.rebind.agent.child.ChildJvm;
import dev.rebind.bench.Benchmark.BenchmarkException;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Rebind's server as a plain process without the agent, as a shell script would start it. */
record BareServer(List<String> command) {
    private static final String MAIN = "dev.rebind.server.Main";

    /** A server with the same JVM flags as the agent's servers. */
    static BareServer likeTheAgents() {
        return new BareServer(ChildJvm.likeThis().command());
    }

    /** Whether the JVM was given an ahead-of-time cache. */
    boolean cached() {
        return command.stream().anyMatch(BareServer::cache);
    }

    /** A copy without the ahead-of-time cache. */
    BareServer uncached() {
        return new BareServer(command.stream().filter(flag -> !cache(flag)).toList());
    }

    private static boolean cache(String flag) {
        return flag.startsWith("-XX:AOTCache=");
    }

    /** A server that has reported that it is bound. */
    record Bound(Process process, BufferedReader events) {
        /** Resident memory now, in MiB (VmRSS, proc_pid_status(5)). */
        double residentMebibytes() throws BenchmarkException {
            try {
                for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
                    if (line.startsWith("VmRSS:")) {
                        return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
                    }
                }
            } catch (IOException e) {
                throw new BenchmarkException("The server's memory cannot be read", e);
            }
            throw new BenchmarkException("The kernel does not say how much memory the server has");
        }

        /** Sends SIGTERM and waits until the process has ended. */
        void stop() throws InterruptedException {
            process.destroy();
            process.waitFor();
        }
    }

    /** Starts a server and waits until it is bound. */
    Bound start(int port) throws BenchmarkException {
        var whole = new ArrayList<>(command);
        whole.addAll(List.of(MAIN, "--address=127.0.0.1", "--port=" + port, "--reuse-address=true", "--service=echo"));
        Process process = null;
        try {
            process = new ProcessBuilder(whole).redirectError(Redirect.DISCARD).start();
            BufferedReader events = process.inputReader();
            String line = events.readLine();
            if (line != null && line.contains("\"bound\"")) {
                return new Bound(process, events);
            }
            process.destroyForcibly();
            throw new BenchmarkException("A server was not bound: " + line);
        } catch (IOException e) {
            if (process != null) {
                process.destroyForcibly();
            }
            throw new BenchmarkException("A server could not be run", e);
        }
    }
}
