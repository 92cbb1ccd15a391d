package dev.rebind.operator.audit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rebind.agent.remote.AgentException;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The sources of an audit: the API server lists the pods, and the node agents report the listeners. The methods block.
 * Safe for several threads.
 */
interface AuditSource {
    /**
     * Returns the pods of a namespace.
     *
     * @param namespace the name of the namespace; {@code *} for all
     * @throws KubernetesClientException when the API server does not answer, or refuses
     */
    List<Pod> pods(String namespace);

    /**
     * Returns the addresses of the node agents, by the names of their nodes.
     *
     * @throws KubernetesClientException when the API server does not answer, or refuses
     */
    Map<String, URI> agents();

    /**
     * Asks an agent about some pods of its node.
     *
     * @param pods the uids of the pods, as the node knows them
     */
    JsonNode ask(URI agent, Set<String> pods) throws AgentException, InterruptedException;
}
