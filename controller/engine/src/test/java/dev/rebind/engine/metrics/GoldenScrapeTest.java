package dev.rebind.engine.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.meters.AgentMeters;
import dev.rebind.child.DeprecatedMeters;
import dev.rebind.child.Scrape;
import dev.rebind.child.SettingsPage;
import dev.rebind.client.meters.ClientMeters;
import dev.rebind.client.protocol.RequestReport.Failure;
import dev.rebind.diagnosis.Cause;
import dev.rebind.engine.metrics.MetricFamilies.Family;
import dev.rebind.experiment.clients.Protocol;
import dev.rebind.metrics.PortMetrics;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Json;
import dev.rebind.record.Phase;
import dev.rebind.record.RecordBuilder;
import dev.rebind.record.Verdict;
import dev.rebind.record.clients.ClientView;
import dev.rebind.record.clients.RequestCause;
import dev.rebind.record.clients.RequestView;
import dev.rebind.record.clients.RequestView.Latency;
import dev.rebind.sockets.SocketReaders;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.release.ReleasePredictor;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Every meter of Rebind's own as Prometheus gets it: names, types, help, and labels from closed sets; the page has them all. */
class GoldenScrapeTest {
    private static final String PORT = "8080";
    private static final Path PAGE = Path.of("../../docs/reference/metrics.md");
    private static final Path EXAMPLE = Path.of("../../services/metrics/src/test/java/dev/rebind/metrics/Example.java");

    /** Label values that may be, but for those of {@link #BOUNDED}, which are bounded in number. */
    private static final Map<String, Set<String>> CLOSED = Map.ofEntries(
            Map.entry("state", names(TcpState.values())),
            Map.entry("side", Set.of("server", "client")),
            Map.entry("direction", Set.of("receive", "send")),
            Map.entry("outcome", Set.of("bound", "failed", "none")),
            Map.entry("cause", and(and(names(Cause.values()), names(RequestCause.values())), Set.of("none"))),
            Map.entry(
                    "errno",
                    Set.of(
                            "none",
                            "other",
                            "timeout",
                            "EACCES",
                            "EADDRINUSE",
                            "EADDRNOTAVAIL",
                            "EAFNOSUPPORT",
                            "ECONNREFUSED",
                            "ECONNRESET",
                            "EHOSTUNREACH",
                            "EINVAL",
                            "EMFILE",
                            "ENETUNREACH",
                            "ENFILE",
                            "ENOBUFS",
                            "ENOMEM",
                            "EOPNOTSUPP",
                            "EPERM",
                            "ETIMEDOUT")),
            Map.entry("reuse_old", Set.of("on", "off", "none")),
            Map.entry("reuse_new", Set.of("on", "off")),
            Map.entry("mode", Set.of("listener", "process", "container", "pod", "rollout", "bare", "none")),
            Map.entry("network", Set.of("hostNetwork", "hostPort", "pod", "none")),
            Map.entry("phase", names(Phase.values())),
            Map.entry("reuse_address", Set.of("on", "off", "unknown")),
            Map.entry("reuse_port", Set.of("on", "off", "unknown")),
            Map.entry("ephemeral_port", Set.of("yes", "no")),
            Map.entry("when", Set.of("before", "during", "after")),
            Map.entry("statistic", Set.of("p50", "p99", "max")),
            Map.entry("failure", names(Failure.values())),
            Map.entry("verdict", names(Verdict.values())));

    private static final Set<String> BOUNDED =
            Set.of("port", "namespace", "experiment", "pod", "container", "node", "address");

