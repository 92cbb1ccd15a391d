package dev.rebind.agent.remote;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rebind.agent.Agent.Place;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Asks an agent elsewhere why a port can or cannot be bound. Safe for several threads. */
public final class RemoteWhy {
    private static final List<String> TEXTS = List.of("at", "verdict", "summary");
    private static final List<String> LISTS = List.of("blocking", "remedies", "limits");

    private final Connection connection;

    RemoteWhy(Connection connection) {
        this.connection = connection;
    }

    /**
     * Why a server can or cannot bind a place, in the agent's own network namespace. Nothing is bound.
     *
     * @return an object as docs/reference/why.schema.json describes it
     * @throws AgentException when the agent refuses, cannot be reached, or answers what is no diagnosis
     */
    public String at(Place place) throws AgentException, InterruptedException {
        return ask(place.port(), "address=" + URLEncoder.encode(place.address(), StandardCharsets.UTF_8));
    }

    /**
     * As {@link #at}, for every address, of a pod of the agent's node; for that the agent must see the node's processes.
     *
     * @param host whether the pod is on the host's network
     */
    public String ofPod(int port, String podUid, boolean host) throws AgentException, InterruptedException {
        return ask(port, "pod=" + URLEncoder.encode(podUid, StandardCharsets.UTF_8) + "&host=" + host);
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
