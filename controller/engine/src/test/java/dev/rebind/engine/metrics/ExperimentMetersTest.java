package dev.rebind.engine.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.diagnosis.Cause;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.CycleRecord.Verdict;
import dev.rebind.record.Phase;
import dev.rebind.record.RecordBuilder;
import dev.rebind.record.Totals;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ExperimentMetersTest {
    private static final Instant START = Instant.parse("2026-11-22T21:00:00Z");

    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final ExperimentMeters meters = new ExperimentMeters(registry, 3);
    private final ExperimentLabels shop = new ExperimentLabels("shop", "rolling", "u1");

    private static ExperimentProgress running(Instant at) {
        return new ExperimentProgress(Phase.Running, null, "process", at, null);
    }

    private static ExperimentProgress over(Instant at) {
        return new ExperimentProgress(Phase.Completed, Verdict.Fail, "process", START, at);
    }

    private static CycleRecord failed(int cycle) {
        return new RecordBuilder("rolling", cycle)
                .failed(1.0, "bind", Cause.time_wait)
                .build();
    }

    private double cycles(String outcome, String cause) {
        return registry.get("rebind.experiment.cycles")
                .tags("experiment", "rolling", "outcome", outcome, "cause", cause)
                .counter()
                .count();
    }

    private Set<String> experiments() {
        return registry.getMeters().stream()
                .map(meter -> meter.getId().getTag("experiment"))
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
    }

    @Test
    @DisplayName("of the phases one is 1, and of the verdicts at most one")
    void phases() {
        meters.progress(shop, running(START));
        for (Phase phase : Phase.values()) {
            assertThat(registry.get("rebind.experiment.phase")
                            .tag("phase", phase.name())
                            .gauge()
                            .value())
                    .isEqualTo(phase == Phase.Running ? 1 : 0);
        }
        assertThat(registry.get("rebind.experiment.verdict").gauges())
                .hasSize(4)
                .allMatch(gauge -> gauge.value() == 0);
        assertThat(registry.find("rebind.experiment.completion.timestamp").gauges())
                .isEmpty();
        meters.progress(shop, over(START.plusSeconds(60)));
        assertThat(registry.get("rebind.experiment.verdict")
                        .tag("verdict", "Fail")
                        .gauge()
                        .value())
                .isEqualTo(1);
        assertThat(registry.get("rebind.experiment.completion.timestamp")
                        .gauge()
                        .value())
                .isEqualTo((double) START.plusSeconds(60).getEpochSecond());
        assertThat(registry.get("rebind.experiment.info")
                        .tags("mode", "process", "network", "none")
                        .gauge()
                        .value())
                .isEqualTo(1);
    }

    @Test
    @DisplayName("a record counts once, though it is handed over again by who goes on with the experiment")
    void once() {
        meters.record(shop, failed(1));
        meters.record(shop, new RecordBuilder("rolling", 2).build());
        meters.record(shop, new RecordBuilder("rolling", 2).build());
        assertThat(cycles("failed", "time_wait")).isEqualTo(1);
        assertThat(cycles("bound", "none")).isEqualTo(1);
        assertThat(cycles("failed", "fin_wait2")).isZero();
    }

    @Test
    @DisplayName("without its records an experiment is counted by its status, and goes on from there")
    void fromStatus() {
        meters.counted(
                shop, new Totals(6, 3, 2, Map.of("time_wait", 2), Map.of(Verdict.Pass, 5, Verdict.Inconclusive, 1)));
        meters.record(shop, failed(6));
        meters.record(shop, failed(7));
        assertThat(cycles("bound", "none")).isEqualTo(3);
        assertThat(cycles("failed", "time_wait")).isEqualTo(3);
        assertThat(cycles("none", "none")).isEqualTo(1);
        assertThat(registry.get("rebind.experiment.inconclusive.cycles")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    @DisplayName("another experiment of the same name begins at zero")
    void sameName() {
        meters.record(shop, failed(1));
        var again = new ExperimentLabels("shop", "rolling", "u2");
        assertThat(meters.knows(shop)).isTrue();
        assertThat(meters.knows(again)).isFalse();
        meters.progress(again, running(START));
        assertThat(cycles("failed", "time_wait")).isZero();
    }

    @Test
    @DisplayName(
            "series are bounded: the experiment that ended longest ago goes first, and one that is gone leaves none")
    void bounded() {
        for (int i = 1; i <= 3; i++) {
            meters.progress(new ExperimentLabels("shop", "over-" + i, "u"), over(START.plusSeconds(i)));
        }
        int series = registry.getMeters().size();
        meters.progress(shop, running(START));
        assertThat(experiments()).containsExactlyInAnyOrder("rolling", "over-2", "over-3");
        assertThat(registry.get("rebind.experiment.series.dropped").gauge().value())
                .isEqualTo(1);
        for (int i = 4; i <= 100; i++) {
            meters.progress(new ExperimentLabels("shop", "over-" + i, "u"), over(START.plusSeconds(i)));
        }
        assertThat(experiments()).containsExactlyInAnyOrder("rolling", "over-99", "over-100");
        assertThat(registry.getMeters().size()).isLessThanOrEqualTo(series);
        meters.record(new ExperimentLabels("shop", "over-1", "u"), failed(1));
        assertThat(experiments()).doesNotContain("over-1");
        meters.forget(shop);
        assertThat(experiments()).doesNotContain("rolling");
    }
}
