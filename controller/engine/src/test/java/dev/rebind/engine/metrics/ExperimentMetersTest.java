package dev.rebind.engine.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rebind.diagnosis.Cause;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Json;
import dev.rebind.record.Phase;
import dev.rebind.record.RecordBuilder;
import dev.rebind.record.Totals;
import dev.rebind.record.Verdict;
import dev.rebind.record.bind.ReleaseTimes;
import dev.rebind.record.clients.RequestTotals;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
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
    @DisplayName("a record whose pod was lost at first counts too, though records with greater numbers came before it")
    void later() {
        int counted = 0;
        for (int cycle : List.of(2, 3, 1, 4)) {
            meters.record(shop, failed(cycle));
            counted++;
            meters.counted(shop, new Totals(counted, 0, 0, Map.of(), Map.of(), RequestTotals.NONE));
        }
        meters.record(shop, failed(1));
        assertThat(cycles("failed", "time_wait")).isEqualTo(4);
    }

    @Test
    @DisplayName("the time without a server while the target was given back is time without service")
    void restored() {
        meters.restored(shop, Duration.ofMillis(77_600));
        assertThat(registry.get("rebind.experiment.downtime").timer().totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(77_600);
    }

    @Test
    @DisplayName("without its records an experiment is counted by its status, and goes on from there")
    void fromStatus() {
        meters.counted(
                shop,
                new Totals(
                        6,
                        3,
                        2,
                        Map.of("time_wait", 2),
                        Map.of(Verdict.Pass, 5, Verdict.Inconclusive, 1),
                        new RequestTotals(90, 80, Map.of("refused_while_nobody_listened", 10L))));
        meters.record(shop, failed(6));
        meters.record(shop, failed(7));
        assertThat(cycles("bound", "none")).isEqualTo(3);
        assertThat(cycles("failed", "time_wait")).isEqualTo(3);
        assertThat(cycles("none", "none")).isEqualTo(1);
        assertThat(registry.get("rebind.experiment.failed.requests")
                        .tags("experiment", "rolling", "cause", "refused_while_nobody_listened")
                        .counter()
                        .count())
                .isEqualTo(10);
        assertThat(registry.get("rebind.experiment.inconclusive.cycles")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    private double verdicts(Verdict verdict) {
        return registry.get("rebind.experiment.cycle.verdicts")
                .tags("experiment", "rolling", "verdict", verdict.name())
                .counter()
                .count();
    }

    @Test
    @DisplayName("cycles are counted by verdict, and a bind that failed as expected is no Fail")
    void verdicts() {
        meters.progress(shop, running(START));
        assertThat(verdicts(Verdict.Fail)).isZero();
        meters.record(shop, failed(1));
        assertThat(failed(1).verdict()).isEqualTo(Verdict.Pass);
        assertThat(verdicts(Verdict.Pass)).isEqualTo(1);
        meters.counted(
                shop,
                new Totals(
                        4, 0, 2, Map.of("time_wait", 2), Map.of(Verdict.Pass, 1, Verdict.Fail, 3), RequestTotals.NONE));
        assertThat(verdicts(Verdict.Pass)).isEqualTo(1);
        assertThat(verdicts(Verdict.Fail)).isEqualTo(3);
        assertThat(verdicts(Verdict.Error)).isZero();
    }

    private double errors() {
        return registry.get("rebind.experiment.release.error").timer().count();
    }

    private static CycleRecord released(
            @Nullable Double predictedMs, @Nullable Double actualMs, @Nullable Double lastFailedMs) {
        ObjectNode json = Json.mapper().valueToTree(failed(1));
        json.set(
                "release",
                Json.mapper()
                        .valueToTree(new ReleaseTimes(57_700.0, 59_800.0, predictedMs, actualMs, lastFailedMs, null)));
        return Json.mapper().convertValue(json, CycleRecord.class);
    }

    @Test
    @DisplayName(
            "a release counts by how far it was from its moment, or outside of its window where none was predicted")
    void releaseError() {
        meters.record(shop, released(null, 59_990.0, null));
        assertThat(errors()).as("nobody knows when it was released").isZero();
        var local = ExperimentLabels.local("windows");
        meters.record(local, released(null, 59_990.0, 59_000.0));
        meters.record(local, released(null, 60_500.0, 59_900.0));
        meters.record(local, released(58_000.0, 58_400.0, 58_300.0));
        Timer timer = registry.get("rebind.experiment.release.error")
                .tag("experiment", "windows")
                .timer();
        assertThat(timer.count()).isEqualTo(3);
        assertThat(timer.totalTime(TimeUnit.MILLISECONDS)).isCloseTo(0 + 100 + 300, within(1e-6));
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
