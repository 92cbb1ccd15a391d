package dev.rebind.bench;

import dev.rebind.bench.Benchmark.BenchmarkException;
import dev.rebind.sockets.posix.FreePorts;
import java.util.List;
import java.util.Optional;

/** Measures how long the server takes from its start to its bind, and its memory then, with and without the ahead-of-time cache. */
final class ServerStart {
    private static final double START_MILLIS = 300;
    private static final double RESIDENT_MEBIBYTES = 64;

    private ServerStart() {}

    static List<FigureComparison> measure(int rounds) throws BenchmarkException, InterruptedException {
        BareServer cached = BareServer.likeTheAgents();
        if (!cached.cached()) {
            throw new BenchmarkException(
                    "This JVM runs without an ahead-of-time cache, so there is nothing to compare; use ./rebind, and unset"
                            + " REBIND_NO_AOT");
        }
        BareServer plain = cached.uncached();
        var start = new Samples();
        var plainStart = new Samples();
        var memory = new Samples();
        var plainMemory = new Samples();
        for (int round = -1; round < rounds; round++) {
            boolean first = round < 0;
            one(cached, first ? new Samples() : start, first ? new Samples() : memory);
            one(plain, first ? new Samples() : plainStart, first ? new Samples() : plainMemory);
        }
        String peer = "without the AOT cache";
        return List.of(
                FigureComparison.of(
                        "Server start to bound",
                        "ms",
                        start,
                        peer,
                        plainStart,
                        Optional.of(new FigureComparison.Aim.Own(START_MILLIS))),
                FigureComparison.of(
                        "Server's resident memory when bound",
                        "MiB",
                        memory,
                        peer,
                        plainMemory,
                        Optional.of(new FigureComparison.Aim.Own(RESIDENT_MEBIBYTES))));
    }

    private static void one(BareServer servers, Samples start, Samples memory)
            throws BenchmarkException, InterruptedException {
        long began = System.nanoTime();
        BareServer.Bound bound = servers.start(FreePorts.next());
        try {
            start.since(began);
            memory.add(bound.residentMebibytes());
        } finally {
            bound.stop();
        }
    }
}
