package dev.rebind.operator.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.diagnosis.Cause;
import dev.rebind.engine.metrics.ExperimentMeters;
import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.ExperimentStatus.Counts;
import dev.rebind.operator.resource.RebindExperiment;
import dev.rebind.operator.resource.StatusEdit;
import dev.rebind.operator.resource.StatusJson;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.RecordBuilder;
import dev.rebind.record.RecordWriter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A controller that was started anew, and what it knows of experiments that were there before. */
class ExperimentMetricsUpdaterTest {
    private static final ExperimentKey KEY = new ExperimentKey("shop", "restart", "1-1");

    @TempDir
    Path folder;

    private final MeterRegistry registry = new SimpleMeterRegistry();
    private RecordStore store;
    private ExperimentMetricsUpdater observed;

    @BeforeEach
    void begin() {
        store = new RecordStore(folder);
        observed = new ExperimentMetricsUpdater(new ExperimentMeters(registry, 10), store);
    }

    /** Running, with so many cycles counted in its status: those that failed did for time_wait. */
    private static RebindExperiment counted(int bound, int failed, int none) {
        var resource = new RebindExperiment();
        resource.getMetadata().setNamespace(KEY.namespace());
        resource.getMetadata().setName(KEY.name());
        resource.getMetadata().setUid(KEY.uid());
        var counts = new Counts(bound + failed + none, bound, failed, Map.of("time_wait", failed), 0, none, 0);
        resource.setStatus(StatusJson.write(new StatusEdit(ExperimentStatus.NEW, Instant.parse("2026-01-01T00:00:00Z"))
                .started()
                .cycle(counts, "off", "It is so.", 1, List.of())
                .done()));
        return resource;
    }

    private static CycleRecord bound(int cycle) {
        return new RecordBuilder(KEY.name(), cycle).build();
    }

    private static CycleRecord failed(int cycle) {
        return new RecordBuilder(KEY.name(), cycle)
                .failed(1.0, "bind", Cause.time_wait)
                .build();
    }

    private void stored(CycleRecord... records) throws Exception {
        try (RecordWriter writer = store.writer(KEY)) {
            for (CycleRecord record : records) {
                writer.write(record);
            }
        }
    }

    private double cycles(String outcome, String cause) {
        return registry.get("rebind.experiment.cycles")
                .tags("experiment", KEY.name(), "outcome", outcome, "cause", cause)
                .counter()
                .count();
    }

    private void assertCycles(int bound, int failed, int none) {
        assertThat(cycles("bound", "none")).as("bound").isEqualTo(bound);
        assertThat(cycles("failed", "time_wait")).as("failed").isEqualTo(failed);
        assertThat(cycles("none", "none")).as("none").isEqualTo(none);
        double all = registry.get("rebind.experiment.cycles").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
        assertThat(all).isEqualTo(bound + failed + none);
    }

    @Test
    @DisplayName("When it has all records, then they are counted once, though the resource is seen again and again")
    void records() throws Exception {
        stored(bound(1), failed(2), failed(3));
        observed.seen(counted(1, 2, 0));
        observed.seen(counted(1, 2, 0));
        assertCycles(1, 2, 0);
        observed.record(KEY, bound(4));
        assertCycles(2, 2, 0);
    }

    @Test
    @DisplayName(
            "When the last record is not in the status yet, then it counts, and once, though it is handed over again")
    void recordBeforeStatus() throws Exception {
        stored(bound(1), failed(2));
        observed.seen(counted(1, 0, 0));
        assertCycles(1, 1, 0);
        observed.record(KEY, failed(2));
        assertCycles(1, 1, 0);
    }

    @Test
    @DisplayName("When the store was lost, wholly or up to some cycle, then the status says what was before")
    void lost() throws Exception {
        observed.seen(counted(5, 3, 1));
        assertCycles(5, 3, 1);
        observed.record(KEY, failed(10));
        assertCycles(5, 4, 1);
    }

    @Test
    @DisplayName("When the store begins in the middle, then the status makes up for what it has not")
    void partly() throws Exception {
        stored(failed(9), bound(10));
        observed.seen(counted(6, 3, 1));
        assertCycles(6, 3, 1);
        observed.record(KEY, bound(11));
        assertCycles(7, 3, 1);
    }

    @Test
    @DisplayName("When a line of the file is damaged, then no cycle is missing, and none counts twice")
    void damaged() throws Exception {
        stored(bound(1), bound(2));
        Files.writeString(store.file(KEY), "damaged\n", StandardOpenOption.APPEND);
        stored(failed(3));
        observed.seen(counted(2, 1, 0));
        assertCycles(2, 1, 0);
    }

    @Test
    @DisplayName("When it is deleted, then its series go, and not those of another of its name")
    void gone() {
        RebindExperiment before = counted(1, 0, 0);
        RebindExperiment again = counted(2, 0, 0);
        again.getMetadata().setUid("2-2");
        observed.seen(before);
        observed.seen(again);
        observed.gone(before);
        assertCycles(2, 0, 0);
        observed.gone(again);
        assertThat(registry.find("rebind.experiment.cycles").counters()).isEmpty();
    }
}
