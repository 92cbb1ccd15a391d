package dev.rebind.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.Agent.Place;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ListenerGapsTest {
    private static final int PORT = 8080;

    private final ListenerGaps gaps = new ListenerGaps(PORT);

    private void saw(long millis, int... ports) {
        List<TcpSocket> listeners = Arrays.stream(ports)
                .mapToObj(port -> FakeAgent.socket(new Place("127.0.0.1", port), TcpState.LISTEN))
                .toList();
        gaps.saw(new Snapshot(Instant.EPOCH, millis * 1_000_000, "made up", listeners));
    }

    private long draining(long told, long ended, long bound) {
        return gaps.draining(told * 1_000_000, ended * 1_000_000, bound * 1_000_000)
                .toMillis();
    }

    @Test
    @DisplayName("When the old server stops listening and runs on, then that counts until the new one is bound")
    void untilBound() {
        saw(10, PORT, 9090);
        saw(100, 9090);
        saw(150, 9090);
        saw(5_900, PORT);

        assertThat(draining(50, 5_000, 5_800)).isEqualTo(5_700);
        assertThat(draining(50, 5_000, 5_950))
                .as("a look shows the new one first")
                .isEqualTo(5_800);
    }

    @Test
    @DisplayName("When it ends as it stops listening, then it does not drain, however long the new one takes")
    void endsAtOnce() {
        saw(10, PORT);
        saw(100);
        saw(60_000, PORT);

        assertThat(draining(50, 120, 60_000)).isZero();
    }

    @Test
    @DisplayName("When it listens again before it ends, then only the time until then counts")
    void listensAgain() {
        saw(10, PORT);
        saw(100);
        saw(500, PORT);
        saw(4_100);
        saw(5_000, PORT);

        assertThat(draining(50, 4_090, 5_000)).isEqualTo(400);
    }

    @Test
    @DisplayName(
            "When a listener was there at every look, then nothing is said; what was before the order does not count")
    void always() {
        saw(0);
        saw(20, PORT);
        saw(900, PORT);

        assertThat(draining(10, 800, 900)).isZero();
    }

    @Test
    @DisplayName("When listeners cannot be read, or the same look is told again later, then it shows nothing new")
    void noLook() {
        saw(20, PORT);
        gaps.saw(new Reading.Unreadable("sockets", "made up"));
        saw(20);

        assertThat(draining(10, 800, 900)).isZero();
    }
}
