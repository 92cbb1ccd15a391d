package dev.rebind.child;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmInfoMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A process's meters and their text for Prometheus: those of the JVM and the process from the start, others as they are
 * registered. Nothing of it is loaded in a process that makes none.
 */
public final class Scrape implements AutoCloseable {
    /** Media type of {@link #text}. */
    public static final String MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Pattern RESIDENT = Pattern.compile("^VmRSS:\\s+(\\d{1,15}) kB", Pattern.MULTILINE);
    /** RFC 9110, section 9, and PATCH. A method is any word that a client cares to send. */
    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collector = new JvmGcMetrics();
    private volatile Runnable before = () -> {};

    public Scrape() {
        registry.config()
                // The machine's, for which there are exporters.
                .meterFilter(MeterFilter.denyNameStartsWith("system."))
                // Nanoseconds; process_cpu_seconds_total below is the same in the unit that Prometheus wants.
                .meterFilter(MeterFilter.denyNameStartsWith("process.cpu.time"))
                .meterFilter(
                        MeterFilter.replaceTagValues("method", method -> METHODS.contains(method) ? method : "other"));
        new ClassLoaderMetrics().bindTo(registry);
        new JvmInfoMetrics().bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        collector.bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        FunctionCounter.builder("process.cpu", this, _ -> cpuSeconds())
                .description("User and system CPU time that the process has used")
                .baseUnit("seconds")
                .register(registry);
        Gauge.builder("process.resident.memory", this, _ -> residentBytes())
                .description("Resident memory of the process")
                .baseUnit("bytes")
                .strongReference(true)
                .register(registry);
    }

    /** Where other meters are registered. */
    public MeterRegistry registry() {
        return registry;
    }

    /** Has this done before each {@link #text}: for figures that are looked up and not told. */
    public void before(Runnable action) {
        before = action;
    }

    /** All meters as they are now, in Prometheus' text format. Blocks while gauges are read. */
    public String text() {
        before.run();
        return DeprecatedMeters.withOldNames(registry.scrape());
    }

    /** Answers a request with {@link #text}. On an event loop; the gauges are read on a worker of that Vert.x. */
    public void answer(Vertx vertx, HttpServerResponse response) {
        vertx.executeBlocking(this::text)
                .onSuccess(text -> response.putHeader("Content-Type", MEDIA_TYPE)
                        .putHeader("Cache-Control", "no-store")
                        .end(text))
                .onFailure(broken -> response.setStatusCode(500).end(broken + "\n"));
    }

    /** Has a Vert.x that is being made measure itself into this; goes with {@link #measured}. */
    public VertxBuilder measure(VertxBuilder builder) {
        return builder.withMetrics(new MicrometerMetricsFactory(registry));
    }

    /** Turns the measuring on. */
    public static VertxOptions measured() {
        return new VertxOptions().setMetricsOptions(new MicrometerMetricsOptions().setEnabled(true));
    }

    private static double cpuSeconds() {
        Optional<Duration> used = ProcessHandle.current().info().totalCpuDuration();
        return used.isPresent() ? used.get().toNanos() / 1e9 : Double.NaN;
    }

    private static double residentBytes() {
        try {
            Matcher matcher = RESIDENT.matcher(Files.readString(STATUS, StandardCharsets.US_ASCII));
            return matcher.find() ? Long.parseLong(matcher.group(1)) * 1024.0 : Double.NaN;
        } catch (IOException e) {
            return Double.NaN;
        }
    }

    @Override
    public void close() {
        collector.close();
        registry.close();
    }
}
