package dev.rebind.engine.metrics;

import dev.rebind.diagnosis.Cause;
import dev.rebind.experiment.expect.Outcome;
import dev.rebind.metrics.BindMetrics;
import dev.rebind.metrics.Buckets;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Phase;
import dev.rebind.record.Totals;
import dev.rebind.record.Verdict;
import dev.rebind.record.bind.ReleaseTimes;
import dev.rebind.record.clients.RequestCause;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/** The series of one experiment. One thread at a time updates it; any thread may read the gauges. */
final class ExperimentSeries {
    private static final String NONE = BindMetrics.NONE;
    /** The error of a prediction is measured only if the time of the release is known to within this, in ms. */
    private static final double EXACT_MS = 1_000;

    private final ExperimentLabels subject;
    private final MeterRegistry registry;
    private final Tags tags;
    private final LastLatencies latencies;
    private final Instant heardOf = Instant.now();
    /** The meters of this experiment, which {@link #remove} removes. */
    private final Set<Meter> meters = new HashSet<>();

    private volatile ExperimentProgress progress = new ExperimentProgress(Phase.Pending, null, null, null, null);
    private volatile @Nullable Instant lastCycle;
    private @Nullable Meter info;
    private String mode = NONE;
    private String network = NONE;
    /**
     * The numbers of the cycles that were counted. They can arrive out of order: when a pod is lost in a round, the cycles of the other
     * pods arrive before its own.
     */
    private final BitSet handedOver = new BitSet();

    ExperimentSeries(ExperimentLabels subject, MeterRegistry registry) {
        this.subject = subject;
        this.registry = registry;
        this.tags = Tags.of("namespace", subject.namespace(), "experiment", subject.name());
        this.latencies = new LastLatencies(registry, tags);
        for (Phase phase : Phase.values()) {
            gauge(
                    "rebind.experiment.phase",
                    "Whether this is how far the experiment is: 1 or 0",
                    Tags.of("phase", phase.name()),
                    now -> now.phase() == phase ? 1.0 : 0.0);
        }
        for (Verdict verdict : Verdict.values()) {
            gauge(
                    "rebind.experiment.verdict",
                    "Whether this is how the experiment went, once it is over: 1 or 0",
                    Tags.of("verdict", verdict.name()),
                    now -> now.verdict() == verdict ? 1.0 : 0.0);
        }
        cycles(Outcome.bound.name(), NONE);
        cycles(NONE, NONE);
        for (Cause cause : Cause.values()) {
            cycles(Outcome.failed.name(), cause.name());
        }
        for (RequestCause cause : RequestCause.values()) {
            failedRequests(cause.name());
        }
        inconclusive();
        for (Verdict verdict : Verdict.values()) {
            verdicts(verdict);
        }
        restartToBound();
        downtime();
        outages();
        releaseError();
        about(NONE, NONE);
    }

    ExperimentLabels subject() {
        return subject;
    }

    boolean isOver() {
        return progress.phase().isOver();
    }

    /** When the experiment ended, or else when it began. If neither is known, when these series were created. */
    Instant since() {
        ExperimentProgress now = progress;
        return now.completedAt() != null ? now.completedAt() : now.startedAt() != null ? now.startedAt() : heardOf;
    }

    void progress(ExperimentProgress now) {
        progress = now;
        if (now.startedAt() != null) {
            time(
                    "rebind.experiment.start.timestamp",
                    "When the experiment began, in Unix time",
                    () -> progress.startedAt());
        }
        if (now.completedAt() != null) {
            time(
                    "rebind.experiment.completion.timestamp",
                    "When the experiment ended, in Unix time",
                    () -> progress.completedAt());
        }
        if (now.mode() != null) {
            about(now.mode(), network);
        }
    }

    void record(CycleRecord record) {
        if (handedOver.get(record.cycle()) && !subject.namespace().isEmpty()) {
            return;
        }
        handedOver.set(record.cycle());
        about(
                record.restart(),
                record.cluster() == null || record.cluster().network() == null
                        ? network
                        : record.cluster().network());
        each(Totals.of(record), Counter::increment);
        record.stopToBound().ifPresent(took -> observe(restartToBound(), took));
        observe(downtime(), record.downtimeMs());
        Double outages = record.downtimeTotalMs() == null ? record.downtimeMs() : record.downtimeTotalMs();
        outages().increment(outages == null ? 0 : Math.max(0, outages) / 1e3);
        meters.addAll(latencies.record(
                record.clients() == null ? null : record.clients().requests()));
        observe(releaseError(), error(record.release()));
        if (record.cluster() != null && record.cluster().containerStartMs() != null) {
            observe(backoff(), record.cluster().containerStartMs());
        }
        Instant at = record.boundAt() != null
                ? record.boundAt()
                : record.failedAt() != null ? record.failedAt() : record.stoppedAt();
        if (at != null) {
            lastCycle = at;
            time(
                    "rebind.experiment.last.cycle.timestamp",
                    "When the server was last bound, or last failed to be, in Unix time",
                    () -> lastCycle);
        }
    }

    void restored(Duration without) {
        observe(downtime(), without);
        outages().increment(without.toNanos() / 1e9);
    }

    void counted(Totals totals) {
        each(totals, ExperimentSeries::atLeast);
        if (handedOver.cardinality() < totals.cycles()) {
            // The totals do not name the cycles. In most cases they are the first ones.
            handedOver.set(1, totals.cycles() + 1);
        }
    }

