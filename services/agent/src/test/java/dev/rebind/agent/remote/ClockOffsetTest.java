package dev.rebind.agent.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ClockOffsetTest {
    private final AtomicLong here = new AtomicLong(1_000);

    /** Asks a clock that is 5,000 ahead; the way there and the way back take so long. */
    private ClockOffset measured(long[]... ways) throws Exception {
        Queue<long[]> rounds = new ArrayDeque<>();
        for (int round = 0; round < ClockOffset.ROUNDS; round++) {
            rounds.add(ways[round % ways.length]);
        }
        return ClockOffset.measure(here::get, () -> {
            long[] way = rounds.remove();
            long there = here.addAndGet(way[0]) + 5_000;
            here.addAndGet(way[1]);
            return there;
        });
    }

    @Test
    @DisplayName("the shortest round trip wins, and half of it bounds the error however uneven its ways are")
    void shortest() throws Exception {
        ClockOffset offset = measured(new long[] {900, 100}, new long[] {40, 0}, new long[] {0, 300});
        assertThat(offset.errorNanos()).isEqualTo(21);
        assertThat(offset.nanos()).isBetween(5_000 - 21L, 5_000 + 21L);
    }

    @Test
    @DisplayName("a time that went there and came back is the same")
    void bothWays() throws Exception {
        ClockOffset offset = measured(new long[] {7, 3});
        assertThat(offset.toHere(offset.toAgent(42))).isEqualTo(42);
        assertThat(offset.toAgent(0)).isBetween(4_994L, 5_006L);
    }
}
