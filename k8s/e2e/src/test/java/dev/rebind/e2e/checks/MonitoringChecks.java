package dev.rebind.e2e.checks;

import static dev.rebind.e2e.checks.Specs.EXPECT_BOUND;
import static dev.rebind.e2e.checks.Specs.experiment;
import static dev.rebind.e2e.checks.Specs.waiting;
import static dev.rebind.e2e.cluster.Tool.kubectl;
import static dev.rebind.e2e.junit.Claims.bound;
import static dev.rebind.e2e.junit.Claims.timeWait;
import static dev.rebind.e2e.junit.Claims.unexpected;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rebind.e2e.cluster.Await;
import dev.rebind.e2e.cluster.BrokenException;
import dev.rebind.e2e.cluster.Cluster;
import dev.rebind.e2e.cluster.Experiments;
import dev.rebind.e2e.cluster.Http;
import dev.rebind.e2e.cluster.NodePort;
import dev.rebind.e2e.cluster.Pods;
import dev.rebind.e2e.cluster.Release;
import dev.rebind.e2e.cluster.Repository;
import dev.rebind.e2e.junit.Below;
import dev.rebind.e2e.junit.Check;
import dev.rebind.e2e.junit.Claims;
import dev.rebind.e2e.junit.Lane;
import dev.rebind.e2e.junit.Need;
import dev.rebind.e2e.junit.Needs;
import dev.rebind.e2e.prometheus.Dashboard;
import dev.rebind.e2e.prometheus.PlainPrometheus;
import dev.rebind.e2e.prometheus.Prometheus;
import dev.rebind.experiment.restart.Mode;
import dev.rebind.record.Verdict;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Checks against a real Prometheus: targets, rules, alerts, and all that the dashboards ask. */
@Needs(Need.PROMETHEUS)
@Below("monitoring")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class MonitoringChecks {
    private static final List<String> ALERTS = List.of("RebindExperimentFailed", "RebindClientDowntime");
    /** What an experiment does on purpose. */
    private static final List<String> SILENT =
            List.of("RebindBindFailures", "RebindPortNotBound", "RebindCloseWaitGrowing");

    private static final Path DASHBOARDS = Repository.CHART.resolve("dashboards");
    private static final String FAILS = "fails";
    private static final String PASSES = "passes";
    private static final Pattern YAML_BLOCK = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

    /** Everything is scraped and evaluated often, and a port may be without its server for ten seconds only. */
    @RegisterExtension
    static final Lane LANE = Lane.named("monitoring")
            .onHost(NodePort.MONITORING, NodePort.MONITORING_AGENT)
            .value("nodeAgent.enabled", true)
            .value("metrics.annotations", Map.of("enabled", true))
            // Of the release's own namespace too: a Prometheus without the operator is there.
            .value(
                    "networkPolicy.metricsFrom",
                    List.of(
                            Map.of(
                                    "namespaceSelector",
                                    Map.of("matchLabels", Map.of("kubernetes.io/metadata.name", "monitoring"))),
                            Map.of("podSelector", Map.of())))
            .value("metrics.serviceMonitor", Map.of("enabled", true, "interval", "5s"))
            .value("metrics.podMonitor", Map.of("enabled", true, "interval", "5s"))
            .value(
                    "metrics.rules",
                    Map.of(
                            "enabled",
                            true,
                            "interval",
                            "5s",
                            "runbookUrl",
                            "https://example.org/runbooks",
                            "portNotBound",
                            Map.of("for", "10s"),
                            "clientDowntime",
                            Map.of("enabled", true, "seconds", 1)));

    private boolean ran;

    private static Prometheus prometheus(Release release) {
        return new Prometheus(release.settings().prometheus());
    }

    /** One experiment with a failure that it did not expect, and one that passes; once for all checks of the lane. */
    private void run(Release release, Experiments experiments, Claims claims) {
        if (ran) {
            return;
        }
        // Rules do not see what happens before Prometheus has found the targets.
        up(prometheus(release), release, claims);
        // Nobody expects the failure: the verdict is Fail.
        var failed = experiments.run(FAILS, waiting(Mode.process, 1).with(EXPECT_BOUND));
        claims.completed(failed.status(), Verdict.Fail);
        claims.counted(failed.status(), unexpected(timeWait(1)));
        var passed = experiments.run(PASSES, experiment(Mode.process, true, 3));
        claims.completed(passed.status());
        claims.counted(passed.status(), bound(3));
        ran = true;
        // Each of what was counted is scraped twice.
        Await.pass(Duration.ofSeconds(12));
    }

    @Check("targets")
    void targets(Release release, Claims claims) {
        claims.seen("%d targets up".formatted(up(prometheus(release), release, claims)));
    }

    /** Each pod of the release is a target, once, by the right address, and says where it is. Gives how many there are. */
    private static int up(Prometheus prometheus, Release release, Claims claims) {
        Await.reached("all targets are up", 300, () -> {
            var seen = TargetsSeen.of(prometheus, release);
            return seen.up().equals(seen.wanted()) && seen.down().isEmpty();
        });
        var seen = TargetsSeen.of(prometheus, release);
        claims.assertThat(seen.down()).as("targets that are down").isEmpty();
        claims.assertThat(seen.up()).as("targets that are up").isEqualTo(seen.wanted());
        Pod server = release.pod("server");
        claims.assertThat(seen.labels().stream()
                        .filter(labels -> labels.path("pod").asText().equals(Pods.name(server)))
                        .map(labels -> labels.path("instance").asText()))
                .as("address of the server's target, on the host's network")
                .containsExactly(server.getStatus().getHostIP() + ":" + release.agentPort());
        claims.assertThat(seen.labels())
                .as("labels node and component")
                .allMatch(labels -> !labels.path("node").asText().isEmpty()
                        && !labels.path("component").asText().isEmpty());
        return seen.up().size();
    }

    /**
     * Pods by name, as Prometheus has them.
     *
     * @param down the last error of each that is not up
     * @param labels of each target
     */
    private record TargetsSeen(List<String> wanted, List<String> up, Map<String, String> down, List<JsonNode> labels) {
        static TargetsSeen of(Prometheus prometheus, Release release) {
            List<String> wanted = Stream.of("controller", "server", "clients", "node-agent")
                    .flatMap(component -> release.pods(component).stream())
                    .map(Pods::name)
                    .sorted()
                    .toList();
            List<String> up = new ArrayList<>();
            Map<String, String> down = new TreeMap<>();
            List<JsonNode> all = new ArrayList<>();
            for (JsonNode target :
                    prometheus.ask("targets", Map.of("state", "active")).path("activeTargets")) {
                JsonNode labels = target.path("labels");
                if (!labels.path("namespace").asText().equals(release.namespace())) {
                    continue;
                }
                all.add(labels);
                if (target.path("health").asText().equals("up")) {
                    up.add(labels.path("pod").asText());
                } else {
                    down.put(
                            labels.path("pod").asText(),
                            target.path("lastError").asText());
                }
            }
            return new TargetsSeen(wanted, up.stream().sorted().toList(), down, all);
        }
    }

    /** A Prometheus without the operator, with the configuration that the documentation has for it. */
    @Check("annotations")
    void annotated(Release release, Claims claims) {
        String configuration = YAML_BLOCK
                .matcher(Repository.text("docs/kubernetes/monitoring.md"))
                .results()
                .map(block -> block.group(1))
                .filter(block -> block.startsWith("scrape_configs:"))
                .collect(Collectors.joining());
        String everywhere = "[{role: pod}]";
        claims.assertThat(configuration).as("the documented configuration").containsOnlyOnce(everywhere);
        // Other releases of this test are other lanes' business.
        String here =
                configuration.replace(everywhere, "[{role: pod, namespaces: {names: [" + release.namespace() + "]}}]");
        Optional<Container> running = PlainPrometheus.running();
        Assumptions.assumeTrue(
                running.isPresent(),
                "no pod is labelled app.kubernetes.io/name=prometheus, whose image could be taken");
        PlainPrometheus.deploy(release.namespace(), running.orElseThrow(), here);
        int up;
        try {
            kubectl(
                    "-n",
                    release.namespace(),
                    "wait",
                    "pod/" + PlainPrometheus.NAME,
                    "--for=condition=Ready",
                    "--timeout=300s");
            Pod pod = Cluster.client()
                    .pods()
                    .inNamespace(release.namespace())
                    .withName(PlainPrometheus.NAME)
                    .require();
            try (Http http = Http.to(pod, 9090)) {
                var prometheus = new Prometheus("http://127.0.0.1:" + http.port());
                up = up(prometheus, release, claims);
                // What the dashboards go by is on the series too.
                String listening =
                        "rebind_tcp_sockets{state=\"LISTEN\",side=\"server\",namespace=\"%s\",port=\"%d\"} > 0"
                                .formatted(release.namespace(), release.port());
                List<JsonNode> series = Await.found(
                        "the server's listener is in the series",
                        30,
                        () -> Optional.of(prometheus.now(listening)).filter(found -> !found.isEmpty()));
                claims.assertThat(series)
                        .as("labels pod, node and component")
                        .allMatch(one -> Stream.of("pod", "node", "component")
                                .noneMatch(label ->
                                        one.path("metric").path(label).asText().isEmpty()));
            }
        } finally {
            kubectl("-n", release.namespace(), "delete", "pod", PlainPrometheus.NAME, "--wait=false");
        }
        claims.seen("%d targets up, found by prometheus.io/* with the configuration of docs/kubernetes/monitoring.md"
                .formatted(up));
    }

    @Check("alerts")
    void fired(Release release, Experiments experiments, Claims claims) {
        Prometheus prometheus = prometheus(release);
        run(release, experiments, claims);
        Set<String> seen = new TreeSet<>();
        String firing = "alertstate=\"firing\",namespace=\"" + release.namespace() + "\"";
        Await.reached(ALERTS + " have fired", 240, () -> {
            prometheus
                    .now("last_over_time(ALERTS{" + firing + "}[15m])")
                    .forEach(one -> seen.add(one.at("/metric/alertname").asText()));
            return seen.containsAll(ALERTS);
        });
        // An experiment's own failures are no reason to look.
        claims.assertThat(seen).as("alerts that have fired").containsAll(ALERTS).doesNotContainAnyElementsOf(SILENT);
        claims.assertThat(prometheus.now("ALERTS{alertname=\"RebindExperimentFailed\"," + firing + "}").stream()
                        .map(one -> one.at("/metric/experiment").asText())
                        .distinct())
                .as("experiments that fire")
                .containsExactly(FAILS);
        claims.seen("fired: %s".formatted(String.join(", ", seen)));
    }

    @Check("rules")
    void rules(Release release, Experiments experiments, Claims claims) {
        Prometheus prometheus = prometheus(release);
        run(release, experiments, claims);
        List<JsonNode> groups = Prometheus.list(
                        prometheus.ask("rules", Map.of()).path("groups"))
                .stream()
                .filter(group -> group.path("file").asText().contains("/" + release.namespace() + "-"))
                .toList();
        claims.assertThat(groups.stream().map(group -> group.path("name").asText()))
                .as("groups of rules")
                .containsExactlyInAnyOrder("rebind.alerts", "rebind.records");
        int alerting = 0;
        int recording = 0;
        for (JsonNode rule : groups.stream()
                .flatMap(group -> Prometheus.list(group.path("rules")).stream())
                .toList()) {
            String name = rule.path("name").asText();
            claims.assertThat(rule.path("health").asText())
                    .as("health of %s (%s)", name, rule.path("lastError").asText())
                    .isEqualTo("ok");
            prometheus.overTime(rule.path("query").asText());
            if (rule.path("type").asText().equals("recording")) {
                recording++;
                claims.assertThat(Prometheus.shown(
                                prometheus.overTime(name + "{namespace=\"" + release.namespace() + "\"}")))
                        .as("series of %s", name)
                        .isNotEmpty();
            } else {
                alerting++;
                claims.assertThat(rule.at("/annotations/runbook_url").asText())
                        .as("runbook of %s", name)
                        .contains("/" + name + ".md");
            }
        }
        claims.assertThat(alerting).as("alerts").isPositive();
        claims.assertThat(recording).as("recording rules").isPositive();
        claims.seen("%d alerts and %d recording rules evaluate, and those record".formatted(alerting, recording));
    }

    @Check("dashboards")
    void dashboards(Release release, Experiments experiments, Claims claims) {
        List<Path> files = files();
        Assumptions.assumeFalse(files.isEmpty(), "the chart has no dashboards");
        run(release, experiments, claims);
        Map<String, List<String>> own = Map.of(
                "namespace", List.of(release.namespace()),
                "experiment_namespace", List.of(release.namespace()),
                "experiment", List.of(FAILS),
                "port", List.of(String.valueOf(release.port())),
                "pod",
                        Stream.of("server", "clients")
                                .flatMap(component -> release.pods(component).stream())
                                .map(Pods::name)
                                .toList(),
                "node", List.of(release.pod("server").getSpec().getNodeName()));
        List<String> wrong = new ArrayList<>();
        int asked = 0;
        for (Path file : files) {
            var dashboard = new Dashboard(prometheus(release), own, file);
            wrong.addAll(dashboard.tried());
            claims.assertThat(dashboard.asked()).as("queries of %s", file).isPositive();
            asked += dashboard.asked();
        }
        if (!wrong.isEmpty()) {
            throw new BrokenException(
                    wrong.size() + " of " + asked + " queries show nothing:\n  " + String.join("\n  ", wrong));
        }
        claims.seen("%d queries of %d dashboards return series".formatted(asked, files.size()));
    }

    private static List<Path> files() {
        try (Stream<Path> files = Files.list(DASHBOARDS)) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
