package dev.rebind.e2e.checks;

import static dev.rebind.e2e.checks.Records.left;
import static dev.rebind.e2e.checks.Specs.EXPECT_BOUND;
import static dev.rebind.e2e.checks.Specs.EXPECT_TIME_WAIT;
import static dev.rebind.e2e.checks.Theirs.toggled;
import static dev.rebind.e2e.checks.Theirs.untoggled;
import static dev.rebind.e2e.cluster.Experiments.message;
import static dev.rebind.e2e.cluster.Experiments.reason;

import dev.rebind.diagnosis.Cause;
import dev.rebind.e2e.cluster.Await;
import dev.rebind.e2e.cluster.Cluster;
import dev.rebind.e2e.cluster.Experiments;
import dev.rebind.e2e.cluster.Pods;
import dev.rebind.e2e.cluster.Release;
import dev.rebind.e2e.cluster.Spec;
import dev.rebind.e2e.cluster.Tool;
import dev.rebind.e2e.junit.Below;
import dev.rebind.e2e.junit.Check;
import dev.rebind.e2e.junit.Claims;
import dev.rebind.e2e.junit.Lane;
import dev.rebind.experiment.expect.Outcome;
import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.ExperimentStatus.Truth;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Phase;
import dev.rebind.record.Verdict;
import dev.rebind.record.clients.ClientView;
import dev.rebind.record.clients.RequestTotals;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Targets that are not ours: restarted in each way, and toggled by their ConfigMap. */
@Below("targets")
final class TargetChecks {
    /** 50 requests a second, each of which ends by its time-out of 5 s at the latest; and a second for those that are late. */
    private static final long UNDER_WAY = 50 * (5 + 1);

    @RegisterExtension
    static final Lane LANE = Lane.named("targets").values(Theirs.VALUES);

    /** A container of others, restarted by a signal, cannot bind over what it has left; and is toggled by its ConfigMap. */
    @Check("container/off")
    void containerOff(Release release, Experiments experiments, Claims claims) {
        var theirs = new Theirs(release);
        theirs.deploy();
        Map<String, String> before = theirs.data();
        var over = experiments.runSeen("container-off", toggled("container").with(EXPECT_TIME_WAIT));
        CycleRecord record = over.record();
        claims.outcome(record, Outcome.failed, Cause.time_wait);
        claims.assertThat(record.errno()).as("errno, by its last words").isEqualTo("EADDRINUSE");
        claims.assertThat(record.reuse()).as("reuse").isEqualTo(Records.OFF);
        claims.closedFirst(record, 1);
        claims.freshNamespace(record, false);
        // As a rule more than a minute; clients that come back may end what is left before that (RFC 1337).
        claims.assertThat(record.downtimeMs())
                .as("ms without service, as clients saw it")
                .isNotNull()
                .isBetween(10_000.0, 300_000.0);
        claims.completed(over.status());
        theirs.claimOwn(claims, before);
        claims.assertThat(over.status().toggled()).as("status.toggled").isNull();
        claims.condition(over.status(), "Restored", Truth.True);
        experiments.delete("container-off");
        claims.seen("failed with time_wait over %s, without service for %s; the key was given back"
                .formatted(record.residue(), Records.downtime(record)));
    }

    @Check("container/on")
    void containerOn(Release release, Experiments experiments, Claims claims) {
        var theirs = new Theirs(release);
        theirs.deploy();
        Map<String, String> before = theirs.data();
        var over = experiments.runSeen("container-on", toggled("container").with("reuseAddress: {value: true}"));
        // Not of each client: a server that ends with a request unread resets that connection.
        claims.every(
                "bound over TIME_WAIT",
                over.records(),
                record -> Records.bound(record) && left(record, "TIME_WAIT") >= 1);
        claims.completed(over.status());
        theirs.claimOwn(claims, before);
        experiments.delete("container-on");
        claims.seen(over.records().getFirst().explanation());
    }

