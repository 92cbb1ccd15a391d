package dev.rebind.agent.remote;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.wire.WireMessages.ListenerAnswer;
import dev.rebind.agent.wire.WireMessages.PortAnswer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Asks a remote agent about ports: why a port can or cannot be bound, and what is known of its listener. Safe for several threads. */
public final class RemotePorts {
    private static final List<String> TEXTS = List.of("at", "verdict", "summary");
    private static final List<String> LISTS = List.of("blocking", "remedies", "limits");

    /** The timeout for listener options. It is short because a restart waits for the answer. */
    private static final Duration OPTIONS = Duration.ofSeconds(5);

    private final AgentConnection connection;

    RemotePorts(AgentConnection connection) {
        this.connection = connection;
    }

    /**
     * Returns why a server can or cannot bind a place in the agent's own network namespace. Binds nothing.
     *
     * @return an object as docs/reference/why.schema.json describes it
     * @throws AgentException when the agent refuses, cannot be reached, or answers something that is not a diagnosis
     */
    public String why(Place place) throws AgentException, InterruptedException {
        return ask(place.port(), "address=" + encoded(place.address()));
    }

    /**
     * Returns why a port of a pod of the agent's node can or cannot be bound at every address, like {@link #why}. The agent must be able to
     * see the node's processes.
     *
     * @param host whether the pod is on the host's network
     */
    public String whyOfPod(int port, String podUid, boolean host) throws AgentException, InterruptedException {
        return ask(port, "pod=" + encoded(podUid) + "&host=" + host);
    }

    /** Returns the options of the listener of a pod on the agent's node. */
    public ListenerAnswer listener(int port, String podUid) throws AgentException, InterruptedException {
        return connection.get("/v1/listeners/" + port + "?pod=" + encoded(podUid), ListenerAnswer.class, OPTIONS);
    }

    /** Whether the kernel of the agent's machine may give the port to an outgoing connection; false where the agent does not say. */
    public boolean ephemeral(int port) {
        try {
            return connection
                    .get("/v1/ports/" + port, PortAnswer.class, RemoteAgent.QUICK)
                    .ephemeral();
        } catch (AgentException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private String ask(int port, String query) throws AgentException, InterruptedException {
        JsonNode answer = connection.get("/v1/why/" + port + "?" + query, JsonNode.class, RemoteAgent.QUICK);
        boolean diagnosis = TEXTS.stream().allMatch(name -> answer.path(name).isTextual())
                && LISTS.stream().allMatch(name -> answer.path(name).isArray());
        if (!diagnosis) {
            throw new AgentException("the agent's answer is no diagnosis");
        }
        return answer.toString();
    }
}
