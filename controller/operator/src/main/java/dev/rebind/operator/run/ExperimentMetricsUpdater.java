package dev.rebind.operator.run;

import dev.rebind.engine.metrics.ExperimentLabels;
import dev.rebind.engine.metrics.ExperimentMeters;
import dev.rebind.engine.metrics.ExperimentProgress;
import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.RebindExperiment;
import dev.rebind.operator.resource.Statuses;
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
 * Tells the meters of the experiments of a cluster. What was before this controller is taken from the stored records, and
 * what is missing there, as the store ended with a pod or has a damaged file, from the status: a restart of the
 * controller makes no count smaller. Safe for several threads.
 */
public final class ExperimentMetricsUpdater {
    private static final Logger LOG = LoggerFactory.getLogger(ExperimentMetricsUpdater.class);

    private final ExperimentMeters meters;
    private final RecordStore records;

    public ExperimentMetricsUpdater(ExperimentMeters meters, RecordStore records) {
        this.meters = meters;
        this.records = records;
    }

    /** An experiment that is there, whoever works on it: what happened to it before is counted, once. */
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
        Long restoring = Statuses.of(resource).restoringMs();
        if (restoring != null && restoring > 0) {
            meters.restored(subject, Duration.ofMillis(restoring));
        }
    }

    /** It has counted so many cycles by now, those too that were counted after ones with greater numbers. */
    void counted(RebindExperiment resource) {
        meters.counted(
                subject(ExperimentKey.of(resource)),
                Statuses.of(resource).cycles().totals());
    }

    /** It has this status now. */
    public void status(RebindExperiment resource) {
        ExperimentStatus status = Statuses.of(resource);
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

    /** Its target was given back, and its server did not listen for so long meanwhile. */
    void restored(ExperimentKey experiment, Duration without) {
        meters.restored(subject(experiment), without);
    }

    /** It was deleted. */
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