    /** Nobody says what the workload sets: it is inferred from what it survives. */
    @Check("container/untold")
    void untold(Release release, Experiments experiments, Claims claims) {
        new Theirs(release).deploy();
        var over = experiments.runSeen("untold", untoggled("container"));
        CycleRecord record = over.record();
        claims.outcome(record, Outcome.bound, null);
        claims.assertThat(record.reuse()).as("reuse, inferred").isEqualTo(Records.ON);
        claims.completed(over.status());
        experiments.delete("untold");
        claims.seen(record.explanation());
    }

    /** A server that knows nothing of Rebind, the JDK's own for files, under clients that speak HTTP: what they lost is counted, by how it failed. */
    @Check("http")
    void http(Release release, Experiments experiments, Claims claims) {
        deployFiles(release);
        var over = experiments.run("http", untoggled("container").with("""
            reuseAddress: null
            cycles: 2
            clients: {connections: 4, http: {path: /, requestsPerSecond: 50}}
            """));
        claims.completed(over.status());
        over.records().forEach(record -> requests(record, claims));
        addedUp(over.status(), over.records(), claims);
        experiments.delete("http");
        CycleRecord last = over.records().getLast();
        claims.seen("%s Without service for %s.".formatted(last.explanation(), Records.downtime(last)));
    }

    /** The JDK's server for files. */
    private static void deployFiles(Release release) {
        var theirs = new Theirs(release);
        theirs.deploy(theirs.server().withContainer("""
            args: null
            command: [java, -m, jdk.httpserver, -b, 0.0.0.0, -p, "%d", -d, /tmp]
            """.formatted(release.port())));
    }

    /** Clients that come through a Service: the record says so, and has a cause for each request that failed. */
    @Check("via/service")
    void viaService(Release release, Experiments experiments, Claims claims) {
        deployFiles(release);
        String ip = Cluster.client()
                .services()
                .inNamespace(release.namespace())
                .withName(Theirs.NAME)
                .get()
                .getSpec()
                .getClusterIP();
        Spec spec = untoggled("container").with("""
            reuseAddress: null
            clients: {connections: 4, via: {service: theirs}, http: {path: /, requestsPerSecond: 50}}
            """);
        var over = experiments.run("via-service", spec);
        claims.completed(over.status());
        CycleRecord record = over.record();
        requests(record, claims);
        ClientView clients = record.clients();
        claims.assertThat(clients == null ? null : clients.via())
                .as("clients.via")
                .isEqualTo("service");
        claims.assertThat(clients == null ? null : clients.address())
                .as("clients.address")
                .isEqualTo(ip + ":" + release.port());
        Map<String, Long> causes = clients == null || clients.requests() == null
                ? null
                : clients.requests().causes();
        claims.assertThat(causes).as("causes of failed requests").isNotEmpty();
        if (causes != null && clients != null && clients.requests() != null) {
            claims.assertThat(sum(causes))
                    .as("requests that failed, by cause: %s", causes)
                    .isEqualTo(sum(clients.requests().failed()));
        }
        addedUp(over.status(), over.records(), claims);
        experiments.delete("via-service");
        experiments.start("via-nowhere", spec.with("clients: {via: {service: nowhere}}"));
        ExperimentStatus refused =
                experiments.await("via-nowhere", "refused", seen -> "NoService".equals(reason(seen, "Accepted")));
        claims.assertThat(message(refused, "Accepted")).as("which one").contains("nowhere");
        experiments.delete("via-nowhere");
        claims.seen("%s; through a Service that is not there: %s".formatted(causes, message(refused, "Accepted")));
    }

    /** The status has what the records add up to. */
    private static void addedUp(ExperimentStatus status, List<CycleRecord> records, Claims claims) {
        RequestTotals all = RequestTotals.NONE;
        for (CycleRecord record : records) {
            all = all.plus(RequestTotals.of(
                    record.clients() == null ? null : record.clients().requests()));
        }
        claims.assertThat(status.requests()).as("status.requests").isEqualTo(all);
        claims.assertThat(all.failed()).as("status.requests.failed").isPositive();
    }

