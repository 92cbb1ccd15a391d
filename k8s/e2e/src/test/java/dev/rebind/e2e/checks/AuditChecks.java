package dev.rebind.e2e.checks;

import static dev.rebind.e2e.cluster.Tool.kubectl;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rebind.e2e.cluster.Await;
import dev.rebind.e2e.cluster.Cluster;
import dev.rebind.e2e.cluster.Http;
import dev.rebind.e2e.cluster.Pods;
import dev.rebind.e2e.cluster.Release;
import dev.rebind.e2e.junit.Check;
import dev.rebind.e2e.junit.Claims;
import dev.rebind.e2e.junit.Lane;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The audit of pods: what it says of two servers before a restart, and what a restart of them then meets. */
final class AuditChecks {
    private static final String BINDS = "with-reuse";
    private static final String BLOCKED = "without-reuse";

    @RegisterExtension
    static final Lane LANE = Lane.named("audit")
            .values(Theirs.VALUES)
            .value("nodeAgent.audit.enabled", true)
            .value("nodeAgent.audit.interval", "10s")
            .value("nodeAgent.readSocketOptions", true);

    @Check("targets/audit")
    void told(Release release, Claims claims) {
        release.rolledOut("daemonset/" + Release.NAME + "-node-agent");
        deploy(release, BINDS, true);
        deploy(release, BLOCKED, false);
        String bindsPod = Pods.name(Theirs.pod(release, BINDS));
        String blockedPod = Pods.name(Theirs.pod(release, BLOCKED));
        Map<String, JsonNode> audit;
        String scrape;
        Http.Answer report;
        try (Http http = release.controller()) {
            audit = bothConnected(http, release, List.of(bindsPod, blockedPod));
            scrape = http.get("/metrics").body();
            report = http.get("/v1/audit.md?namespace=" + release.namespace());
        }
        JsonNode binds = Objects.requireNonNull(audit.get(bindsPod));
        JsonNode blocked = Objects.requireNonNull(audit.get(blockedPod));
        claims.assertThat(binds.at("/options/reuse_address"))
                .as("SO_REUSEADDR of the one")
                .hasToString("true");
        claims.assertThat(blocked.at("/options/reuse_address"))
                .as("SO_REUSEADDR of the other")
                .hasToString("false");
        claims.assertThat(blocked.at("/pod/container").asText()).as("container").isEqualTo("web");
        claims.assertThat(binds.at("/restart/kind").asText())
                .as("verdict of the one (%s)", binds.at("/restart/text").asText())
                .isEqualTo("binds_at_once");
        claims.assertThat(blocked.at("/restart/kind").asText())
                .as("verdict of the other (%s)", blocked.at("/restart/text").asText())
                .isEqualTo("blocked_by_its_connections");
        claims.assertThat(audit.toString()).as("arguments of processes").doesNotContain("command");
        claims.assertThat(risk(scrape, bindsPod))
                .as("rebind_listener_restart_risk of the one")
                .isEqualTo("0");
        claims.assertThat(risk(scrape, blockedPod))
                .as("rebind_listener_restart_risk of the other")
                .isEqualTo("2");
        claims.assertThat(report.status()).as("status of /v1/audit.md").isEqualTo(200);
        claims.assertThat(report.body()).as("/v1/audit.md").contains(bindsPod, blockedPod);
        String words = restarted(release, List.of(bindsPod, blockedPod), claims);
        for (String name : List.of(BINDS, BLOCKED)) {
            kubectl(
                    "-n",
                    release.namespace(),
                    "delete",
                    "--timeout=300s",
                    "deployment/" + name,
                    "service/" + name,
                    "pod/" + name + "-client");
        }
        claims.seen("without SO_REUSEADDR %s: %s; with it %s"
                .formatted(
                        blocked.at("/restart/text").asText(),
                        words.strip().lines().reduce("", (_, line) -> line),
                        binds.at("/restart/text").asText()));
    }

    /** The truth: both servers close their connections, and start again in the network namespace that they had. Gives the last words of the one that cannot. */
    private static String restarted(Release release, List<String> pods, Claims claims) {
        for (String pod : pods) {
            kubectl("-n", release.namespace(), "exec", pod, "-c", "web", "--", "sh", "-c", "kill 1");
        }
        String words = Await.found(
                "the one that was said to be blocked cannot bind", 90, () -> lastWords(status(release, BLOCKED)));
        Await.until(
                "the other has been started again",
                90,
                () -> status(release, BINDS).getRestartCount() == 1);
        Await.until(
                "the other runs", 90, () -> status(release, BINDS).getState().getRunning() != null);
        claims.assertThat(lastWords(status(release, BINDS)))
                .as("last words of the other")
                .isEmpty();
        claims.assertThat(status(release, BINDS).getRestartCount())
                .as("restarts of the other")
                .isEqualTo(1);
        return words;
    }

    /** A workload like any other, with a Service, and a client that is connected to it. */
    private static void deploy(Release release, String name, boolean reuse) {
        Theirs.apply(release.namespace(), Theirs.server(release, name).withContainer("""
            env: [{name: REBIND_SERVER_REUSE_ADDRESS, value: "%s"}]
            """.formatted(reuse)));
        Cluster.apply(release.namespace(), """
            apiVersion: v1
            kind: Service
            metadata: {name: %1$s}
            spec: {selector: {app: %1$s}, ports: [{port: %2$d}], publishNotReadyAddresses: true}
            """.formatted(name, release.port()));
        release.rolledOut("deployment/" + name);
        release.connect(name + "-client", name);
    }

    private static Map<String, JsonNode> bothConnected(Http http, Release release, List<String> pods) {
        var last = new AtomicReference<String>("");
        return Await.until(
                "both servers and their connections are audited",
                release.settings().patience(),
                Duration.ofMillis(500),
                () -> {
                    Http.Answer answer = http.get("/v1/audit?namespace=" + release.namespace());
                    last.set(answer.status() + " " + answer.body());
                    return Optional.of(listeners(answer, release))
                            .filter(seen -> pods.stream().allMatch(pod -> isConnected(seen.get(pod))));
                },
                () -> "; the audit is " + last.get());
    }

    /** The listeners of the servers' port, by the names of their pods; none before the first audit. */
    private static Map<String, JsonNode> listeners(Http.Answer answer, Release release) {
        Map<String, JsonNode> listeners = new HashMap<>();
        if (answer.status() == 200) {
            for (JsonNode one : Cluster.json("GET /v1/audit", answer.body()).path("listeners")) {
                if (one.path("port").asInt() == release.port()) {
                    listeners.put(one.at("/pod/name").asText(), one);
                }
            }
        }
        return listeners;
    }

    private static boolean isConnected(@Nullable JsonNode listener) {
        return listener != null
                && listener.path("connections").path("ESTABLISHED").asInt() > 0;
    }

    private static ContainerStatus status(Release release, String name) {
        return Pods.container(Theirs.pod(release, name));
    }

    /** Of a container that could not bind. */
    private static Optional<String> lastWords(ContainerStatus status) {
        return Stream.of(status.getState(), status.getLastState())
                .map(ContainerState::getTerminated)
                .filter(ended -> ended != null && ended.getMessage() != null)
                .map(ended -> ended.getMessage())
                .filter(words -> words.contains("EADDRINUSE"))
                .findFirst();
    }

    private static String risk(String scrape, String pod) {
        Matcher found = Pattern.compile("rebind_listener_restart_risk\\{[^}]*pod=\"" + pod + "\"[^}]*} (\\S+)")
                .matcher(scrape);
        return found.find() ? found.group(1).replaceFirst("\\.0$", "") : "absent";
    }
}
