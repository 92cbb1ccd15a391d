package dev.rebind.operator.audit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rebind.agent.remote.AgentException;
import dev.rebind.agent.remote.RemoteAudit;
import dev.rebind.operator.workload.TargetLookup;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Asks the API server and the node agents of a cluster. */
public final class ClusterSource implements AuditSource {
    private static final String EVERYWHERE = "*";
    /** Lets the API server answer from its cache, which is recent enough for an audit. */
    private static final ListOptions CACHED =
            new ListOptionsBuilder().withResourceVersion("0").build();

    private final KubernetesClient client;
    private final String namespace;
    private final Supplier<String> token;

    /**
     * Creates a source for the agents of one Helm release.
     *
     * @param namespace the namespace of the Helm release, where the node agents run
     * @param token authenticates this controller to agents; read again for each request
     */
    public ClusterSource(KubernetesClient client, String namespace, Supplier<String> token) {
        this.client = client;
        this.namespace = namespace;
        this.token = token;
    }

    @Override
    public List<Pod> pods(String of) {
        return of.equals(EVERYWHERE)
                ? client.pods().inAnyNamespace().list(CACHED).getItems()
                : client.pods().inNamespace(of).list(CACHED).getItems();
    }

    @Override
    public Map<String, URI> agents() {
        return new TargetLookup(client).nodeAgents(namespace);
    }

    @Override
    public JsonNode ask(URI agent, Set<String> pods) throws AgentException, InterruptedException {
        return RemoteAudit.of(agent, token, pods);
    }
}