    private static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    private static void requests(CycleRecord record, Claims claims) {
        claims.outcome(record, Outcome.bound, null);
        claims.assertThat(record.downtimeMs())
                .as("ms without service, as clients saw it")
                .isNotNull()
                .isBetween(20.0, 300_000.0);
        var requests = record.clients() == null ? null : record.clients().requests();
        claims.assertThat(requests).as("requests").isNotNull();
        if (requests == null) {
            return;
        }
        claims.assertThat(requests.sent()).as("requests sent").isBetween(50L, 1_000_000L);
        claims.assertThat(requests.answered()).as("requests answered").isBetween(1L, 1_000_000L);
        // While nobody listens, and there is a moment of that in each restart of a container.
        claims.assertThat(requests.failed().get("refused"))
                .as("requests refused")
                .isNotNull()
                .isBetween(1L, 1_000_000L);
        long failed = sum(requests.failed());
        claims.assertThat(requests.answered() + failed)
                .as("every request answered or failed, but for those that were under way")
                .isGreaterThanOrEqualTo(requests.sent() - UNDER_WAY);
        claims.assertThat(requests.before()).as("latency before the stop").isNotNull();
        if (requests.before() != null) {
            claims.assertThat(requests.before().p50())
                    .as("ms at the median before the stop")
                    .isBetween(0.0, 60_000.0);
        }
    }

    @Check("pod")
    void pod(Release release, Experiments experiments, Claims claims) {
        replaced("pod", release, experiments, claims);
    }

    @Check("rollout")
    void rollout(Release release, Experiments experiments, Claims claims) {
        replaced("rollout", release, experiments, claims);
    }

    private static void replaced(String mode, Release release, Experiments experiments, Claims claims) {
        var theirs = new Theirs(release);
        theirs.deploy();
        Map<String, String> before = theirs.data();
        Pod old = theirs.pod();
        var over = experiments.run(mode, toggled(mode).with(EXPECT_BOUND));
        CycleRecord record = over.record();
        claims.outcome(record, Outcome.bound, null);
        claims.freshNamespace(record, true);
        claims.assertThat(record.cluster() == null ? "" : record.cluster().pod())
                .as("the pod")
                .isNotEqualTo(Pods.name(old));
        claims.completed(over.status());
        theirs.claimOwn(claims, before);
        experiments.delete(mode);
        claims.seen(record.explanation());
    }

    /** A rollout that cannot finish says at once what it waits for, and ends when Kubernetes gives it up. */
    @Check("rollout-stuck")
    void rolloutStuck(Release release, Experiments experiments, Claims claims) {
        var theirs = new Theirs(release);
        theirs.deploy(theirs.server().with("spec: {progressDeadlineSeconds: 30}"));
        Cluster.apply(release.namespace(), """
            apiVersion: v1
            kind: ResourceQuota
            metadata: {name: theirs}
            spec: {hard: {pods: "0"}}
            """);
        var quota = Cluster.client()
                .resourceQuotas()
                .inNamespace(release.namespace())
                .withName(Theirs.NAME);
        ExperimentStatus waiting;
        try {
            Await.until(
                    "the quota is in force",
                    30,
                    () -> quota.get().getStatus() != null
                            && !quota.get().getStatus().getHard().isEmpty());
            experiments.start("stuck", untoggled("rollout").with("clients: {connections: 0}"));
            waiting = experiments.await(
                    "stuck",
                    "it says what it waits for",
                    status -> message(status, "Running").contains("exceeded quota"));
            experiments.awaitCycles("stuck", 1);
        } finally {
            quota.delete();
        }
        ExperimentStatus status = experiments.over("stuck");
        CycleRecord record = status.records().getFirst();
        claims.assertThat(record.verdict()).as("verdict").isEqualTo(Verdict.Error);
        claims.assertThat(record.explanation())
                .as("explanation")
                .contains("ProgressDeadlineExceeded", "exceeded quota");
        experiments.delete("stuck");
        claims.seen(message(waiting, "Running"));
    }

