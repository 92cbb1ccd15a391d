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
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/** Measures restarts of the agent's listener; for comparison, a loop in which one Vert.x instance listens and closes. */
final class ListenerRestarts {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final Duration GRACE = Duration.ofSeconds(5);
    /** Restarts in one round. */
    private static final int RESTARTS = 50;

    /** Rounds before the measurement, because an agent that restarts listeners is warm. */
    private static final int WARM_UP = 20;

    private static final double AIM = 3;

    private ListenerRestarts() {}

    static List<FigureComparison> measure(int sockets, int rounds) throws BenchmarkException {
        var comparisons = new ArrayList<FigureComparison>();
        comparisons.add(measure(WARM_UP, rounds, ""));
        comparisons.add(measure(1, rounds, TimeWaitCrowd.gather(sockets)));
        return comparisons;
    }

    private static FigureComparison measure(int warmUp, int rounds, String beside) throws BenchmarkException {
        var ours = new Samples();
        var bare = new Samples();
        Vertx vertx = Vertx.vertx();
        try (var agent = new LocalAgent()) {
            int generation = 1;
            for (int round = -warmUp; round < rounds; round++) {
                boolean first = round < 0;
                long began = System.nanoTime();
                restart(agent, generation);
                (first ? new Samples() : ours).add(each(began));
                generation += RESTARTS;
                began = System.nanoTime();
                bare(vertx);
                (first ? new Samples() : bare).add(each(began));
            }
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
        return FigureComparison.of(
                "Restart of a listener, with the looks at its port" + beside,
                "ms",
                ours,
                "NetServer of Vert.x: listen, close",
                bare,
                Optional.of(new FigureComparison.Aim.Ratio(AIM)));
    }

    private static double each(long beganNanos) {
        return (System.nanoTime() - beganNanos) / 1e6 / RESTARTS;
    }

    private static void restart(LocalAgent agent, int first) throws BenchmarkException {
        var place = new Place(LOOPBACK.getHostAddress(), FreePorts.next());
        for (int generation = first; generation < first + RESTARTS; generation++) {
            var settings = new GenerationSettings(
                    generation, place, Mode.listener, true, false, "echo", "nio", true, false, null);
            if (!(agent.start(settings) instanceof Start.Bound)
                    || !(agent.stop(generation, StopWay.close, GRACE) instanceof Stop.Stopped)) {
                throw new BenchmarkException("A listener on " + place + " could not be restarted");
            }
        }
    }

    private static void bare(Vertx vertx) throws BenchmarkException {
        int port = FreePorts.next();
        for (int restart = 0; restart < RESTARTS; restart++) {
            NetServer server = vertx.createNetServer(new NetServerOptions().setReuseAddress(true))
                    .connectHandler(socket -> socket.close());
            try {
                server.listen(port, LOOPBACK.getHostAddress())
                        .toCompletionStage()
                        .toCompletableFuture()
                        .join();
                server.close().toCompletionStage().toCompletableFuture().join();
            } catch (CompletionException e) {
                throw new BenchmarkException("A NetServer could not listen on port " + port + ": " + e.getMessage());
            }
        }
    }
}
