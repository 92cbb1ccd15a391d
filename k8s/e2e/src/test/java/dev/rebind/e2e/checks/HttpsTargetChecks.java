package dev.rebind.e2e.checks;

import static dev.rebind.e2e.checks.Specs.EXPECT_BOUND;
import static dev.rebind.e2e.cluster.Experiments.message;

import dev.rebind.e2e.cluster.Cluster;
import dev.rebind.e2e.cluster.Experiments;
import dev.rebind.e2e.cluster.NodePort;
import dev.rebind.e2e.cluster.Release;
import dev.rebind.e2e.cluster.Settings;
import dev.rebind.e2e.cluster.Spec;
import dev.rebind.e2e.junit.Below;
import dev.rebind.e2e.junit.Check;
import dev.rebind.e2e.junit.Claims;
import dev.rebind.e2e.junit.Lane;
import dev.rebind.e2e.junit.Need;
import dev.rebind.e2e.junit.Needs;
import dev.rebind.experiment.clients.Protocol;
import dev.rebind.experiment.expect.Outcome;
import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Verdict;
import dev.rebind.record.server.SocketFlags;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A workload with certificates of its own authority, a sidecar, a preStop hook and a long grace period, on a port of its node, where the node's agent may
 * read the options of sockets.
 */
@Below("targets/https")
@Needs(Need.SERVERS_IMAGE)
final class HttpsTargetChecks {
    private static final String LANE_NAME = "targets-https";
    private static final String OTHER_AUTHORITY = "kube-root-ca.crt";
    /** Takes the host, the port, and the ConfigMap with the authority's certificate. */
    private static final String URL_CLIENTS = """
            clients:
              via: {url: "https://%s:%d/"}
              tls: {caFrom: {configMapKeyRef: {name: %s, key: ca.crt}}}
            """;

    @RegisterExtension
    static final Lane LANE = Lane.named(LANE_NAME)
            .values(Theirs.VALUES)
            .value("nodeAgent.readSocketOptions", true)
            .value("server.port", NodePort.TARGETS_HTTPS.number())
            .value("clients.certificates.configMaps", List.of(Certificate.NAME, OTHER_AUTHORITY))
            .value("clients.certificates.secrets", List.of(Certificate.NAME))
            .value("clients.allowedHosts", List.of(host(Settings.current().prefix() + "-" + LANE_NAME)));

    /** The Service of the workload, by its name in the cluster. */
    private static String host(String namespace) {
        return Theirs.NAME + "." + namespace + ".svc";
    }

    /** Nobody says that the server speaks HTTPS, nor which of its containers speaks: the readiness probe and the declared port do. */
    @Check("host-port")
    void hostPort(Release release, Experiments experiments, Claims claims) {
        new Theirs(release).deploy(workload(release, Certificate.made(host(release.namespace()), release.namespace())));
        // Time for the handshakes of a loaded machine.
        var over = experiments.run("host-port", spec("container", release).with("""
                        clients: {via: {hostPort: true}, tls: {caFrom: {secretKeyRef: {name: %s, key: ca.crt}}}}
                        cycles: 2
                        expect: {outcome: bound, servedWithin: 180s}
                        """.formatted(Certificate.NAME)));
        claims.completed(over.status());
        CycleRecord record = over.records().getLast();
        for (CycleRecord each : over.records()) {
            claims.outcome(each, Outcome.bound, null);
            claimClients(each, "hostPort", claims);
        }
        // An agent that is slow is not waited for: what it read is right, and it read at least one.
        claims.assertThat(read(over.records(), CycleRecord::reuse))
                .as("SO_REUSEADDR, as read")
                .isNotEmpty()
                .containsOnly(Records.ON);
        claims.assertThat(read(
                        over.records(),
                        each -> each.cluster() == null ? null : each.cluster().newListener()))
                .as("options of the listener, as the node's agent read them")
                .isNotEmpty()
                .containsOnly(new SocketFlags(true, false, null));
        experiments.delete("host-port");
        claims.seen("%s Without service for %s.".formatted(record.explanation(), Records.downtime(record)));
    }

    /** A rollout that ends the old pod first, under clients of the Service's URL. The handshakes with the new pod are new ones, with a backlog of requests behind them. */
    @Check("rollout-under-url-clients")
    void rollout(Release release, Experiments experiments, Claims claims) {
        new Theirs(release)
                .deploy(workload(release, Certificate.made(host(release.namespace()), release.namespace()))
                        .with("spec: {strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 1}}}"));
        var over = experiments.run(
                "under-url-clients",
                spec("rollout", release)
                        .with(URL_CLIENTS.formatted(host(release.namespace()), release.port(), Certificate.NAME))
                        .with("""
                    cycles: 2
                    expect: {outcome: bound, servedWithin: 180s}
                    """));
        claims.completed(over.status());
        for (CycleRecord each : over.records()) {
            claims.outcome(each, Outcome.bound, null);
            claimClients(each, "url", claims);
        }
        experiments.delete("under-url-clients");
        CycleRecord record = over.records().getLast();
        claims.seen("%s Without service for %s.".formatted(record.explanation(), Records.downtime(record)));
    }

