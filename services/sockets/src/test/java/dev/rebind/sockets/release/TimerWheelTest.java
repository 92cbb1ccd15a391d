package dev.rebind.sockets.release;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimerWheelTest {
    @ParameterizedTest
    @CsvSource({
        // The table at the head of kernel/time/timer.c: where each level starts.
        "0, 0",
        "62, 0",
        "63, 1",
        "503, 1",
        "504, 2",
        "4031, 2",
        "4032, 3",
        "32255, 3",
        "32256, 4",
        "258047, 4",
        "258048, 5",
        "2064383, 5",
        "2064384, 6",
        // 60 s at HZ = 100, 250, 300 and 1000.
        "6000, 3",
        "15000, 3",
        "18000, 3",
        "60000, 4"
    })
    @DisplayName("When a timer is set so many ticks ahead, then it goes to this level")
    void levels(long ticks, int level) {
        assertThat(TimerWheel.level(ticks)).isEqualTo(level);
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 1", "7, 1, 8", "8, 1, 16", "15000, 3, 15360", "15359, 3, 15360", "15360, 3, 15872"})
    @DisplayName(
            "When a timer ends nominally at a tick, then it fires at the next point of its level's grid, never at that tick")
    void fires(long expires, int level, long tick) {
        assertThat(TimerWheel.fires(expires, level)).isEqualTo(tick);
    }
}
