package dev.rebind.bench;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.LocalAgent;
import dev.rebind.agent.PortView;
import dev.rebind.bench.Benchmark.BenchmarkException;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Measures a sampler's ticks at a port whose sockets it knows; for comparison, a C program that takes a whole look each time. A round has
 * as many ticks as a sampler takes in a second in which the port changes, with the same pauses. Some ticks are whole looks; they show in
 * the mean but not in the median.
 */
final class SamplerTicks {
    private static final int ON_PORT = 20;
    private static final int TICKS = 40;
    /** The sampler's pause between two ticks: 25 ms. */
    private static final long PAUSE_MILLIS = 25;

    private static final double AIM_MILLIS = 1;

    private SamplerTicks() {}

    static List<FigureComparison> measure(int sockets, int rounds) throws BenchmarkException, InterruptedException {
        var comparisons = new ArrayList<FigureComparison>();
        // A round lasts a second or two, and the sockets in TIME_WAIT last only a minute.
        int most = Math.min(rounds, 15);
        comparisons.addAll(measure(most, ""));
        comparisons.addAll(measure(most, TimeWaitCrowd.gather(sockets)));
        return comparisons;
    }

    private static List<FigureComparison> measure(int rounds, String beside)
            throws BenchmarkException, InterruptedException {
        int port = TimeWaitCrowd.port(ON_PORT);
        var place = new Place("127.0.0.1", port);
        var ours = new Samples();
        var all = new Samples();
        var c = new Samples();
        try (var agent = new LocalAgent();
                LookInC program = LookInC.at(SocketQuery.around(port))) {
            agent.look(place);
            for (int round = -1; round < rounds; round++) {
                var ticks = new Samples();
                var looks = new Samples();
                for (int tick = 0; tick < TICKS; tick++) {
                    long began = System.nanoTime();
                    PortView view = agent.lookAgain(place);
                    ticks.since(began);
                    if (!(view.local() instanceof Reading.Snapshot snapshot)
                            || snapshot.sockets().size() != ON_PORT) {
                        throw new BenchmarkException(
                                "A tick did not see the " + ON_PORT + " sockets of the port: the run"
                                        + " took longer than a TIME_WAIT lasts; ask for fewer --rounds");
                    }
                    if (tick % 10 == 0) {
                        looks.add(program.millis(ON_PORT));
                    }
                    Thread.sleep(PAUSE_MILLIS);
                }
                if (round >= 0) {
                    ours.add(ticks.figure().median());
                    all.add(ticks.mean());
                    c.add(looks.figure().median());
                }
            }
        }
        String what = " of the sampler with " + ON_PORT + " known sockets" + beside;
        String peer = "a whole look by a C program";
        return List.of(
                FigureComparison.of(
                        "A tick" + what, "ms", ours, peer, c, Optional.of(new FigureComparison.Aim.Own(AIM_MILLIS))),
                FigureComparison.of("The mean of all ticks" + what, "ms", all, peer, c, Optional.empty()));
    }
}
