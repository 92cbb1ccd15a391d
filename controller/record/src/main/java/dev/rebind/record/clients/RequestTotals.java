package dev.rebind.record.clients;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.rebind.experiment.value.Range;
import dev.rebind.record.schema.NameOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The results of the clients' requests, summed over several cycles. Each cycle counts from its order to stop until the clients were served
 * again.
 *
 * @param failed replaced by the sum of {@code failedByCause}
 * @param failedByCause failed requests by the name of a {@link RequestCause}. An unknown name counts as {@link RequestCause#unknown}; a
 * cause without requests is absent
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record RequestTotals(
        @JsonPropertyDescription("Requests that were under way at the order to stop, or due after it and begun.")
        @Range(min = 0)
        long sent,

        @JsonPropertyDescription("Those with the expected answer.") @Range(min = 0)
        long answered,

        @JsonPropertyDescription("Those that failed.") @Range(min = 0)
        long failed,

        @JsonPropertyDescription(
                "Those that failed by cause, as records and metrics name it; unknown where it cannot be told.")
        Map<String, Long> failedByCause) {
    public static final RequestTotals NONE = new RequestTotals(0, 0, Map.of());

    private static final Set<String> CAUSES =
            Arrays.stream(RequestCause.values()).map(Enum::name).collect(Collectors.toUnmodifiableSet());

    public RequestTotals {
        var known = new HashMap<String, Long>();
        if (failedByCause != null) {
            failedByCause.forEach((cause, count) -> {
                if (count > 0) {
                    known.merge(CAUSES.contains(cause) ? cause : RequestCause.unknown.name(), count, Long::sum);
                }
            });
        }
        failedByCause = NameOrder.sorted(known);
        failed = known.values().stream().mapToLong(Long::longValue).sum();
    }

    public RequestTotals(long sent, long answered, Map<String, Long> failedByCause) {
        this(sent, answered, 0, failedByCause);
    }

    /** The totals of one cycle. Where its record has no causes, all failures count as {@link RequestCause#unknown}. */
    public static RequestTotals of(@Nullable RequestView view) {
        if (view == null) {
            return NONE;
        }
        Map<String, Long> causes = view.causes();
        return new RequestTotals(view.sent(), view.answered(), causes == null ? view.failed() : causes);
    }

    public RequestTotals plus(RequestTotals others) {
        var causes = new HashMap<>(failedByCause);
        others.failedByCause.forEach((cause, count) -> causes.merge(cause, count, Long::sum));
        return new RequestTotals(sent + others.sent, answered + others.answered, causes);
    }

    /** Returns these totals, or null where there were no requests. */
    public @Nullable RequestTotals orNull() {
        return equals(NONE) ? null : this;
    }
}
