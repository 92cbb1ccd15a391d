package dev.rebind.engine.metrics;

import dev.rebind.sockets.options.SocketOptions;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The meters of the servers in pods that the last audit found. At most {@link #MOST} listeners have series, those with the greatest risk
 * first. {@code rebind_listener_series_dropped} counts the listeners without series. Safe for several threads; does not block.
 */
public final class ListenerMeters {
    /** The largest number of listeners that have series. Each listener has two. */
    public static final int MOST = 1_000;

    private final MultiGauge infos;
    private final MultiGauge risks;
    private volatile double dropped = Double.NaN;
    private volatile double untold = Double.NaN;
    private volatile double at = Double.NaN;

    /** What would happen if the server restarted now. The number is the value of the gauge. */
    public enum Risk {
        BINDS_AT_ONCE(0),
        CANNOT_TELL(1),
        BLOCKED_BY_ITS_CONNECTIONS(2),
        BLOCKED(3);

        private final int value;

        Risk(int value) {
            this.value = value;
        }
    }

    /**
     * A listener of a pod.
     *
     * @param container null if unknown
     * @param reuseAddress SO_REUSEADDR; null if it could not be read
     * @param reusePort SO_REUSEPORT; null if it could not be read
     * @param ephemeral whether the port lies in the range from which the kernel takes ports for outgoing connections
     */
    public record Sample(
            String namespace,
            String pod,
            @Nullable String container,
            String node,
            int port,
            String address,
            @Nullable Boolean reuseAddress,
            @Nullable Boolean reusePort,
            boolean ephemeral,
            Risk risk) {
        private Tags key() {
            return Tags.of(
                    "namespace",
                    namespace,
                    "node",
                    node,
                    "pod",
                    pod,
                    "port",
                    Integer.toString(port),
                    "address",
                    address);
        }

        private Tags all() {
            return key().and(
                            "container",
                            container == null ? "unknown" : container,
                            "reuse_address",
                            onOff(reuseAddress),
                            "reuse_port",
                            onOff(reusePort),
                            "ephemeral_port",
                            ephemeral ? "yes" : "no");
        }

        private static String onOff(@Nullable Boolean option) {
            return option == null ? "unknown" : SocketOptions.onOff(option);
        }
    }

    public ListenerMeters(MeterRegistry registry) {
        infos = MultiGauge.builder("rebind.listener.info")
                .description("A listener of a pod, always 1, with the options of its socket")
                .register(registry);
        risks = MultiGauge.builder("rebind.listener.restart.risk")
                .description(
                        "What a restart of the server now would meet: 0 it binds at once, 1 it cannot be told, 2 connections that it"
                                + " closes first would block it, 3 sockets block it already")
                .register(registry);
        Gauge.builder("rebind.listener.series.dropped", this, meters -> meters.dropped)
                .description(
                        "Listeners of the last audit that have no series, as there are too many; the worst have some")
                .strongReference(true)
                .register(registry);
        Gauge.builder("rebind.audit.untold.pods", this, meters -> meters.untold)
                .description("Pods of which the last audit does not tell every listener")
                .strongReference(true)
                .register(registry);
        Gauge.builder("rebind.audit.timestamp", this, meters -> meters.at)
                .description("When the last audit began, in Unix time")
                .baseUnit("seconds")
                .strongReference(true)
                .register(registry);
    }

    /**
     * Shows the result of an audit.
     *
     * @param listeners the listeners, those with the greatest risk first
     * @param leftOut the number of listeners that the audit found and does not list
     * @param untoldPods the number of pods for which the audit does not tell every listener
     */
    public synchronized void show(Instant began, List<Sample> listeners, int leftOut, int untoldPods) {
        Set<Tags> seen = new HashSet<>();
        var info = new ArrayList<MultiGauge.Row<?>>();
        var risk = new ArrayList<MultiGauge.Row<?>>();
        for (Sample listener : listeners) {
            // A server with several sockets may be in the list several times. The first entry, with the greatest risk,
            // counts.
            if (info.size() < MOST && seen.add(listener.key())) {
                info.add(MultiGauge.Row.of(listener.all(), 1));
                risk.add(MultiGauge.Row.of(listener.key(), listener.risk().value));
            } else {
                seen.add(listener.key());
            }
        }
        infos.register(info, true);
        risks.register(risk, true);
        dropped = seen.size() - info.size() + leftOut;
        untold = untoldPods;
        at = began.toEpochMilli() / 1e3;
    }
}
