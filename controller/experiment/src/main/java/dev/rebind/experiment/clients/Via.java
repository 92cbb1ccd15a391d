package dev.rebind.experiment.clients;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The way by which clients reach a server in a cluster. Exactly one of the four is set. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Via(
        @JsonPropertyDescription(
                "The pod's own address, whatever the node or a Service maps to it. Write true, or leave it out.")
        @Nullable
        Boolean pod,

        @JsonPropertyDescription(
                "A Service of the experiment's namespace that selects the pod: its name, or NAME:PORT with the number or the name of one of its ports.")
        @Nullable
        String service,

        @JsonPropertyDescription("The node's port that is mapped to the server's. Write true, or leave it out.")
        @Nullable
        Boolean hostPort,

        @JsonPropertyDescription(
                "An http or https URL, such as that of an ingress, whose host the controller's --client-hosts allows. Its address is looked up once, when the experiment takes its target.")
        @Nullable
        String url) {

    /** How many of the four ways are set. */
    public long forms() {
        return Stream.of(pod, service, hostPort, url).filter(Objects::nonNull).count();
    }
}
