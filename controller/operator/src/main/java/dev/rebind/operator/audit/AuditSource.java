package dev.rebind.operator.audit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rebind.agent.remote.AgentException;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What an audit asks: the API server for pods, and the agents for their listeners. Blocks; safe for several threads. */
interface AuditSource {
    /**
     * The pods of a namespace.
     *
     * @param namespace {@code *} for all namespaces
     * @throws KubernetesClientException when the API server does not answer, or refuses
     */
    List<Pod> pods(String namespace);

    /**
     * The agents of the nodes, by the names of the nodes.
     *
     * @throws KubernetesClientException when the API server does not answer, or refuses
     */
    Map<String, URI> agents();

    /**
     * What an agent says of some pods of its node.
     *
     * @param pods their uids, as the node knows them
     */
    JsonNode ask(URI agent, Set<String> pods) throws AgentException, InterruptedException;
}
