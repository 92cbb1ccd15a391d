package dev.rebind.record.clients;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.rebind.experiment.clients.Protocol;
import dev.rebind.record.schema.Constraint;
import dev.rebind.record.schema.NameOrder;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What clients saw of a restart. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ClientView(
        @Constraint(min = 0) int connections,
        @Constraint(min = 0) long answers,
        @Constraint(min = 0) long resets,
        @Constraint(min = 0) long ends,

        @JsonPropertyDescription("Failed connects by the errno's name.") @Constraint(min = 1)
        Map<String, Long> failedConnects,

        @Constraint(min = 0) @Nullable Long bytesLost,

        @JsonPropertyDescription("Of clients that speak HTTP, or TCP with an answer to wait for.") @Nullable
        RequestView requests,

        @JsonPropertyDescription(
                "In a cluster: through what clients reached the server, pod, service, hostPort or url.")
        @Constraint(oneOf = {"pod", "service", "hostPort", "url"})
        @Nullable
        String via,

        @JsonPropertyDescription("In a cluster: the address and port that clients connected to.") @Nullable
        String address,

        @JsonPropertyDescription(
                "Whether the new server served all of them at the end of the cycle; absent where that was not waited for, or is"
                        + " not known.")
        @Nullable
        Boolean served,

        @JsonPropertyDescription("What the clients spoke: rebind (Rebind's words), tcp, http or https.")
        @Constraint(names = Protocol.class)
        @Nullable
        Protocol protocol) {
    public ClientView {
        failedConnects = NameOrder.sorted(failedConnects);
    }

    /** What was seen by clients that speak Rebind's own protocol. */
    public ClientView(
            int connections,
            long answers,
            long resets,
            long ends,
            Map<String, Long> failedConnects,
            @Nullable Long bytesLost) {
        this(connections, answers, resets, ends, failedConnects, bytesLost, null, null, null, null, null);
    }
}