    /** An eviction that a PodDisruptionBudget forbids is not carried out. */
    @Check("budget")
    void budget(Release release, Experiments experiments, Claims claims) {
        var theirs = new Theirs(release);
        theirs.deploy();
        String old = Pods.name(theirs.pod());
        Cluster.apply(release.namespace(), """
            apiVersion: policy/v1
            kind: PodDisruptionBudget
            metadata: {name: theirs}
            spec: {minAvailable: 1, selector: {matchLabels: {app: theirs}}}
            """);
        var budget = Cluster.client()
                .policy()
                .v1()
                .podDisruptionBudget()
                .inNamespace(release.namespace())
                .withName(Theirs.NAME);
        Spec spec = untoggled("pod").with("clients: {connections: 0}");
        try {
            Await.until(
                    "the budget is in force",
                    30,
                    () -> budget.get().getStatus() != null
                            && Integer.valueOf(1)
                                    .equals(budget.get().getStatus().getExpectedPods()));
            experiments.start("kept", spec);
            experiments.await("kept", "Running", status -> status.phase() == Phase.Running);
            var gone =
                    Tool.tryKubectl("-n", release.namespace(), "wait", "--for=delete", "pod/" + old, "--timeout=10s");
            claims.assertThat(gone.failed()).as("the pod stays").isTrue();
            experiments.delete("kept");
            var over = experiments.run("told", spec.with("restart: {ignoreDisruptionBudget: true}"));
            claims.completed(over.status());
            claims.assertThat(Pods.name(theirs.pods().getFirst())).as("the pod").isNotEqualTo(old);
            experiments.delete("told");
        } finally {
            budget.delete();
        }
        claims.seen("respected, and ignored when told to");
    }

    /** A workload without an agent is held as well. */
    @Check("held")
    void held(Release release, Experiments experiments, Claims claims) {
        new Theirs(release).deploy();
        Spec spec = toggled("container").with("clients: {connections: 0}");
        experiments.start("first", spec);
        experiments.await("first", "Running", status -> status.phase() == Phase.Running);
        experiments.start("second", spec);
        ExperimentStatus status =
                experiments.await("second", "refused", seen -> "TargetHeld".equals(reason(seen, "Accepted")));
        claims.assertThat(message(status, "Accepted")).as("who").contains(release.namespace() + "/first");
        experiments.delete("second", "first");
        claims.seen(message(status, "Accepted"));
    }

    @Check("dry-run")
    void dryRun(Release release, Experiments experiments, Claims claims) {
        var theirs = new Theirs(release);
        theirs.deploy();
        Map<String, String> before = theirs.data();
        Pod pod = theirs.pod();
        experiments.start("dry", toggled("container").with("dryRun: true"));
        ExperimentStatus status = experiments.over("dry");
        claims.completed(status, null);
        claims.assertThat(status.plan())
                .as("plan")
                .contains("Would restart Deployment/theirs", "key reuse of ConfigMap theirs");
        theirs.claimOwn(claims, before);
        claims.assertThat(Pods.uid(theirs.pod())).as("the pod").isEqualTo(Pods.uid(pod));
        claims.assertThat(Pods.restarts(theirs.pod())).as("its restarts").isZero();
        experiments.delete("dry");
        claims.seen(String.valueOf(status.plan()));
    }

    /** What happens to a target is told where its owners look. */
    @Check("events")
    void events(Release release, Experiments experiments, Claims claims) {
        new Theirs(release).deploy();
        experiments.run("told-of", untoggled("pod").with("clients: {connections: 0}"));
        List<Event> events = Await.found(
                "events on the workload",
                30,
                () -> Optional.of(
                                Cluster.client()
                                        .v1()
                                        .events()
                                        .inNamespace(release.namespace())
                                        .list()
                                        .getItems()
                                        .stream()
                                        .filter(event -> Theirs.NAME.equals(event.getInvolvedObject()
                                                        .getName())
                                                && "rebind".equals(event.getReportingComponent()))
                                        .toList())
                        .filter(found -> !found.isEmpty()));
        Set<String> reasons = events.stream().map(Event::getReason).collect(Collectors.toCollection(TreeSet::new));
        claims.assertThat(reasons).as("reasons").contains("Running", "Completed");
        claims.assertThat(events)
                .as("events that name the experiment")
                .anyMatch(event -> event.getMessage().contains("told-of"));
        experiments.delete("told-of");
        claims.seen("%s on Deployment/theirs".formatted(String.join(", ", reasons)));
    }
}
