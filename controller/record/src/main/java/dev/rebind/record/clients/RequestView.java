package dev.rebind.record.clients;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.rebind.record.schema.Constraint;
import dev.rebind.record.schema.NameOrder;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The results of the requests from the order to stop until the clients were served again. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RequestView(
        @JsonPropertyDescription("Requests that were under way at the order to stop, or due after it and begun.")
        @Constraint(min = 0)
        long sent,

        @JsonPropertyDescription("Those with the expected answer.") @Constraint(min = 0)
        long answered,

        @JsonPropertyDescription(
                "Those that failed, as the client saw it: refused, reset, closed_early, timeout, status, unreachable, other.")
        @Constraint(min = 1)
        Map<String, Long> failed,

        @JsonPropertyDescription(
                "The same by cause: how they failed, joined with the moments of the restart. What cannot be told is unknown.")
        @Constraint(names = RequestCause.class, min = 1)
        @Nullable
        Map<String, Long> causes,

        @JsonPropertyDescription(
                "How far the time of a failed request may be from the truth, either way, by the clock of the restart's moments; absent where the clocks could not be compared.")
        @Constraint(min = 0)
        @Nullable
        Double clockToleranceMs,

        @JsonPropertyDescription("Bytes of answers that had begun and did not come to their end.") @Constraint(min = 0)
        long bytesCut,

        @JsonPropertyDescription("Latencies of what was due before the order to stop.") @Nullable
        Latency before,

        @JsonPropertyDescription("Latencies of what was due from the order to stop until the server was bound.")
        @Nullable
        Latency during,

        @JsonPropertyDescription("Latencies of what was due after that.") @Nullable
        Latency after) {
    public RequestView {
        failed = NameOrder.sorted(failed);
        causes = causes == null ? null : NameOrder.sorted(causes);
    }

    /** Latencies in milliseconds, measured from the time at which a request was due. */
    public record Latency(@Constraint(min = 1) long count, double p50, double p99, double max) {}
}
