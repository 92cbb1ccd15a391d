package dev.rebind.operator.run;

import dev.rebind.experiment.expect.Outcome;
import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.StatusEdit;
import dev.rebind.operator.run.StatusStore.LostException;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.RecordWriter;
import dev.rebind.record.RecordingException;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores the record of a cycle and then counts the cycle in the status. If a controller dies between the two steps, the
 * next controller finds the record and counts it. Only one thread may use it.
 */
final class CycleCounter {
    private static final Logger LOG = LoggerFactory.getLogger(CycleCounter.class);

    private final ExperimentKey key;
    private final StatusStore statuses;
    private final ExperimentMetricsUpdater observed;
    private final EventPublisher events;
    private final RunProgress progress;

    CycleCounter(
            ExperimentKey key,
            StatusStore statuses,
            ExperimentMetricsUpdater observed,
            EventPublisher events,
            RunProgress progress) {
        this.key = key;
        this.statuses = statuses;
        this.observed = observed;
        this.events = events;
        this.progress = progress;
    }

    /** Counts the records that an earlier controller stored and did not count. */
    void adopt(List<CycleRecord> stored) throws LostException, InterruptedException {
        for (CycleRecord record : stored) {
            if (!CountedCycles.of(statuses.status()).has(record.cycle())) {
                LOG.info("{}: cycle {} was recorded and not counted; counting it", key, record.cycle());
                Integer generations = statuses.status().generations();
                count(record, generations == null ? 0 : generations);
            }
        }
    }

    /**
     * Stores the records of cycles and counts them. If the thread is interrupted meanwhile, the method still stores and
     * counts all records before it throws {@link InterruptedException}.
     *
     * @param generations the highest number that a generation had
     */
    void keep(List<CycleRecord> fresh, int generations, RecordWriter writer)
            throws RecordingException, LostException, InterruptedException {
        InterruptedException ended = null;
        for (CycleRecord record : fresh) {
            writer.write(record);
            progress.between();
            try {
                count(record, generations);
            } catch (InterruptedException e) {
                ended = e;
                if (!statuses.writeOnce(counting(record, generations))) {
                    // The record is stored, so the controller that continues this experiment counts it.
                    throw e;
                }
            }
            notice(record);
        }
        if (ended != null) {
            throw ended;
        }
    }

    private void count(CycleRecord record, int generations) throws LostException, InterruptedException {
        observed.record(key, record);
        statuses.write(counting(record, generations));
        observed.counted(statuses.resource());
    }

    /** Returns the status with this cycle counted. */
    private ExperimentStatus counting(CycleRecord record, int generations) {
        return new StatusEdit(statuses.status(), Instant.now())
                .cycle(record, generations)
                .done();
    }

    private void notice(CycleRecord record) {
        if (record.outcome() == Outcome.failed) {
            events.warning(
                    "BindFailed",
                    "cause " + record.cause()
                            + (record.reuse() == null ? "" : " with SO_REUSEADDR " + record.reuseText()));
        }
    }
}
