package dev.rebind.experiment.expect;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.rebind.diagnosis.Cause;
import dev.rebind.experiment.value.GoDuration;
import dev.rebind.experiment.value.Range;
import dev.rebind.sockets.TcpState;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The expected result of a cycle. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Expect(
        @JsonPropertyDescription(
                "Result of the new generation's first bind. Default: failed where cause or call is given, else bound.")
        @Nullable
        Outcome outcome,

        @JsonPropertyDescription("Cause of the failure.") @Nullable
        Cause cause,

        @JsonPropertyDescription("The call that fails.") @Nullable
        Call call,

        @JsonPropertyDescription(
                "States that the old generation must have left on the port, at least one socket each; an empty list: nothing is left. Otherwise the cycle is Inconclusive. Default: by restart.close.")
        @Nullable
        List<TcpState> residue,

        @JsonPropertyDescription("States that must be seen at the clients' end, at least one socket each.") @Nullable
        List<TcpState> peers,

        @JsonPropertyDescription("Longest time without service, as clients see it.") @GoDuration.Text @Nullable
        Duration maxDowntime,

        @JsonPropertyDescription(
                "With onFailure: wait, the number of failed binds allowed before the server is bound; replaces outcome.")
        @Range(min = 0)
        @Nullable
        Integer maxBindFailures,

        @JsonPropertyDescription(
                "With onFailure: wait, the longest time from the first failed bind until the server is bound; replaces outcome. Allow retry.interval on top of the kernel's time: 65s for a TIME_WAIT.")
        @GoDuration.Text
        @Nullable
        Duration boundWithin,

        @JsonPropertyDescription(
                "Longest time until all clients are served: by the old generation, before the restart, else the cycle is an Error; by the new one, from its bind on, else it is a Fail. Default: 30s.")
        @GoDuration.Text
        @Nullable
        Duration servedWithin) {

    /** Default of servedWithin. */
    public static final Duration SERVED_WITHIN = Duration.ofSeconds(30);

    /** Makes an expectation about the first bind only; a null is not expected. */
    public static Expect of(@Nullable Outcome outcome, @Nullable Cause cause, @Nullable Call call) {
        return new Expect(outcome, cause, call, null, null, null, null, null, null);
    }

    /** Returns a copy with another residue. */
    public Expect leaving(@Nullable List<TcpState> left) {
        return new Expect(outcome, cause, call, left, peers, maxDowntime, maxBindFailures, boundWithin, servedWithin);
    }

    /** The longest time until clients must be served, with its default. */
    public Duration served() {
        return servedWithin == null ? SERVED_WITHIN : servedWithin;
    }

    /** Whether later binds decide the verdict, so that the first one may fail. */
    public boolean retriesDecide() {
        return maxBindFailures != null || boundWithin != null;
    }
}
