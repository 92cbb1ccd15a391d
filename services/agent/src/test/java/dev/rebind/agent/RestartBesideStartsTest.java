package dev.rebind.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.GenerationSettings.Mode;
import dev.rebind.child.TransportKind;
import dev.rebind.child.protocol.StopWay;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.ProcessStarts;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RestartBesideStartsTest {
    private static final int GENERATIONS = 300;
    private static final Duration GRACE = Duration.ofSeconds(20);

    private final AtomicBoolean over = new AtomicBoolean();
    private final Place place = new Place("127.0.0.1", FreePorts.next());

    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "io_uring"})
    @DisplayName(
            "When other programs are being started, then no copy of a closed listener keeps the next one from its port")
    void restarts(String transport) throws Exception {
        assumeTrue(TransportKind.valueOf(transport).load() instanceof TransportKind.Availability.Available);
        try (var starters = Executors.newVirtualThreadPerTaskExecutor()) {
            var started = IntStream.range(0, 2)
                    .mapToObj(_ -> starters.submit(starting()))
                    .toList();
            try {
                for (int generation = 1; generation <= GENERATIONS; generation++) {
                    try (var server = new InProcess(settings(generation, transport))) {
                        assertThat(server.start())
                                .as("generation %d", generation)
                                .isInstanceOf(Start.Bound.class);
                        server.stop(StopWay.close, GRACE, System.nanoTime());
                    }
                }
            } finally {
                over.set(true);
            }
            for (var count : started) {
                assertThat(count.get()).isPositive();
            }
        }
    }

    private Callable<Integer> starting() {
        return () -> {
            int count = 0;
            while (!over.get()) {
                start();
                count++;
            }
            return count;
        };
    }

    private static void start() throws IOException, InterruptedException {
        ProcessStarts.start(new ProcessBuilder("true")).waitFor();
    }

    private GenerationSettings settings(int generation, String transport) {
        return new GenerationSettings(
                generation, place, Mode.listener, false, false, "echo", transport, true, false, null);
    }
}