    /** The port of the node keeps two pods apart, and that is told. Clients that are sent to a URL trust the authority that they are given, and no other. */
    @Check("refused-by-node-and-clients")
    void refused(Release release, Experiments experiments, Claims claims) {
        var theirs = new Theirs(release);
        Spec workload = workload(release, Certificate.made(host(release.namespace()), release.namespace()));
        theirs.deploy(workload);
        Spec spec = spec("rollout", release)
                .with(URL_CLIENTS.formatted(host(release.namespace()), release.port(), Certificate.NAME));
        experiments.start("apart", spec);
        ExperimentStatus waiting = experiments.await(
                "apart",
                "it says what it waits for",
                status -> message(status, "Running").contains("didn't have free ports"));
        experiments.delete("apart");
        // Without the pod that the node refuses.
        theirs.deploy(workload);
        // Another authority: the clients are never served, and the server is not restarted.
        var stranger = experiments.run("stranger", spec.with("""
            expect: {servedWithin: 3s}
            clients: {tls: {caFrom: {configMapKeyRef: {name: %s}}}}
            """.formatted(OTHER_AUTHORITY)));
        claims.completed(stranger.status(), Verdict.Error);
        claims.assertThat(stranger.record().explanation())
                .as("explanation with another authority")
                .contains("The clients were not served", "before the restart");
        experiments.delete("stranger");
        claims.seen("%s; with another authority: %s"
                .formatted(message(waiting, "Running"), stranger.record().explanation()));
    }

    private static <T> List<T> read(List<CycleRecord> records, Function<CycleRecord, @Nullable T> what) {
        return records.stream().map(what).filter(Objects::nonNull).toList();
    }

    private static void claimClients(CycleRecord record, String via, Claims claims) {
        var clients = record.clients();
        claims.assertThat(clients).as("clients").isNotNull();
        if (clients == null) {
            return;
        }
        claims.assertThat(clients.protocol()).as("clients.protocol, found").isEqualTo(Protocol.https);
        claims.assertThat(clients.via()).as("clients.via").isEqualTo(via);
        claims.assertThat(clients.requests()).as("requests").isNotNull();
        if (clients.requests() != null) {
            claims.assertThat(clients.requests().answered())
                    .as("requests answered")
                    .isPositive();
        }
    }

    private static Spec spec(String mode, Release release) {
        return new Theirs(release)
                .portGiven(Theirs.untoggled(mode))
                .with(EXPECT_BOUND)
                .with("""
                    reuseAddress: null
                    target: {workloadRef: {container: web}}
                    clients: {connections: 4, tls: {serverName: %s}}
                    """.formatted(host(release.namespace())));
    }

    private static Spec workload(Release release, Certificate certificate) {
        certificate.apply(release.namespace());
        return Spec.of("""
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: theirs}
            spec:
              replicas: 1
              strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
              selector: {matchLabels: {app: theirs}}
              template:
                metadata: {labels: {app: theirs}}
                spec:
                  terminationGracePeriodSeconds: 300
                  enableServiceLinks: false
                  nodeSelector: {kubernetes.io/hostname: %3$s}
                  containers:
                    - name: web
                      image: %1$s
                      imagePullPolicy: IfNotPresent
                      command: [python3, /servers/python-http.py, 0.0.0.0, "%2$d", /certificate/tls.crt, /certificate/tls.key]
                      resources: {requests: {cpu: 50m, memory: 32Mi}}
                      ports: [{containerPort: %2$d, hostPort: %2$d}]
                      readinessProbe: {httpGet: {port: %2$d, scheme: HTTPS}, periodSeconds: 1}
                      lifecycle: {preStop: {sleep: {seconds: 2}}}
                      terminationMessagePolicy: FallbackToLogsOnError
                      volumeMounts: [{name: certificate, mountPath: /certificate}]
                    - name: beside
                      image: %1$s
                      imagePullPolicy: IfNotPresent
                      command: [socat, TCP-LISTEN:1, EXEC:cat]
                      resources: {requests: {cpu: 10m, memory: 16Mi}}
                  volumes: [{name: certificate, secret: {secretName: %4$s}}]
            """.formatted(
                        release.settings().serversImage(), release.port(), Cluster.lastHostname(), Certificate.NAME));
    }
}
