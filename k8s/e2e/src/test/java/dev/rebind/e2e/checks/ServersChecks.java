package dev.rebind.e2e.checks;

import dev.rebind.diagnosis.Cause;
import dev.rebind.e2e.cluster.Cluster;
import dev.rebind.e2e.cluster.Experiments;
import dev.rebind.e2e.cluster.NodePort;
import dev.rebind.e2e.cluster.Release;
import dev.rebind.e2e.cluster.Spec;
import dev.rebind.e2e.junit.Below;
import dev.rebind.e2e.junit.Check;
import dev.rebind.e2e.junit.Claims;
import dev.rebind.e2e.junit.Full;
import dev.rebind.e2e.junit.Lane;
import dev.rebind.e2e.junit.Need;
import dev.rebind.e2e.junit.Needs;
import dev.rebind.experiment.expect.Outcome;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.bind.Reuse;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Servers that know nothing of Rebind, in other languages. Each outcome is compared with what the kernel does with the options of that
 * server. They are in an image of their own (SERVERS_IMAGE), which k8s/servers/archive makes. The lane of a network overrides the checks that it
 * carries out each time, one server of each kind in all; the rest is for FULL=1.
 */
@Needs(Need.SERVERS_IMAGE)
abstract sealed class ServersChecks {
    /** So few that no request is unread when the server ends: a connection with unread data is reset, and leaves no TIME_WAIT. */
    private static final String HTTP = "clients: {connections: 5, http: {path: /, requestsPerSecond: 5}}";

    private static final String TCP = "clients: {connections: 5, protocol: tcp}";

    private static final String START_NGINX =
            "printf 'error_log stderr; pid /tmp/nginx.pid; events {} http { access_log off;"
                    + " server { listen %s; location / { return 200 ok; } } }' \"$0\" >/tmp/nginx.conf;"
                    + " exec nginx -c /tmp/nginx.conf -g 'daemon off;'";

    static final Server GO = new Server("go", true, HTTP, "/servers/go-http", ":PORT");
    static final Server GO_OFF = new Server("go-off", false, HTTP, "/servers/go-http", ":PORT", "off");
    static final Server PYTHON =
            new Server("python", true, HTTP, "python3", "/servers/python-http.py", "0.0.0.0", "PORT");
    static final Server PYTHON_OFF =
            new Server("python-off", false, HTTP, "python3", "/servers/python-http.py", "0.0.0.0", "PORT", "off");
    static final Server NGINX = new Server("nginx", true, HTTP, "sh", "-c", START_NGINX, "PORT");
    static final Server SOCAT = new Server("socat", true, TCP, "socat", "TCP-LISTEN:PORT,reuseaddr,fork", "EXEC:cat");
    static final Server SOCAT_OFF = new Server("socat-off", false, TCP, "socat", "TCP-LISTEN:PORT,fork", "EXEC:cat");

    private final String network;

    private ServersChecks(String network) {
        this.network = network;
    }

    private static Lane lane(String network, NodePort port) {
        return Lane.named("servers-" + network).values(Theirs.VALUES).value("server.port", port.number());
    }

    @Below("servers/*/pod")
    static final class PodNetwork extends ServersChecks {
        @RegisterExtension
        static final Lane LANE = lane("pod", NodePort.SERVERS_POD);

        PodNetwork() {
            super("pod");
        }

        @Check("go")
        @Override
        void go(Release release, Experiments experiments, Claims claims) {
            super.go(release, experiments, claims);
        }

        @Check("python-off")
        @Override
        void pythonOff(Release release, Experiments experiments, Claims claims) {
            super.pythonOff(release, experiments, claims);
        }
    }

    @Below("servers/*/hostPort")
    static final class HostPort extends ServersChecks {
        @RegisterExtension
        static final Lane LANE = lane("hostport", NodePort.SERVERS_HOST_PORT);

        HostPort() {
            super("hostPort");
        }

        @Check("python")
        @Override
        void python(Release release, Experiments experiments, Claims claims) {
            super.python(release, experiments, claims);
        }

        @Check("socat-off")
        @Override
        void socatOff(Release release, Experiments experiments, Claims claims) {
            super.socatOff(release, experiments, claims);
        }
    }

    @Below("servers/*/hostNetwork")
    static final class HostNetwork extends ServersChecks {
        @RegisterExtension
        static final Lane LANE = lane("hostnetwork", NodePort.SERVERS_HOST_NETWORK);

        HostNetwork() {
            super("hostNetwork");
        }

        @Check("go-off")
        @Override
        void goOff(Release release, Experiments experiments, Claims claims) {
            super.goOff(release, experiments, claims);
        }

        @Check("nginx")
        @Override
        void nginx(Release release, Experiments experiments, Claims claims) {
            super.nginx(release, experiments, claims);
        }
    }

