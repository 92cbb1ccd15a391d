package dev.rebind.operator.run;

import dev.rebind.engine.metrics.ExperimentLabels;
import dev.rebind.engine.metrics.ExperimentMeters;
import dev.rebind.engine.metrics.ExperimentProgress;
import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.RebindExperiment;
import dev.rebind.operator.resource.StatusJson;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.RecordReader;
import dev.rebind.record.RecordingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Updates the meters from the experiments of a cluster. The cycles from before this controller started are counted from
 * the stored records. If records are missing, because the store was deleted with its pod or a file is damaged, the
 * totals of the status fill the gap. So a restart of the controller makes no count smaller. Safe for several threads.
 */
public final class ExperimentMetricsUpdater {
    private static final Logger LOG = LoggerFactory.getLogger(ExperimentMetricsUpdater.class);

    private final ExperimentMeters meters;
    private final RecordStore records;

    public ExperimentMetricsUpdater(ExperimentMeters meters, RecordStore records) {
        this.meters = meters;
        this.records = records;
    }

    /** Counts the earlier cycles of an existing experiment, whichever controller ran them. Counts them only once. */
    public void seen(RebindExperiment resource) {
        ExperimentLabels subject = subject(ExperimentKey.of(resource));
        if (meters.knows(subject)) {
            return;
        }
        status(resource);
        Path file = records.file(ExperimentKey.of(resource));
        try {
            if (Files.exists(file)) {
                var _ = RecordReader.forEach(file, record -> meters.record(subject, record));
            }
        } catch (RecordingException e) {
            LOG.warn("{}: not all of its records are in /metrics: {}", ExperimentKey.of(resource), e.getMessage());
        }
        counted(resource);
        Long restoring = StatusJson.of(resource).restoringMs();
        if (restoring != null && restoring > 0) {
            meters.restored(subject, Duration.ofMillis(restoring));
        }
    }

    /** Counts the cycles of the experiment up to now, including those that were counted after cycles with greater numbers. */
    void counted(RebindExperiment resource) {
        meters.counted(
                subject(ExperimentKey.of(resource)), StatusJson.of(resource).totals());
    }

    /** Updates the experiment's phase, verdict, mode and times from its status. */
    public void status(RebindExperiment resource) {
        ExperimentStatus status = StatusJson.of(resource);
        meters.progress(
                subject(ExperimentKey.of(resource)),
                new ExperimentProgress(
                        status.phase(),
                        status.verdict(),
                        status.mode(),
                        instant(status.startedAt()),
                        instant(status.completedAt())));
    }

    void record(ExperimentKey experiment, CycleRecord record) {
        meters.record(subject(experiment), record);
    }

    /** Counts a target that was given back, and how long its server did not listen meanwhile. */
    void restored(ExperimentKey experiment, Duration without) {
        meters.restored(subject(experiment), without);
    }

    /** Removes the series of a deleted experiment. */
    public void gone(RebindExperiment resource) {
        meters.forget(subject(ExperimentKey.of(resource)));
    }

    private static ExperimentLabels subject(ExperimentKey key) {
        return new ExperimentLabels(key.namespace(), key.name(), key.uid());
    }

    private static @Nullable Instant instant(@Nullable String text) {
        return text == null ? null : Instant.parse(text);
    }
}
