package dev.rebind.client.measure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.child.Moment;
import dev.rebind.client.protocol.RequestReport;
import dev.rebind.client.protocol.RequestReport.Failure;
import dev.rebind.client.protocol.RequestReport.Failures;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class RequestsTest {
    private final Moment clock = Moment.now();
    private final Requests requests = new Requests(Observer.NONE);

    private void failed(Failure failure, long atMillis) {
        requests.failed(
                failure, false, "x".repeat(1_000), clock.nanos() + TimeUnit.MILLISECONDS.toNanos(atMillis), clock);
    }

    @Test
    @DisplayName("Refusals of a minute are one group, with the times of the first and of the last")
    void oneGroup() {
        for (int each = 0; each < 6_000; each++) {
            failed(Failure.refused, 10L * each);
        }

        RequestReport report = requests.report();
        assertThat(report.failures()).singleElement().satisfies(group -> {
            assertThat(group.count()).isEqualTo(6_000);
            assertThat(group.last()).isEqualTo(group.first().plusMillis(59_990));
        });
    }

    @Test
    @DisplayName("Failures of ever another kind are counted all, in groups of which there are not many")
    void manyGroups() {
        for (int each = 0; each < 20_000; each++) {
            failed(each % 2 == 0 ? Failure.reset : Failure.timeout, each);
        }

        RequestReport report = requests.report();
        assertThat(report.failures()).hasSize(Requests.GROUPS);
        assertThat(report.failures().stream().mapToLong(Failures::count).sum() + report.ungrouped())
                .isEqualTo(20_000);
        assertThat(report.failures())
                .allSatisfy(group -> assertThat(group.detail()).hasSize(100));
        assertThat(report.failed()).containsEntry(Failure.reset, 10_000L).containsEntry(Failure.timeout, 10_000L);
    }
}