    /** Calls {@code counted} for each counter, with the counter's part of the totals. */
    private void each(Totals totals, ObjLongConsumer<Counter> counted) {
        counted.accept(cycles(Outcome.bound.name(), NONE), totals.bound());
        counted.accept(cycles(NONE, NONE), totals.withoutBind());
        for (Cause cause : Cause.values()) {
            counted.accept(
                    cycles(Outcome.failed.name(), cause.name()),
                    totals.failedByCause().getOrDefault(cause.name(), 0));
        }
        counted.accept(inconclusive(), totals.count(Verdict.Inconclusive));
        for (Verdict verdict : Verdict.values()) {
            counted.accept(verdicts(verdict), totals.count(verdict));
        }
        totals.requests().failedByCause().forEach((cause, count) -> counted.accept(failedRequests(cause), count));
    }

    private static void atLeast(Counter counter, long count) {
        counter.increment(Math.max(0, count - counter.count()));
    }

    void remove() {
        meters.forEach(registry::remove);
        meters.clear();
    }

    /**
     * Returns the difference between the predicted and the measured release of the port, in ms; null if either is not known well enough. If
     * the prediction was a window without a moment, returns how far outside the window the release was.
     */
    private static @Nullable Double error(@Nullable ReleaseTimes release) {
        if (release == null
                || release.earliestMs() == null
                || release.latestMs() == null
                || release.actualMs() == null
                || release.lastFailedMs() == null
                || release.actualMs() - release.lastFailedMs() > EXACT_MS) {
            return null;
        }
        double earliest = release.predictedMs() == null ? release.earliestMs() : release.predictedMs();
        double latest = release.predictedMs() == null ? release.latestMs() : release.predictedMs();
        return Math.max(0, Math.max(release.lastFailedMs() - latest, earliest - release.actualMs()));
    }

    private static void observe(Timer timer, @Nullable Double millis) {
        if (millis != null) {
            observe(timer, Duration.ofNanos(Math.round(millis * 1e6)));
        }
    }

    private static void observe(Timer timer, Duration duration) {
        // The duration is negative if the wall clock was set in between.
        if (!duration.isNegative()) {
            timer.record(duration);
        }
    }

    private void about(String newMode, String newNetwork) {
        if (info != null && newMode.equals(mode) && newNetwork.equals(network)) {
            return;
        }
        if (info != null) {
            meters.remove(info);
            registry.remove(info);
        }
        mode = newMode;
        network = newNetwork;
        info = keep(Gauge.builder("rebind.experiment.info", () -> 1)
                .description(
                        "What the experiment is: how the server is restarted, and the network that it is on; always 1")
                .tags(tags.and("mode", mode, "network", network))
                .register(registry));
    }

    private void gauge(String name, String description, Tags more, Function<ExperimentProgress, Double> figure) {
        keep(Gauge.builder(name, this, series -> figure.apply(series.progress))
                .description(description)
                .tags(tags.and(more))
                .register(registry));
    }

    private void time(String name, String description, java.util.function.Supplier<@Nullable Instant> at) {
        keep(Gauge.builder(name, at, ExperimentSeries::seconds)
                .description(description)
                .baseUnit("seconds")
                .tags(tags)
                .strongReference(true)
                .register(registry));
    }

    private static double seconds(java.util.function.Supplier<@Nullable Instant> at) {
        Instant instant = at.get();
        return instant == null ? Double.NaN : instant.toEpochMilli() / 1e3;
    }

    private Counter cycles(String outcome, String cause) {
        return keep(Counter.builder("rebind.experiment.cycles")
                .description(
                        "Cycles of the experiment by what came of the new server's first bind; none: it came to no bind")
                .tags(tags.and("outcome", outcome, "cause", cause))
                .register(registry));
    }

    private Counter failedRequests(String cause) {
        return keep(Counter.builder("rebind.experiment.failed.requests")
                .description(
                        "Clients' requests that failed from the order to stop until they were served again, by cause")
                .tags(tags.and("cause", cause))
                .register(registry));
    }

    private Counter inconclusive() {
        return keep(Counter.builder("rebind.experiment.inconclusive.cycles")
                .description("Cycles that did not leave on the port what they were meant to test")
                .tags(tags)
                .register(registry));
    }

    private Counter verdicts(Verdict verdict) {
        return keep(Counter.builder("rebind.experiment.cycle.verdicts")
                .description(
                        "Cycles by verdict: Pass is as the experiment expects it, a failed bind that it asks for included")
                .tags(tags.and("verdict", verdict.name()))
                .register(registry));
    }

    private Timer restartToBound() {
        return timer(
                "rebind.experiment.restart.to.bound",
                "From the order to stop the old server until the new one was bound",
                Buckets.outages());
    }

    private Timer downtime() {
        return timer(
                "rebind.experiment.downtime",
                "Time without service: as clients saw it, from the last good answer to the first, and until the server"
                        + " listened again when the target was given back",
                Buckets.outages());
    }

    private Counter outages() {
        return keep(Counter.builder("rebind.experiment.outage")
                .description(
                        "Time without service, all times of all cycles together: those that rebind_experiment_downtime_seconds has are the"
                                + " longest of each cycle")
                .baseUnit("seconds")
                .tags(tags)
                .register(registry));
    }

    private Timer backoff() {
        return timer(
                "rebind.experiment.backoff.wait",
                "From the order to end a container until the next one answered: the kubelet's time, not the port's",
                Buckets.waits());
    }

    private Timer releaseError() {
        return timer(
                "rebind.experiment.release.error",
                "Between the predicted and the actual release of the port; where a window was predicted, how far outside of it",
                Buckets.errors());
    }

    private Timer timer(String name, String description, Duration[] buckets) {
        return keep(Timer.builder(name)
                .description(description)
                .tags(tags)
                .serviceLevelObjectives(buckets)
                .register(registry));
    }

    private <M extends Meter> M keep(M meter) {
        meters.add(meter);
        return meter;
    }
}
