package dev.rebind.e2e.prometheus;

import dev.rebind.e2e.cluster.Cluster;
import io.fabric8.kubernetes.api.model.Container;
import java.util.List;
import java.util.Optional;

/** A Prometheus without the operator, in a pod. */
public final class PlainPrometheus {
    public static final String NAME = "plain-prometheus";

    private PlainPrometheus() {}

    /** The container of one that is in the cluster, whose image another one can have. */
    public static Optional<Container> running() {
        return Cluster.client()
                .pods()
                .inAnyNamespace()
                .withLabel("app.kubernetes.io/name", "prometheus")
                .list()
                .getItems()
                .stream()
                .flatMap(pod -> pod.getSpec().getContainers().stream())
                .filter(container -> container.getName().equals("prometheus"))
                .findFirst();
    }

    /**
     * Its pod with what it needs.
     *
     * @param like a container whose image and policy it takes
     * @param configuration of what is scraped, in YAML
     */
    public static void deploy(String namespace, Container like, String configuration) {
        List.of("""
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: %1$s}
            """, """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: %1$s}
            rules: [{apiGroups: [""], resources: [pods], verbs: [get, list, watch]}]
            """, """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: %1$s}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: %1$s}
            subjects: [{kind: ServiceAccount, name: %1$s, namespace: %2$s}]
            """, """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: %1$s}
            data:
              prometheus.yml: |
                global: {scrape_interval: 5s}
            %3$s
            """, """
            apiVersion: v1
            kind: Pod
            metadata: {name: %1$s}
            spec:
              serviceAccountName: %1$s
              securityContext: {runAsNonRoot: true, runAsUser: 65534, fsGroup: 65534}
              terminationGracePeriodSeconds: 5
              containers:
                - name: prometheus
                  image: %4$s
                  imagePullPolicy: %5$s
                  args: [--config.file=/etc/rebind/prometheus.yml, --storage.tsdb.path=/data]
                  resources: {requests: {cpu: 100m, memory: 64Mi}}
                  volumeMounts: [{name: configuration, mountPath: /etc/rebind}, {name: data, mountPath: /data}]
                  readinessProbe: {httpGet: {path: /-/ready, port: 9090}, periodSeconds: 1, failureThreshold: 60}
              volumes: [{name: configuration, configMap: {name: %1$s}}, {name: data, emptyDir: {}}]
            """)
                .forEach(resource -> Cluster.apply(
                        namespace,
                        resource.formatted(
                                NAME,
                                namespace,
                                configuration.indent(4),
                                like.getImage(),
                                Optional.ofNullable(like.getImagePullPolicy()).orElse("IfNotPresent"))));
    }
}
