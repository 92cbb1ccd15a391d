package dev.rebind.engine.metrics;

import dev.rebind.record.CycleRecord;
import dev.rebind.record.Totals;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The meters of experiments. Only a limited number of experiments have series, so that new names cannot add series without end. Above the
 * limit, the experiments that ended longest ago lose their series first, then those that began longest ago.
 * {@code rebind_experiment_series_dropped} counts the experiments without series. Safe for several threads; does not block.
 */
public final class ExperimentMeters {
    /** The default number of experiments that have series. Each experiment has about 100. */
    public static final int MOST = 200;

    private final MeterRegistry registry;
    private final int most;
    private final Map<String, ExperimentSeries> shown = new HashMap<>();
    private final Map<String, String> dropped = new HashMap<>();

    /**
     * Creates the meters without any experiment.
     *
     * @param most the largest number of experiments that have series, 1 or more
     */
    public ExperimentMeters(MeterRegistry registry, int most) {
        if (most < 1) {
            throw new IllegalArgumentException("most " + most + " is not 1 or more");
        }
        this.registry = registry;
        this.most = most;
        Gauge.builder("rebind.experiment.series.dropped", this, ExperimentMeters::dropped)
                .description("Experiments that have no series, as there are too many")
                .strongReference(true)
                .register(registry);
    }

    private synchronized int dropped() {
        return dropped.size();
    }

    /** Whether this experiment has been passed to these meters before. If not, the caller passes its stored records and counts first. */
    public synchronized boolean knows(ExperimentLabels subject) {
        ExperimentSeries series = shown.get(key(subject));
        return subject.uid()
                .equals(
                        series == null
                                ? dropped.get(key(subject))
                                : series.subject().uid());
    }

    /** Sets the progress of an experiment. */
    public synchronized void progress(ExperimentLabels subject, ExperimentProgress progress) {
        series(subject).ifPresent(series -> series.progress(progress));
    }

    /** Counts a cycle that is over. In a cluster, a cycle whose number was counted before is ignored. */
    public synchronized void record(ExperimentLabels subject, CycleRecord record) {
        series(subject).ifPresent(series -> series.record(record));
    }

    /**
     * Raises the counters to the totals of an experiment, for a controller that has the experiment's status but not all of its records. A
     * counter that is already greater keeps its value.
     */
    public synchronized void counted(ExperimentLabels subject, Totals totals) {
        series(subject).ifPresent(series -> series.counted(totals));
    }

    /**
     * Adds the time without a listener while the target was restored at the end of the experiment. It counts as downtime.
     *
     * @param without how long the server did not listen
     */
    public synchronized void restored(ExperimentLabels subject, Duration without) {
        series(subject).ifPresent(series -> series.restored(without));
    }

    /** Removes the series of an experiment that was deleted. Series of another experiment with the same name but another uid stay. */
    public synchronized void forget(ExperimentLabels subject) {
        if (knows(subject)) {
            drop(subject);
        }
    }

    private void drop(ExperimentLabels subject) {
        dropped.remove(key(subject));
        ExperimentSeries series = shown.remove(key(subject));
        if (series != null) {
            series.remove();
        }
    }

    private Optional<ExperimentSeries> series(ExperimentLabels subject) {
        String key = key(subject);
        if (!knows(subject)) {
            drop(subject);
            shown.put(key, new ExperimentSeries(subject, registry));
            if (shown.size() > most) {
                dropOne();
            }
        }
        return Optional.ofNullable(shown.get(key));
    }

    private void dropOne() {
        ExperimentLabels last = shown.values().stream()
                .min(Comparator.comparing((ExperimentSeries series) -> !series.isOver())
                        .thenComparing(ExperimentSeries::since))
                .orElseThrow()
                .subject();
        drop(last);
        dropped.put(key(last), last.uid());
    }

    private static String key(ExperimentLabels subject) {
        return subject.namespace() + "/" + subject.name();
    }
}
