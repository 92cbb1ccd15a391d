package dev.rebind.record.server;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;

/** A child process of a server that inherited sockets of the port from its parent. */
public record Inherited(
        long pid,
        String process,

        @JsonPropertyDescription("Its descriptors of listening sockets that its parent has, too.")
        List<Integer> listeners,

        @JsonPropertyDescription("Its descriptors of accepted connections that its parent has, too.")
        List<Integer> connections) {
    public Inherited {
        listeners = List.copyOf(listeners);
        connections = List.copyOf(connections);
    }
}
