package dev.rebind.bench;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.child.ChildJvm;
import dev.rebind.agent.clients.ChildClients;
import dev.rebind.agent.clients.ClientGroup;
import dev.rebind.bench.Benchmark.BenchmarkException;
import dev.rebind.client.protocol.ClientReport;
import dev.rebind.client.protocol.RequestReport;
import dev.rebind.client.traffic.Traffic;
import dev.rebind.sockets.posix.FreePorts;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Measures how well the clients keep a schedule of requests. The server logs when each request arrives. The clients are one process on one
 * processor.
 */
final class RequestSchedule {
    private static final int PER_SECOND = 2_000;
    private static final int SECONDS = 10;
    private static final int CONNECTIONS = 20;
    /** Time for the JVM to compile the code that runs often. */
    private static final Duration WARM_UP = Duration.ofSeconds(3);

    private static final Duration SERVED = Duration.ofSeconds(30);
    private static final int MOST_ROUNDS = 5;
    private static final double AIM_PERCENT = 1;

    private final Samples off = new Samples();
    private final Samples worst = new Samples();
    private final Samples saidOff = new Samples();
    private final Samples median = new Samples();
    private final Samples late = new Samples();
    private final Samples saidLate = new Samples();
    private final Samples latest = new Samples();
    private final Samples processor = new Samples();

    private RequestSchedule() {}

    static List<FigureComparison> measure(int rounds) throws BenchmarkException, InterruptedException {
        var schedule = new RequestSchedule();
        try (CompiledProgram server = CompiledProgram.of("arrivals.c")) {
            for (int round = 0; round < Math.min(rounds, MOST_ROUNDS); round++) {
                schedule.round(server);
            }
        } catch (IOException e) {
            throw new BenchmarkException("The clients or their server cannot be run", e);
        }
        return schedule.comparisons();
    }

    private List<FigureComparison> comparisons() {
        var aim = Optional.<FigureComparison.Aim>of(new FigureComparison.Aim.Own(AIM_PERCENT));
        String by = ", by the server's log";
        return List.of(
                FigureComparison.of(
                        PER_SECOND * SECONDS + " requests in " + SECONDS + " s: off the schedule" + by,
                        "%",
                        off,
                        "the clients' own count",
                        saidOff,
                        aim),
                FigureComparison.alone("The same, in the second that is off most", "%", worst, aim),
                FigureComparison.of(
                        "Later than due, 99th percentile" + by,
                        "ms",
                        late,
                        "by the clients' own clock",
                        saidLate,
                        Optional.empty()),
                FigureComparison.alone("Later than due, median" + by, "ms", median, Optional.empty()),
                FigureComparison.alone("Later than due, longest" + by, "ms", latest, Optional.empty()),
                FigureComparison.alone("Processor time of the clients, of one core", "%", processor, Optional.empty()));
    }

    private void round(CompiledProgram program) throws BenchmarkException, InterruptedException, IOException {
        int port = FreePorts.next();
        Process server = new ProcessBuilder(program.program().toString(), Integer.toString(port))
                .redirectError(Redirect.INHERIT)
                .start();
        try (var log = server.inputReader()) {
            if (!"listening".equals(log.readLine())) {
                throw new BenchmarkException("The server of the benchmark cannot listen on port " + port);
            }
            try (ClientGroup clients = ChildClients.start(onOneProcessor(), new Place("127.0.0.1", port), wanted())) {
                ProcessHandle process = ProcessHandle.current()
                        .children()
                        .filter(child -> child.pid() != server.pid())
                        .findFirst()
                        .orElseThrow(() -> new BenchmarkException("The clients' process is gone"));
                String unserved = clients.awaitServed(true, SERVED);
                if (unserved != null) {
                    throw new BenchmarkException("The clients were not served: " + unserved);
                }
                Thread.sleep(WARM_UP);
                clients.mark();
                long from = System.nanoTime();
                double before = processorSeconds(process);
                Thread.sleep(Duration.ofSeconds(SECONDS));
                double used = processorSeconds(process) - before;
                double took = (System.nanoTime() - from) / 1e9;
                ClientReport report = clients.report();
                double said = (System.nanoTime() - from) / 1e9;
                if (report == null || report.requests() == null) {
                    throw new BenchmarkException("The clients do not answer: " + clients.condition());
                }
                // The report ends when all due requests have begun. The log is complete when the server closes it.
                clients.disconnect();
                clients.report();
                server.getOutputStream().close();
                long[] times = log.lines().mapToLong(Long::parseLong).toArray();
                count(report.requests(), said, new Arrivals(times, from, SECONDS, PER_SECOND));
                processor.add(used / took * 100);
            }
        } finally {
            server.destroyForcibly().waitFor();
        }
    }

    private void count(RequestReport said, double seconds, Arrivals arrivals) throws BenchmarkException {
        if (arrivals.count() == 0 || !said.failed().isEmpty()) {
            throw new BenchmarkException(arrivals.count() + " requests came, and these failed: " + said.failed());
        }
        off.add(arrivals.off());
        worst.add(arrivals.offInWorstSecond());
        saidOff.add(Math.abs(said.sent() / (PER_SECOND * seconds) - 1) * 100);
        double[] millis = arrivals.lateMillis();
        median.add(Arrivals.percentile(millis, 50));
        late.add(Arrivals.percentile(millis, 99));
        latest.add(millis[millis.length - 1]);
        saidLate.add(said.lateMs() == null ? 0 : said.lateMs());
    }

    private static double processorSeconds(ProcessHandle process) throws BenchmarkException {
        return process.info()
                        .totalCpuDuration()
                        .orElseThrow(() -> new BenchmarkException("The kernel does not say what the clients use"))
                        .toNanos()
                / 1e9;
    }

    /** Returns a JVM that runs on one processor only: the first one that this process may use, by taskset(1). */
    private static ChildJvm onOneProcessor() throws BenchmarkException, InterruptedException, IOException {
        Process asked;
        try {
            asked = new ProcessBuilder(
                            "taskset",
                            "-pc",
                            Long.toString(ProcessHandle.current().pid()))
                    .start();
        } catch (IOException e) {
            throw new BenchmarkException(
                    "The clients cannot be kept on one processor; install taskset (of util-linux)", e);
        }
        try (var said = asked.inputReader()) {
            // The output looks like: pid 7's current affinity list: 0-3,8
            String line = String.valueOf(said.readLine());
            String first = line.substring(line.lastIndexOf(' ') + 1).split("[-,]", 2)[0];
            if (asked.waitFor() != 0 || !first.matches("\\d+")) {
                throw new BenchmarkException("taskset does not say which processors there are: " + line);
            }
            var command = new ArrayList<>(List.of("taskset", "-c", first));
            command.addAll(ChildJvm.likeThis().command());
            return new ChildJvm(command);
        }
    }

    private static ClientGroup.Wanted wanted() {
        var requests = new Traffic.Http(
                "GET",
                "/",
                List.of(),
                0,
                null,
                true,
                PER_SECOND,
                Traffic.Version.http1,
                Duration.ofSeconds(5),
                0,
                null);
        return new ClientGroup.Wanted(CONNECTIONS, "echo", true, true, requests);
    }
}