    private static Set<String> names(Enum<?>[] values) {
        return Arrays.stream(values).map(Enum::name).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> and(Set<String> set, Set<String> more) {
        return Stream.concat(set.stream(), more.stream()).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Map<String, Family> scrape(Consumer<MeterRegistry> meters) {
        try (var scrape = new Scrape()) {
            meters.accept(scrape.registry());
            var own = new TreeMap<String, Family>();
            MetricFamilies.of(scrape.text()).forEach((name, family) -> {
                if (name.startsWith("rebind_") && !DeprecatedMeters.isDeprecated(name)) {
                    own.put(name, family);
                }
            });
            return own;
        }
    }

    private static Map<String, Family> ports() {
        return scrape(registry -> {
            var meters = new AgentMeters(registry, SocketReaders.best(), new ReleasePredictor());
            meters.supervises(new Place("127.0.0.1", Integer.parseInt(PORT)));
            meters.held(() -> false, () -> 0);
        });
    }

    private static Map<String, Family> clients() {
        return scrape(registry -> new ClientMeters(registry).observer(Integer.parseInt(PORT)));
    }

    private static Map<String, Family> experiments() {
        return scrape(registry -> {
            var meters = new ExperimentMeters(registry, ExperimentMeters.MOST);
            var subject = new ExperimentLabels("shop", "rolling", "u1");
            meters.progress(
                    subject,
                    new ExperimentProgress(
                            Phase.Completed, Verdict.Fail, "container", Instant.EPOCH, Instant.EPOCH.plusSeconds(60)));
            int cycle = 1;
            for (String mode : List.of("listener", "process", "container", "pod")) {
                CycleRecord record = new RecordBuilder("rolling", cycle++)
                        .restarted(mode, "server")
                        .failed(1.0, "bind", Cause.time_wait)
                        .requests(3, Map.of(), null)
                        .build();
                meters.record(subject, inCluster(record));
            }
        });
    }

    private static Map<String, Family> listeners() {
        return scrape(registry -> {
            var samples = new ArrayList<ListenerMeters.Sample>();
            for (@Nullable Boolean option : new @Nullable Boolean[] {true, false, null}) {
                samples.add(new ListenerMeters.Sample(
                        "shop",
                        "cart-1",
                        "server",
                        "node-1",
                        8080 + samples.size(),
                        "0.0.0.0",
                        option,
                        option,
                        samples.isEmpty(),
                        ListenerMeters.Risk.BLOCKED));
            }
            new ListenerMeters(registry).show(Instant.EPOCH, samples, 0, 0);
        });
    }

    private static CycleRecord inCluster(CycleRecord record) {
        ObjectNode json = Json.mapper().valueToTree(record);
        json.putObject("cluster")
                .put("namespace", "shop")
                .put("pod", "server-1")
                .put("network", "pod")
                .put("containerStartMs", 1_500);
        return Json.mapper().convertValue(json, CycleRecord.class);
    }

    private static Map<String, Family> all() {
        var all = new TreeMap<>(ports());
        all.putAll(clients());
        all.putAll(experiments());
        all.putAll(listeners());
        return all;
    }

    @Test
    @DisplayName("every meter has a help text and a name of Prometheus' kind, and labels keep to their sets")
    void shape() {
        all().forEach((name, family) -> {
            assertThat(family.help).as(name + " has a help text").isNotBlank();
            assertThat(family.type).as(name).isIn("counter", "gauge", "histogram");
            assertThat(name.endsWith("_total"))
                    .as(name + " is a " + family.type)
                    .isEqualTo(family.type.equals("counter"));
            if (family.type.equals("histogram")) {
                assertThat(name).endsWith("_seconds");
            }
            family.labels.forEach((label, values) -> {
                if (!BOUNDED.contains(label)) {
                    assertThat(CLOSED)
                            .as(name + " has a label that this test does not know")
                            .containsKey(label);
                    assertThat(CLOSED.get(label)).as(name + ": " + label).containsAll(values);
                }
            });
        });
    }

    @Test
    @DisplayName("all times without service, and the latencies of the last cycle with requests, are told in seconds")
    void outagesAndLatencies() {
        try (var scrape = new Scrape()) {
            var meters = new ExperimentMeters(scrape.registry(), ExperimentMeters.MOST);
            var subject = new ExperimentLabels("shop", "rolling", "u1");
            var requests = new RequestView(
                    9,
                    9,
                    Map.of(),
                    null,
                    null,
                    0,
                    new Latency(4, 1.5, 2.5, 3.0),
                    null,
                    new Latency(5, 250, 1_000, 2_000));
            var clients = new ClientView(1, 9, 0, 0, Map.of(), null, requests, null, null, true, Protocol.http);
            meters.record(
                    subject,
                    new RecordBuilder("rolling", 1)
                            .bound(5)
                            .downtimes(300, 450, clients)
                            .build());
            meters.record(
                    subject,
                    new RecordBuilder("rolling", 2)
                            .bound(5)
                            .downtime(50, new ClientView(1, 1, 0, 0, Map.of(), null))
                            .build());
            assertThat(scrape.text())
                    .contains(
                            "rebind_experiment_outage_seconds_total{experiment=\"rolling\",namespace=\"shop\"} 0.5",
                            "namespace=\"shop\",statistic=\"p99\",when=\"before\"} 0.0025",
                            "namespace=\"shop\",statistic=\"max\",when=\"during\"} NaN",
                            "namespace=\"shop\",statistic=\"p50\",when=\"after\"} 0.25");
        }
    }

    @Test
    @DisplayName("one experiment has about as many series as docs say, whatever happens in it")
    void series() {
        int series = experiments().values().stream()
                .mapToInt(family -> family.series)
                .sum();
        assertThat(series).isBetween(60, 145);
    }

    @Test
    @DisplayName(
            "of more listeners than have series the worst have some, each has them once, and it is said how many have none")
    void mostListeners() {
        var samples = new ArrayList<ListenerMeters.Sample>();
        for (int port = 1; port <= ListenerMeters.MOST + 5; port++) {
            samples.add(new ListenerMeters.Sample(
                    "shop", "cart-1", null, "node-1", port, "::", null, null, false, ListenerMeters.Risk.CANNOT_TELL));
        }
        samples.add(samples.getFirst());
        Map<String, Family> families =
                scrape(registry -> new ListenerMeters(registry).show(Instant.EPOCH, samples, 2, 1));
        Family info = Objects.requireNonNull(families.get("rebind_listener_info"));
        Family risk = Objects.requireNonNull(families.get("rebind_listener_restart_risk"));
        assertThat(info.series).isEqualTo(ListenerMeters.MOST);
        assertThat(risk.series).isEqualTo(ListenerMeters.MOST);
        assertThat(info.labels.get("port")).contains("1").doesNotContain(Integer.toString(ListenerMeters.MOST + 1));
        try (var scrape = new Scrape()) {
            new ListenerMeters(scrape.registry()).show(Instant.EPOCH, samples, 2, 1);
            assertThat(scrape.text()).contains("rebind_listener_series_dropped 7.0", "rebind_audit_untold_pods 1.0");
        }
    }

    @Test
    @DisplayName("docs/reference/metrics.md says what is measured")
    void page() throws IOException {
        SettingsPage.hold(PAGE, """
                # Meters

                What Rebind measures, as Prometheus gets it from `GET /metrics`. Each histogram comes with `_bucket`, `_sum` and `_count`, and with the
                largest value of the last minutes as `_max`. A gauge that cannot be had is `NaN`, never 0; a histogram whose `_count` is 0 has measured nothing,
                and its `_sum` of 0 is no duration.

                | process | `/metrics` on | what it has |
                | --- | --- | --- |
                | `rebind server` | [`--management-port`](server.md) | ports and binds, of its own port |
                | `rebind client` | [`--management-port`](client.md) | clients |
                | `rebind agent` | [`--http-address`, `--http-port`](agent.md), without a credential | ports and binds, its state, and the clients that it runs |
                | `rebind controller` | [`--http-port`](controller.md) | experiments, and listeners of pods |
                | `rebind run --metrics-port PORT`, or `--ui` | the loopback address | all of them; `namespace` is empty |

                All of them have the JVM's meters (`jvm_…`), the process's (`process_…`) and those of Vert.x where it serves (`vertx_…`). No label has a
                name of a process or free text in it, and none but that of a listener of a pod has an address: the one that it listens on.

                ## Ports and binds

                The kernel's sockets are looked at when a scrape asks for them, at most once a second for each port, for all gauges of the port together. So many ports
                have series at once: the supervised one and the last %s others; the port of a bind after that is `other`. A failed bind is counted once its
                cause was found, else with the next thing that happens on the port; a further try of the same generation has the cause of the one before. A
                restart that ends the agent's own process (modes `container` and `pod`) is no count of the agent's: see `rebind_experiment_cycles_total`.

                %s
                ## Clients

                An agent that runs clients as children has what they say every half a second. The label `port` is the server's port that they connect to; its
                series begin at zero with the first clients. So many ports have series: %s; clients of one after that count under `other`.

                %s
                ## Experiments

                About %d series for each experiment. At most 200 experiments have some (`rebind controller --experiment-series`): when there are more, those
                that ended longest ago lose theirs first. After a restart the controller counts the records that it finds, and where there are none what the
                status says, so that no count grows smaller. `rebind_experiment_backoff_wait_seconds` is there once a container or pod was restarted,
                `rebind_experiment_last_request_latency_seconds` once clients have sent requests, the timestamps once they are known.

                %s
                ## Listeners of pods

                What the last audit of the pods found ([audit](../audit.md#in-a-cluster)), at the controller that leads, with `nodeAgent.audit.enabled`. A scrape
                asks nobody anything. At most %,d listeners have series, two each: the worst of them. A listener that is gone loses its series with the next audit.
                Where the audits stop, `rebind_audit_timestamp_seconds` stands still.

                %s
                ## In a program of yours

                The meters of ports and binds are a module of their own, `dev.rebind:rebind-metrics`: `PortMetrics` is a Micrometer `MeterBinder`, and
                `BindMetrics` is told what came of a bind. They need Micrometer and Linux, no right, and nothing else of Rebind but its view of the
                sockets (`dev.rebind:rebind-sockets`), which calls the kernel and wants `--enable-native-access=ALL-UNNAMED`. Reading a gauge takes a look at the
                kernel's sockets, so scrape on a thread that may block.

                ```java
                %s```

                Series that a scrape of it has: `rebind_tcp_sockets`, `rebind_tcp_queue_bytes`, `rebind_port_release_seconds`, `rebind_tcp_time_wait_…`,
                `rebind_socket_read_…`, `rebind_restarts_total`, `rebind_bind_attempts_total` and `rebind_restart_to_bound_seconds`.
                """.formatted(
                        PortMetrics.MOST_PORTS - 1,
                        table(ports()),
                        PortMetrics.MOST_PORTS,
                        table(clients()),
                        experiments().values().stream()
                                        .mapToInt(family -> family.series)
                                        .sum()
                                / 10
                                * 10,
                        table(experiments()),
                        ListenerMeters.MOST,
                        table(listeners()),
                        example()));
    }

    private static String table(Map<String, Family> families) {
        var text = new StringBuilder("| name | type | labels | meaning |\n| --- | --- | --- | --- |\n");
        families.forEach((name, family) -> text.append("| `%s` | %s | %s | %s |\n"
                .formatted(name, family.type, labels(family), family.help.replace("|", "\\|"))));
        return text.toString();
    }

    private static String labels(Family family) {
        var all = new ArrayList<String>();
        family.labels.forEach((label, values) -> all.add(
                BOUNDED.contains(label) || label.equals("network") || (label.equals("mode") && values.size() == 1)
                        ? "`" + label + "`"
                        : "`" + label + "`: " + String.join(", ", values)));
        return String.join("; ", all);
    }

    private static String example() throws IOException {
        var shown = Pattern.compile("// shown from here\n(.*?) *// shown to here", Pattern.DOTALL)
                .matcher(Files.readString(EXAMPLE));
        assertThat(shown.find()).isTrue();
        return shown.group(1).indent(-4);
    }
}
