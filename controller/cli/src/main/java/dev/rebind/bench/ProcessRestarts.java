package dev.rebind.bench;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Agent.Stop;
import dev.rebind.agent.GenerationSettings;
import dev.rebind.agent.GenerationSettings.Mode;
import dev.rebind.agent.LocalAgent;
import dev.rebind.bench.Benchmark.BenchmarkException;
import dev.rebind.child.protocol.StopWay;
import dev.rebind.sockets.posix.FreePorts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Measures restarts of the agent's server process; for comparison, the same server, started as a plain process and ended with a signal. */
final class ProcessRestarts {
    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final double AIM = 1.1;

    private ProcessRestarts() {}

    static List<FigureComparison> measure(int sockets, int rounds) throws BenchmarkException, InterruptedException {
        var comparisons = new ArrayList<FigureComparison>();
        // Each round starts two JVMs, and the sockets in TIME_WAIT last only a minute.
        int most = Math.min(rounds, 15);
        comparisons.add(measure(most, ""));
        comparisons.add(measure(most, TimeWaitCrowd.gather(sockets)));
        return comparisons;
    }

    private static FigureComparison measure(int rounds, String beside) throws BenchmarkException, InterruptedException {
        var ours = new Samples();
        var bare = new Samples();
        BareServer servers = BareServer.likeTheAgents();
        var place = new Place("127.0.0.1", FreePorts.next());
        int port = FreePorts.next();
        BareServer.Bound peer = servers.start(port);
        try (var agent = new LocalAgent()) {
            start(agent, place, 0);
            for (int round = -1; round < rounds; round++) {
                boolean first = round < 0;
                int generation = round + 1;
                long began = System.nanoTime();
                if (!(agent.stop(generation, StopWay.close, GRACE) instanceof Stop.Stopped)) {
                    throw new BenchmarkException("A server on " + place + " did not stop");
                }
                start(agent, place, generation + 1);
                (first ? new Samples() : ours).since(began);
                began = System.nanoTime();
                peer.stop();
                peer = servers.start(port);
                (first ? new Samples() : bare).since(began);
            }
        } finally {
            peer.stop();
        }
        return FigureComparison.of(
                "Restart of a server process, until it is bound" + beside,
                "ms",
                ours,
                "the same JVM and server without the agent",
                bare,
                Optional.of(new FigureComparison.Aim.Ratio(AIM)));
    }

    private static void start(LocalAgent agent, Place place, int generation) throws BenchmarkException {
        var settings =
                new GenerationSettings(generation, place, Mode.process, true, false, "echo", "nio", true, false, null);
        if (!(agent.start(settings) instanceof Start.Bound)) {
            throw new BenchmarkException("A server on " + place + " was not bound");
        }
    }
}
