package dev.rebind.agent.remote;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rebind.agent.wire.WireMessages.AuditRequest;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;

/** The audit of a node's agent, asked for over HTTP. */
public final class RemoteAudit {
    /** An audit reads socket tables for 20 s at most, and looks at what it has read. */
    private static final Duration AT_MOST = Duration.ofSeconds(45);

    private RemoteAudit() {}

    /**
     * Blocks until the agent has answered, which may be the audit before this one.
     *
     * @param token shown to it
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
