package dev.rebind.engine.metrics;

import dev.rebind.record.clients.RequestView;
import dev.rebind.record.clients.RequestView.Latency;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The latencies of the last cycle whose clients sent requests. They are gauges, because a record has quantiles only, and no histogram can
 * be made from quantiles. The agent that runs the clients has a histogram, {@code rebind_client_round_trip_seconds}.
 */
final class LastLatencies {
    private final MeterRegistry registry;
    private final Tags tags;
    private volatile @Nullable RequestView last;

    LastLatencies(MeterRegistry registry, Tags tags) {
        this.registry = registry;
        this.tags = tags;
    }

    /**
     * Takes the latencies of a cycle; null leaves them unchanged.
     *
     * @return the meters that are registered for these latencies; empty if there are no requests
     */
    List<Meter> record(@Nullable RequestView requests) {
        if (requests == null) {
            return List.of();
        }
        last = requests;
        var meters = new ArrayList<Meter>();
        meters.addAll(gauges("before", RequestView::before));
        meters.addAll(gauges("during", RequestView::during));
        meters.addAll(gauges("after", RequestView::after));
        return meters;
    }

    private List<Meter> gauges(String when, Function<RequestView, @Nullable Latency> of) {
        return List.of(
                gauge(when, "p50", of, Latency::p50),
                gauge(when, "p99", of, Latency::p99),
                gauge(when, "max", of, Latency::max));
    }

    private Meter gauge(
            String when,
            String statistic,
            Function<RequestView, @Nullable Latency> of,
            ToDoubleFunction<Latency> figure) {
        return Gauge.builder("rebind.experiment.last.request.latency", this, self -> seconds(self.last, of, figure))
                .description(
                        "Latency of requests in the last cycle that had some: of those due before the order to stop, during the restart, and after the bind")
                .baseUnit("seconds")
                .tags(tags.and("when", when, "statistic", statistic))
                .register(registry);
    }

    private static double seconds(
            @Nullable RequestView requests,
            Function<RequestView, @Nullable Latency> of,
            ToDoubleFunction<Latency> figure) {
        Latency latency = requests == null ? null : of.apply(requests);
        return latency == null ? Double.NaN : figure.applyAsDouble(latency) / 1e3;
    }
}
