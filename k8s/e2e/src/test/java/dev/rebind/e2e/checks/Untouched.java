package dev.rebind.e2e.checks;

import dev.rebind.e2e.cluster.Cluster;
import dev.rebind.e2e.cluster.Pods;
import dev.rebind.e2e.cluster.Release;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import java.util.Map;
import java.util.TreeMap;

/** What must stay as it is: pods by id and restarts, workloads, and the agent's own server. */
final class Untouched {
    private Untouched() {}

    static Map<String, Object> facts(Release release) {
        Map<String, Object> facts = new TreeMap<>();
        var agent = release.aboutAgent();
        facts.put("agent", agent.path("instance").asText() + " " + agent.path("baseline"));
        var client = Cluster.client();
        for (String namespace : release.namespaces()) {
            client.pods().inNamespace(namespace).list().getItems().stream()
                    .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                    .forEach(pod -> facts.put(
                            namespace + " pod " + Pods.name(pod),
                            Pods.uid(pod) + " "
                                    + pod.getStatus().getContainerStatuses().stream()
                                            .map(ContainerStatus::getRestartCount)
                                            .toList()));
            client.apps()
                    .deployments()
                    .inNamespace(namespace)
                    .list()
                    .getItems()
                    .forEach(deployment -> facts.put(
                            namespace + " deployment "
                                    + deployment.getMetadata().getName(),
                            deployment.getSpec()));
            client.configMaps()
                    .inNamespace(namespace)
                    .list()
                    .getItems()
                    .forEach(map -> facts.put(
                            namespace + " configmap " + map.getMetadata().getName(), map.getData()));
        }
        return facts;
    }
}
