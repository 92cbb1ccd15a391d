package dev.rebind.e2e.checks;

import static dev.rebind.e2e.cluster.Cluster.client;
import static dev.rebind.e2e.cluster.Tool.kubectl;

import dev.rebind.e2e.cluster.Await;
import dev.rebind.e2e.cluster.BrokenException;
import dev.rebind.e2e.cluster.Cluster;
import dev.rebind.e2e.cluster.Release;
import dev.rebind.e2e.cluster.Spec;
import dev.rebind.e2e.junit.Claims;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A workload that is not Rebind's: no agent in it, toggled by a key of its ConfigMap, seen by the agent of its node. For one
 * release at a time.
 */
record Theirs(Release release) {
    /** What the chart needs for targets of others. */
    static final Map<String, Object> VALUES = Map.of("nodeAgent.enabled", true, "restartModes.exec.enabled", true);

    static final String NAME = "theirs";
    static final String KEY = "reuse";

    /** What the experiment is told of the key. */
    private static final String TOGGLE =
            "toggle: {configMapKeyRef: {name: theirs, key: reuse, on: \"true\", off: \"false\"}}";

    /** Merge patches of a workload; the first takes the name of the node's host. */
    static final String ON_ONE_NODE = "spec: {template: {spec: {nodeSelector: {kubernetes.io/hostname: %s}}}}";

    static final String ON_HOST_NETWORK = "spec: {template: {spec: {hostNetwork: true}}}";

    /** Our image run as a plain server, which is nobody's agent: a workload like any other. */
    static Spec server(Release release, String name) {
        // A JVM without a share of its own takes longer to bind, on a busy machine, than a TIME_WAIT lasts.
        // Its last words say why it ended (terminationMessagePolicy).
        // The image has no shell. The node has one, which the command that ends a container's main process is run by.
        return Spec.of("""
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: %1$s}
            spec:
              replicas: 1
              strategy: {type: Recreate}
              selector: {matchLabels: {app: %1$s}}
              template:
                metadata: {labels: {app: %1$s}}
                spec:
                  terminationGracePeriodSeconds: 10
                  enableServiceLinks: false
                  containers:
                    - name: web
                      image: %2$s
                      imagePullPolicy: IfNotPresent
                      args: [server, --port, "%3$d"]
                      env:
                        - name: REBIND_SERVER_REUSE_ADDRESS
                          valueFrom: {configMapKeyRef: {name: theirs, key: reuse}}
                      resources: {requests: {cpu: 200m, memory: 128Mi}}
                      ports: [{containerPort: %3$d}]
                      terminationMessagePolicy: FallbackToLogsOnError
                      volumeMounts: [{name: sh, mountPath: /bin/sh}, {name: tmp, mountPath: /tmp}]
                  volumes: [{name: sh, hostPath: {path: /bin/sh}}, {name: tmp, emptyDir: {}}]
            """.formatted(name, release.settings().image(), release.port()));
    }

    static void apply(String namespace, Spec workload) {
        Cluster.apply(namespace, Serialization.unmarshal(workload.toString(), HasMetadata.class));
    }

    Spec server() {
        return server(release, NAME);
    }

    /** On the network of one node, and always there. */
    Spec onNode() {
        return server().with(ON_ONE_NODE.formatted(Cluster.lastHostname())).with(ON_HOST_NETWORK);
    }

    /** The workload with its ConfigMap and Service, and nothing left of an earlier check. */
    void deploy() {
        deploy(server());
    }

    void deploy(Spec workload) {
        String namespace = release.namespace();
        client().apps()
                .deployments()
                .inNamespace(namespace)
                .withName(NAME)
                .withTimeout(60, TimeUnit.SECONDS)
                .delete();
        Await.until("its pods are gone", 240, () -> pods().isEmpty());
        applyKey(namespace);
        Cluster.apply(namespace, """
            apiVersion: v1
            kind: Service
            metadata: {name: theirs}
            spec: {selector: {app: theirs}, ports: [{port: %d}]}
            """.formatted(release.port()));
        apply(namespace, workload);
        release.rolledOut("deployment/" + NAME);
        release.rolledOut("daemonset/" + Release.NAME + "-node-agent");
    }

    static void applyKey(String namespace) {
        Cluster.apply(namespace, """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: theirs}
            data: {reuse: "true", other: stays}
            """);
    }

    List<Pod> pods() {
        return pods(release, NAME);
    }

    static List<Pod> pods(Release release, String app) {
        return release.pods(Map.of("app", app));
    }

    Pod pod() {
        return pod(release, NAME);
    }

    static Pod pod(Release release, String app) {
        List<Pod> pods = pods(release, app);
        if (pods.size() != 1) {
            throw new BrokenException(pods.size() + " pods of " + app + ", and not one");
        }
        return pods.getFirst();
    }

    /** What its ConfigMap has. */
    Map<String, String> data() {
        return Cluster.configMap(release.namespace(), NAME);
    }

    void awaitOtherThan(Map<String, String> before) {
        Await.until("the key has another value", 120, () -> !data().equals(before));
    }

    /** The key has its own value, and no other was touched. */
    void claimOwn(Claims claims, Map<String, String> before) {
        claims.assertThat(data()).as("the ConfigMap after").isEqualTo(before);
    }

    void restart() {
        kubectl("-n", release.namespace(), "rollout", "restart", "deployment/" + NAME);
        release.rolledOut("deployment/" + NAME);
    }

    /** One that leaves the key alone: SO_REUSEADDR off, five connections. */
    static Spec untoggled(String mode) {
        // The kubelet waits 10 s, 20 s and 40 s before it starts one anew that fails.
        return Spec.of("""
            target: {workloadRef: {kind: Deployment, name: theirs}}
            restart: {mode: %s}
            reuseAddress: {value: false}
            cycles: 1
            clients: {connections: 5}
            retry: {timeout: 200s}
            """.formatted(mode));
    }

    /** One that toggles the key. */
    static Spec toggled(String mode) {
        return untoggled(mode).with(TOGGLE);
    }

    /** The port is the node's, and not to be read from the workload where it declares none. */
    Spec portGiven(Spec experiment) {
        return experiment.with("target: {workloadRef: {port: %d}}".formatted(release.port()));
    }
}
