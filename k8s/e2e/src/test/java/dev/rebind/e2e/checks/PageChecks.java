package dev.rebind.e2e.checks;

import static dev.rebind.e2e.checks.Specs.experiment;
import static dev.rebind.e2e.checks.Specs.slow;
import static dev.rebind.e2e.junit.Claims.bound;
import static dev.rebind.e2e.junit.Claims.timeWait;

import dev.rebind.e2e.cluster.Await;
import dev.rebind.e2e.cluster.BrokenException;
import dev.rebind.e2e.cluster.Cluster;
import dev.rebind.e2e.cluster.Experiments;
import dev.rebind.e2e.cluster.Http;
import dev.rebind.e2e.cluster.Pods;
import dev.rebind.e2e.cluster.Release;
import dev.rebind.e2e.cluster.Repository;
import dev.rebind.e2e.cluster.Tool;
import dev.rebind.e2e.junit.Check;
import dev.rebind.e2e.junit.Claims;
import dev.rebind.e2e.junit.Lane;
import dev.rebind.e2e.junit.Need;
import dev.rebind.e2e.junit.Needs;
import dev.rebind.experiment.restart.Mode;
import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.record.Phase;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The live page's HTTP API in a cluster: orders by the caller's own token, and the page in a real browser. */
final class PageChecks {
    private static final String STEERS = "steers";
    private static final String LOOKS_ON = "looks-on";
    private static final Pattern YAML_BLOCK = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);
    private static final List<String> ORDERS = List.of("pause", "resume", "abort", "start");

    @RegisterExtension
    static final Lane LANE = Lane.named("page");

    /** The accounts: one with the rights that the documentation names for the page, and one without any. */
    private static void accounts(Release release) {
        List<String> roles = YAML_BLOCK
                .matcher(Repository.text("docs/security.md"))
                .results()
                .map(block -> block.group(1))
                .filter(block -> block.contains("name: rebind-user"))
                .toList();
        if (roles.size() != 1) {
            throw new BrokenException(
                    roles.size() + " blocks of docs/security.md have the Role rebind-user, and not one");
        }
        Cluster.apply(release.namespace(), roles.getFirst());
        for (String account : List.of(STEERS, LOOKS_ON)) {
            Cluster.apply(release.namespace(), """
                apiVersion: v1
                kind: ServiceAccount
                metadata: {name: %s}
                """.formatted(account));
        }
        Cluster.apply(release.namespace(), """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: %1$s}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: rebind-user}
            subjects: [{kind: ServiceAccount, name: %1$s, namespace: %2$s}]
            """.formatted(STEERS, release.namespace()));
    }

    /** Orders to one experiment, through the page's API. */
    private record Page(Http http, String namespace, String experiment) {
        private static final int TRIES = 6;

        /**
         * @param token empty for none
         */
        Http.Answer order(String order, String token, String document) {
            Map<String, String> headers = new HashMap<>(Map.of("Content-Type", "application/yaml"));
            if (!token.isEmpty()) {
                headers.put("Authorization", "Bearer " + token);
            }
            boolean start = order.equals("start");
            String path = "/v1/experiments" + (start ? "" : "/" + namespace + "/" + experiment + "/" + order);
            for (int tries = 1; ; tries++) {
                Http.Answer answer = http.call("POST", path, start ? document : "", headers);
                if (answer.status() != 503 || tries == TRIES) {
                    return answer;
                }
                // The API server did not answer the controller, and the caller is told to try again.
                Await.pass(Duration.ofSeconds(2));
            }
        }
    }

    private record Caller(String who, String token, int status, String words) {}

    @Check("page/orders")
    void overHttp(Release release, Experiments experiments, Claims claims) {
        accounts(release);
        String steers = Cluster.token(release.namespace(), STEERS, "");
        String looksOn = Cluster.token(release.namespace(), LOOKS_ON, "");
        experiments.start("steered", slow(1000));
        experiments.awaitCycles("steered", 2);
        var resource = Experiments.resource("from-page", experiment(Mode.process, true, 1));
        resource.getMetadata().setNamespace(release.namespace());
        String document = Serialization.asJson(resource);
        int asked;
        try (Http http = release.controller()) {
            var page = new Page(http, release.namespace(), "steered");
            asked = refusals(
                    page,
                    List.of(
                            new Caller("nobody", "", 401, "token"),
                            new Caller("a word", "nonsense", 401, "token"),
                            new Caller("an agent's token", release.agentsToken(), 401, "token"),
                            new Caller("an account without rights", looksOn, 403, "forbidden")),
                    document,
                    experiments,
                    claims);
            steer(page, steers, release, experiments, claims);
            claims.assertThat(page.order("start", steers, document).status())
                    .as("start")
                    .isEqualTo(201);
            claims.assertThat(page.order("start", steers, document).status())
                    .as("start of the same")
                    .isEqualTo(409);
            Http.Answer misspelt = page.order("start", steers, document.replace("\"cycles\"", "\"cycels\""));
            claims.assertThat(misspelt.status()).as("start of a misspelt one").isEqualTo(400);
            claims.assertThat(misspelt.body()).as("the answer to it").contains("cycels");
            ExperimentStatus status = experiments.over("from-page");
            claims.completed(status);
            claims.counted(status, bound(1));
        }
        String log = Pods.log(release.namespace(), Pods.name(release.pod("controller")));
        claims.assertThat(log).as("the controller's log").isNotEmpty();
        for (String token : List.of(steers, looksOn, "nonsense")) {
            claims.assertThat(log.contains(token.substring(token.lastIndexOf('.') + 1)))
                    .as("a token is in the controller's log")
                    .isFalse();
        }
        experiments.delete("steered", "from-page");
        claims.seen(
                "%d orders refused with 401 and 403, nothing changed; paused, resumed, aborted and started with the rights of docs/security.md"
                        .formatted(asked));
    }

    /** How many orders were refused. */
    private static int refusals(
            Page page, List<Caller> callers, String document, Experiments experiments, Claims claims) {
        Long generation = experiments.get("steered").getMetadata().getGeneration();
        int asked = 0;
        for (Caller caller : callers) {
            for (String order : ORDERS) {
                Http.Answer answer = page.order(order, caller.token(), document);
                claims.assertThat(answer.status())
                        .as("%s by %s", order, caller.who())
                        .isEqualTo(caller.status());
                claims.assertThat(answer.body())
                        .as("the answer to %s by %s", order, caller.who())
                        .contains(caller.words());
                asked++;
            }
        }
        claims.assertThat(experiments.get("steered").getMetadata().getGeneration())
                .as("generation of the experiment after refusals")
                .isEqualTo(generation);
        claims.assertThat(experiments.find("from-page")).as("what was started").isEmpty();
        return asked;
    }

    private static void steer(Page page, String steers, Release release, Experiments experiments, Claims claims) {
        claims.assertThat(page.order("pause", steers, "").status()).as("pause").isEqualTo(202);
        ExperimentStatus paused = experiments.awaitPaused("steered");
        claims.assertThat(page.order("resume", steers, "").status())
                .as("resume")
                .isEqualTo(202);
        experiments.awaitCycles("steered", paused.cycles().done() + 2);
        claims.assertThat(page.order("abort", steers, "").status()).as("abort").isEqualTo(202);
        ExperimentStatus ended = experiments.over("steered");
        claims.phase(ended, Phase.Aborted);
        claims.restored(release, ended);
        claims.assertThat(page.order("pause", steers, "").status())
                .as("pause of what is over")
                .isEqualTo(409);
    }

    @Check("page/in-a-browser")
    @Needs(Need.BROWSER)
    void inABrowser(Release release, Experiments experiments, Claims claims) {
        String walk = release.settings().walk();
        accounts(release);
        experiments.start("walked", slow(1000));
        experiments.awaitCycles("walked", 2);
        Tool.Ended walked;
        try (Http http = release.controller()) {
            var told = Map.of(
                    "REBIND_PAGE", "http://127.0.0.1:" + http.port() + "/",
                    "REBIND_NAMESPACE", release.namespace(),
                    "REBIND_EXPERIMENT", "walked",
                    "REBIND_TOKEN", Cluster.token(release.namespace(), STEERS, ""),
                    "REBIND_TOKEN_WITHOUT_RIGHTS", Cluster.token(release.namespace(), LOOKS_ON, ""));
            walked = Tool.shell(walk, told, Duration.ofMinutes(15));
        }
        if (walked.failed()) {
            throw new BrokenException("exit code " + walked.code() + " of " + walk + ":\n" + end(walked.out(), 6000)
                    + end(walked.err(), 2000));
        }
        // The page says that it aborted the one and started the other: so do the resources.
        claims.phase(experiments.status("walked"), Phase.Aborted);
        claims.phase(experiments.status("from-browser"), Phase.Completed);
        claims.counted(experiments.status("from-browser"), timeWait(1));
        experiments.delete("walked", "from-browser");
        claims.seen("a token used, paused, resumed, aborted, another started, its failure opened, all in Chromium");
    }

    private static String end(String text, int most) {
        return text.substring(Math.max(0, text.length() - most));
    }
}
