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
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Restarts of the agent's listener, beside a loop that closes and binds the JDK's. */
final class ListenerRestarts {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final Duration GRACE = Duration.ofSeconds(5);
    /** In one round. */
    private static final int RESTARTS = 200;

    private static final double AIM = 1.2;

    private ListenerRestarts() {}

    static List<Comparison> measure(int rounds) throws BenchmarkException {
        var ours = new Samples();
        var bare = new Samples();
        try (var agent = new LocalAgent()) {
            int generation = 1;
            // The first round warms up.
            for (int round = -1; round < rounds; round++) {
                boolean first = round < 0;
                long began = System.nanoTime();
                restart(agent, generation);
                (first ? new Samples() : ours).add(each(began));
                generation += RESTARTS;
                began = System.nanoTime();
                bare();
                (first ? new Samples() : bare).add(each(began));
            }
        }
        return List.of(Comparison.of(
                "Restart of a listener, with the looks at its port",
                "ms",
                ours,
                "ServerSocket: close, bind",
                bare,
                Optional.of(new Comparison.Aim.Ratio(AIM))));
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

    private static void bare() throws BenchmarkException {
        var at = new InetSocketAddress(LOOPBACK, FreePorts.next());
        for (int restart = 0; restart < RESTARTS; restart++) {
            try (var socket = new ServerSocket()) {
                socket.setReuseAddress(true);
                socket.bind(at);
            } catch (IOException e) {
                throw new BenchmarkException("A ServerSocket could not be bound", e);
            }
        }
    }
}