    @Full
    @Check("go")
    void go(Release release, Experiments experiments, Claims claims) {
        restarted(GO, release, experiments, claims);
    }

    @Full
    @Check("go-off")
    void goOff(Release release, Experiments experiments, Claims claims) {
        restarted(GO_OFF, release, experiments, claims);
    }

    @Full
    @Check("python")
    void python(Release release, Experiments experiments, Claims claims) {
        restarted(PYTHON, release, experiments, claims);
    }

    @Full
    @Check("python-off")
    void pythonOff(Release release, Experiments experiments, Claims claims) {
        restarted(PYTHON_OFF, release, experiments, claims);
    }

    @Full
    @Check("nginx")
    void nginx(Release release, Experiments experiments, Claims claims) {
        restarted(NGINX, release, experiments, claims);
    }

    @Full
    @Check("socat")
    void socat(Release release, Experiments experiments, Claims claims) {
        restarted(SOCAT, release, experiments, claims);
    }

    @Full
    @Check("socat-off")
    void socatOff(Release release, Experiments experiments, Claims claims) {
        restarted(SOCAT_OFF, release, experiments, claims);
    }

    /**
     * A server in another language.
     *
     * @param reuse whether its listener has SO_REUSEADDR
     * @param clients part of a spec
     * @param command in which PORT stands for the port
     */
    record Server(String name, boolean reuse, String clients, List<String> command) {
        Server(String name, boolean reuse, String clients, String... command) {
            this(name, reuse, clients, List.of(command));
        }

        /** As a list of YAML. */
        private String command(int port) {
            return command.stream()
                    .map(word ->
                            "'" + word.replace("PORT", String.valueOf(port)).replace("'", "''") + "'")
                    .collect(Collectors.joining(", ", "[", "]"));
        }
    }

    private Spec workload(Theirs theirs, Server server) {
        Release release = theirs.release();
        // Ready means that it listens. Its last words say why it ended.
        Spec workload = Spec.of(
                """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: theirs}
            spec:
              replicas: 1
              strategy: {type: Recreate}
              selector: {matchLabels: {app: theirs}}
              template:
                metadata: {labels: {app: theirs}}
                spec:
                  terminationGracePeriodSeconds: 10
                  enableServiceLinks: false
                  containers:
                    - name: web
                      image: %1$s
                      imagePullPolicy: IfNotPresent
                      command: %2$s
                      resources: {requests: {cpu: 50m, memory: 32Mi}}
                      ports: [{containerPort: %3$d}]
                      readinessProbe: {tcpSocket: {port: %3$d}, periodSeconds: 1}
                      terminationMessagePolicy: FallbackToLogsOnError
            """.formatted(release.settings().serversImage(), server.command(release.port()), release.port()));
        return switch (network) {
            case "pod" -> workload;
            case "hostPort" ->
                workload.with(Theirs.ON_ONE_NODE.formatted(Cluster.lastHostname()))
                        .withContainer("ports: [{containerPort: %1$d, hostPort: %1$d}]".formatted(release.port()));
            default ->
                workload.with(Theirs.ON_ONE_NODE.formatted(Cluster.lastHostname()))
                        .with(Theirs.ON_HOST_NETWORK);
        };
    }

    void restarted(Server server, Release release, Experiments experiments, Claims claims) {
        var theirs = new Theirs(release);
        theirs.deploy(workload(theirs, server));
        // Nobody says what it sets: that is to be found out.
        Spec spec = theirs.portGiven(Theirs.untoggled("container"))
                .with("{reuseAddress: null, clients: null}")
                .with(server.clients())
                .with(server.reuse() ? Specs.EXPECT_BOUND : Specs.EXPECT_TIME_WAIT);
        var over = experiments.runSeen(server.name(), spec);
        CycleRecord record = over.record();
        claims.outcome(
                record, server.reuse() ? Outcome.bound : Outcome.failed, server.reuse() ? null : Cause.time_wait);
        claims.assertThat(record.cluster() == null ? null : record.cluster().network())
                .as("cluster.network")
                .isEqualTo(network);
        claims.freshNamespace(record, false);
        claims.closedFirst(record, 1);
        // It may not be known, and is never the opposite.
        claims.every(
                "SO_REUSEADDR, where it is told",
                over.records(),
                one -> one.reuse() == null || one.reuse().equals(new Reuse(server.reuse(), server.reuse())));
        if (!server.reuse()) {
            claims.assertThat(record.errno()).as("errno, by its last words").isEqualTo("EADDRINUSE");
            claims.assertThat(record.prevention()).as("prevention").contains("SO_REUSEADDR");
        }
        claims.assertThat(record.downtimeMs())
                .as("ms without service, as clients saw it")
                .isNotNull()
                .isBetween(20.0, 300_000.0);
        claims.completed(over.status());
        experiments.delete(server.name());
        claims.seen("%s Without service for %s.".formatted(record.explanation(), Records.downtime(record)));
    }
}
