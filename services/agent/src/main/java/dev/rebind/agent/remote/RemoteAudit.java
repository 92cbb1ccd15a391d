package dev.rebind.agent.remote;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rebind.agent.wire.WireMessages.AuditRequest;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;

/** Asks a node's agent for its audit over HTTP. */
public final class RemoteAudit {
    /** The timeout of an audit. The agent reads socket tables for at most 20 s, and then examines them. */
    private static final Duration AT_MOST = Duration.ofSeconds(45);

    private RemoteAudit() {}

    /**
     * Returns an audit, which may be the agent's last one. Blocks until the agent has answered.
     *
     * @param token the bearer token
     * @param pods their uids, 1 to {@link AuditRequest#MOST}
     * @return an object as docs/reference/audit.schema.json describes it
     * @throws AgentException when the agent refuses or cannot be reached
     */
    public static JsonNode of(URI agent, Supplier<String> token, Set<String> pods)
            throws AgentException, InterruptedException {
        try (var connection = new AgentConnection(agent, token)) {
            return connection.post("/v1/audit", new AuditRequest(pods), JsonNode.class, AT_MOST);
        }
    }
}
