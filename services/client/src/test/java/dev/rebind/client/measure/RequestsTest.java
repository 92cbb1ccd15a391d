package dev.rebind.client.measure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.child.Moment;
import dev.rebind.client.measure.Requests.Progress;
import dev.rebind.client.protocol.RequestReport;
import dev.rebind.client.protocol.RequestReport.Failure;
import dev.rebind.client.protocol.RequestReport.Failures;
import dev.rebind.client.protocol.RequestReport.Made;
import dev.rebind.client.protocol.RequestReport.Phase;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class RequestsTest {
    private final Moment clock = Moment.now();
    private final Requests requests = new Requests(MeasurementObserver.NONE);

    private void failed(Failure failure, double atMillis) {
        long nanos = clock.nanos() + Math.round(atMillis * 1e6);
        requests.failed(
                failure, Progress.CONNECTING, "x".repeat(1_000), nanos - TimeUnit.MICROSECONDS.toNanos(300), nanos);
    }

    @Test
    @DisplayName("Refusals of one 10 ms are one group, which says when its first was begun and when its last failed")
    void oneGroup() {
        failed(Failure.refused, 0);
        failed(Failure.refused, 4);
        failed(Failure.refused, 9.9);
        failed(Failure.refused, 10);

        RequestReport report = requests.report(clock);
        assertThat(report.failures()).hasSize(2).first().satisfies(group -> {
            assertThat(group.count()).isEqualTo(3);
            assertThat(group.begun()).isEqualTo(group.first().minusNanos(300_000));
            assertThat(group.last()).isEqualTo(group.first().plusNanos(9_900_000));
            assertThat(group.detail()).hasSize(100);
        });
    }

    @Test
    @DisplayName(
            "A minute of 2,000 failures a second of two kinds is counted whole, in groups that are as short as so many can be")
    void manyGroups() {
        for (int each = 0; each < 120_000; each++) {
            failed(each % 2 == 0 ? Failure.reset : Failure.refused, each / 2.0);
        }

        RequestReport report = requests.report(clock);
        assertThat(report.failures()).hasSizeBetween(FailureGroups.MOST / 2, FailureGroups.MOST);
        assertThat(report.failures().stream().mapToLong(Failures::count).sum()).isEqualTo(120_000);
        assertThat(report.failures())
                .allSatisfy(group -> assertThat(Duration.between(group.first(), group.last()))
                        .isLessThan(Duration.ofMillis(640)));
        assertThat(report.failed()).containsEntry(Failure.reset, 60_000L).containsEntry(Failure.refused, 60_000L);
    }

    @Test
    @DisplayName(
            "A failed request says whether its connection is from before the restart, from within it, or from after it")
    void made() {
        long before = System.nanoTime();
        requests.mark(0, null);
        long within = System.nanoTime();
        requests.bound();
        long after = System.nanoTime();

        for (long made : new long[] {before, within, after}) {
            requests.failed(Failure.reset, Progress.connected(made, true), null, made, after);
        }
        requests.failed(Failure.timeout, Progress.WAITING, null, before, after);

        assertThat(requests.report(clock).failures())
                .extracting(Failures::made)
                .containsExactly(Made.before_mark, Made.after_mark, Made.after_bound, Made.never);
        assertThat(requests.report(clock).failures())
                .extracting(Failures::phase)
                .containsExactly(Phase.connected, Phase.connected, Phase.connected, Phase.waiting);
    }

    @Test
    @DisplayName(
            "Requests that are under way at the mark are among those that were sent, as they are answered or fail after it")
    void underWay() {
        requests.sent(0L);
        requests.sent(0L);
        requests.answered(clock.nanos(), clock.nanos());
        requests.mark(1, null);
        failed(Failure.refused, 0);
        requests.sent(0L);

        RequestReport report = requests.report(clock);
        assertThat(report.sent()).isEqualTo(2);
        assertThat(report.answered()).isZero();
        assertThat(report.failed()).containsEntry(Failure.refused, 1L);
    }
}
