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
 * The meters of experiments. So that their names cannot make more and more series, only so many experiments have some:
 * when there are more, those that ended longest ago go first, then those that began longest ago, and {@code
 * rebind_experiment_series_dropped} says how many have none. Safe for several threads; does not block.
 */
public final class ExperimentMeters {
    /** So many experiments have series unless told otherwise: about 100 each. */
    public static final int MOST = 200;

    private final MeterRegistry registry;
    private final int most;
    private final Map<String, ExperimentSeries> shown = new HashMap<>();
    private final Map<String, String> dropped = new HashMap<>();

    /** @param most how many experiments have series, 1 or more */
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

    /** Whether it was heard of before; when not, what is stored of it is to be handed over. */
    public synchronized boolean knows(ExperimentLabels subject) {
        ExperimentSeries series = shown.get(key(subject));
        return subject.uid()
                .equals(
                        series == null
                                ? dropped.get(key(subject))
                                : series.subject().uid());
    }

    /** It is so far now. */
    public synchronized void progress(ExperimentLabels subject, ExperimentProgress progress) {
        series(subject).ifPresent(series -> series.progress(progress));
    }

    /** One of its cycles is over. In a cluster, one that was handed over before, by its number, does not count again. */
    public synchronized void record(ExperimentLabels subject, CycleRecord record) {
        series(subject).ifPresent(series -> series.record(record));
    }

    /**
     * Its cycles by what came of them, for a controller that has its status and not all of its records. A count that is
     * greater already stays.
     */
    public synchronized void counted(ExperimentLabels subject, Totals totals) {
        series(subject).ifPresent(series -> series.counted(totals));
    }

    /** Its target was given back, and its server did not listen for so long meanwhile: time without service as well. */
    public synchronized void restored(ExperimentLabels subject, Duration without) {
        series(subject).ifPresent(series -> series.restored(without));
    }

    /** It is gone, and its series with it; not those of another of its name. */
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
