package dev.rebind.operator.workload;

import static dev.rebind.operator.workload.FakeNodeAgent.leftover;
import static dev.rebind.operator.workload.FakeNodeAgent.listener;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class OlderSocketsTest {
    private static final Instant STARTED = Instant.parse("2026-01-01T12:00:00Z");
    private static final Duration TIME_WAIT = Duration.ofSeconds(60);

    /** What is known of one socket from a look some time after the start. */
    private static boolean isOlder(Duration after, TcpSocket socket) {
        var seen = new Snapshot(STARTED.plus(after), 0, "/proc/1/net/tcp", List.of(socket));
        return !OlderSockets.than(STARTED, seen, TIME_WAIT).isEmpty();
    }

    private static TcpSocket timeWait(Duration remaining) {
        return leftover(TcpState.TIME_WAIT, 40_001, remaining);
    }

    @Test
    @DisplayName(
            "When its TIME_WAIT began more than a second before the start, then it is older; else that is not certain")
    void tolerance() {
        Duration after = Duration.ofSeconds(10);
        assertThat(isOlder(after, timeWait(Duration.ofMillis(48_990)))).isTrue();
        assertThat(isOlder(after, timeWait(Duration.ofSeconds(49)))).isFalse();
        assertThat(isOlder(after, timeWait(Duration.ofSeconds(50)))).isFalse();
        assertThat(isOlder(after, timeWait(Duration.ofSeconds(55)))).isFalse();
    }

    @Test
    @DisplayName("When it is in another state, or has no timer, then nothing is known of its age")
    void others() {
        Duration after = Duration.ofSeconds(5);
        assertThat(isOlder(after, leftover(TcpState.FIN_WAIT_2, 40_001, Duration.ofSeconds(1))))
                .isFalse();
        assertThat(isOlder(after, listener(1))).isFalse();
        assertThat(isOlder(after, timeWait(Duration.ZERO))).isFalse();
    }
}
