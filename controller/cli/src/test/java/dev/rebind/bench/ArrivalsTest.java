package dev.rebind.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ArrivalsTest {
    private static final long FROM = 7_000_000_000L;

    /** So many seconds of requests, one each 100 ms, from half a period after the beginning. */
    private static long[] inTime(int seconds) {
        return LongStream.range(0, seconds * 10L)
                .map(number -> FROM + 50_000_000 + number * 100_000_000)
                .toArray();
    }

    @Test
    @DisplayName("When all requests come when they are due, then nothing is off, and none is late")
    void inTime() {
        var arrivals = new Arrivals(inTime(3), FROM, 3, 10);
        assertThat(arrivals.count()).isEqualTo(30);
        assertThat(arrivals.off()).isZero();
        assertThat(arrivals.offInWorstSecond()).isZero();
        assertThat(arrivals.lateMillis()).containsOnly(0.0).hasSize(30);
    }

    @Test
    @DisplayName("When requests come a second later than due, then the sum is right, and the seconds are not")
    void late() {
        long[] times = inTime(3);
        Arrays.setAll(times, number -> number < 4 ? times[number] + 1_000_000_000 : times[number]);
        var arrivals = new Arrivals(times, FROM, 3, 10);
        assertThat(arrivals.off()).isZero();
        assertThat(arrivals.offInWorstSecond()).isEqualTo(40, within(1e-9));
        double[] late = arrivals.lateMillis();
        assertThat(Arrivals.percentile(late, 50)).isZero();
        assertThat(Arrivals.percentile(late, 80)).isEqualTo(400, within(1e-9));
        assertThat(late[29]).isEqualTo(400, within(1e-9));
        assertThat(late[0]).isZero();
    }

    @Test
    @DisplayName(
            "When requests are missing, then the whole is off by them; what came before or after the time does not count")
    void missing() {
        long[] times = LongStream.concat(Arrays.stream(inTime(2)), LongStream.of(FROM - 1, FROM + 2_000_000_000))
                .skip(5)
                .toArray();
        var arrivals = new Arrivals(times, FROM, 2, 10);
        assertThat(arrivals.count()).isEqualTo(15);
        assertThat(arrivals.off()).isEqualTo(25, within(1e-9));
        assertThat(arrivals.offInWorstSecond()).isEqualTo(50, within(1e-9));
    }

    @Test
    @DisplayName("When nothing came in one of the seconds, then that second is off by all of it")
    void silence() {
        assertThat(new Arrivals(inTime(1), FROM, 2, 10).offInWorstSecond()).isEqualTo(100, within(1e-9));
        assertThat(new Arrivals(new long[0], FROM, 2, 10).off()).isEqualTo(100, within(1e-9));
    }

    @Test
    @DisplayName("Percentiles are by nearest rank")
    void percentiles() {
        double[] sorted = {1, 2, 3, 4};
        assertThat(Arrivals.percentile(sorted, 50)).isEqualTo(2);
        assertThat(Arrivals.percentile(sorted, 99)).isEqualTo(4);
        assertThat(Arrivals.percentile(sorted, 0)).isEqualTo(1);
    }
}
