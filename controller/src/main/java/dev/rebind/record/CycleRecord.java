package dev.rebind.record;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.rebind.agent.Cause;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One restart: a line of {@code cycles.jsonl}. An absent fact is absent, not zero. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CycleRecord(
        @JsonPropertyDescription("Name of the experiment.") String experiment,

        @JsonPropertyDescription("Number of the cycle within the experiment, from 1.")
        int cycle,

        @JsonPropertyDescription("Name of the step or cell, where it has one.") @Nullable
        String name,

        @JsonPropertyDescription("local or kubernetes.") String backend,

        @JsonPropertyDescription("How the server was restarted: listener, process, or bare for a pair of bare sockets.")
        String restart,

        @JsonPropertyDescription("Who closed the connections: server, client, reset, kill, stall, keep, none.")
        String closedBy,

        @JsonPropertyDescription("Local address that the new generation binds.")
        String address,

        @JsonPropertyDescription("Port, 1 to 65535.") int port,

        @JsonPropertyDescription("Numbers of the old and the new generation, from 1; absent for bare sockets.")
        @Nullable
        Generations generations,

        @JsonPropertyDescription("SO_REUSEADDR of both generations.")
        Reuse reuse,

        @JsonPropertyDescription(
                "Sockets left on the port after the stop, by state; absent when they could not be read.")
        @Nullable
        Map<String, Integer> residue,

        @JsonPropertyDescription(
                "Sockets at the clients' end after the stop, by state, where they are in the same network namespace.")
        @Nullable
        Map<String, Integer> peers,

        @JsonPropertyDescription("Unread bytes at the clients' end after the stop.") @Nullable
        Long peerRecvQ,

        @JsonPropertyDescription("Unsent or unacknowledged bytes on the port after the stop.") @Nullable
        Long sendQ,

        @JsonPropertyDescription("Why the sockets could not be read, when they could not.") @Nullable
        String unreadable,

        @JsonPropertyDescription("Result of the new generation's first bind.") @Nullable
        Outcome outcome,

        @JsonPropertyDescription("Name of the errno of the failed call.") @Nullable
        String errno,

        @JsonPropertyDescription("Number of the errno on this system.") @Nullable
        Integer errnoNumber,

        @JsonPropertyDescription("The call that failed: bind or listen.") @Nullable
        String call,

        @JsonPropertyDescription("Why the bind failed.") @Nullable
        Cause cause,

        @JsonPropertyDescription("The sockets that stood in the way.") @Nullable
        List<Blocking> blocking,

        @JsonPropertyDescription("When the port can be bound again.") @Nullable
        Release release,

        @JsonPropertyDescription("Failed binds in this cycle, retries included.") @Nullable
        Integer bindFailures,

        @JsonPropertyDescription(
                "Time without service as clients saw it: last good answer to first good answer, in ms.")
        @Nullable
        Double downtimeMs,

        @JsonPropertyDescription("What clients saw of the restart.") @Nullable
        ClientView clients,

        @JsonPropertyDescription(
                "What the kernel's rule says must happen, where it was computed: bound, or the failing call.")
        @Nullable
        Expected expected,

        @JsonPropertyDescription("When the old generation was told to stop.") @Nullable
        Instant stoppedAt,

        @JsonPropertyDescription("When the new generation was bound.") @Nullable
        Instant boundAt,

        @JsonPropertyDescription("Sockets on the port over time, for reports.") @Nullable
        List<Sample> timeline,

        @JsonPropertyDescription("Things that a reader should know, one sentence each.") @Nullable
        List<String> warnings,

        @JsonPropertyDescription("Pass, Fail, Inconclusive or Error.")
        Verdict verdict,

        @JsonPropertyDescription("What happened, why, and what would have prevented it, in plain sentences.")
        String explanation) {

    public enum Outcome {
        bound,
        failed
    }

    public enum Verdict {
        Pass,
        Fail,
        Inconclusive,
        Error
    }

    public record Generations(int old, @JsonProperty("new") int fresh) {}

    public record Reuse(boolean old, @JsonProperty("new") boolean fresh) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Blocking(
            String state,
            String local,
            String remote,

            @JsonPropertyDescription("Nominal time left on its timer, in ms; absent when none ends it.") @Nullable
            Long expiresMs,

            @JsonPropertyDescription("Process that holds it, where visible.") @Nullable
            Long pid,

            @JsonPropertyDescription("Name of that process.") @Nullable
            String process,

            @JsonPropertyDescription("Generation that left it, where known.") @Nullable
            Integer generation) {}

    /** Milliseconds after the failed bind. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Release(
            @Nullable Double earliestMs,
            @Nullable Double latestMs,

            @JsonPropertyDescription("Absent until the kernel's timer grid is known.") @Nullable
            Double predictedMs,

            @JsonPropertyDescription("When the port was really bound or free again; absent when nobody waited for it.")
            @Nullable
            Double actualMs,

            @JsonPropertyDescription("Why no time can be given, when none can.") @Nullable
            String unknown) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ClientView(
            int connections,
            long answers,
            long resets,
            long ends,
            Map<String, Long> failedConnects,
            @Nullable Long bytesLost) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Expected(Outcome outcome, @Nullable String call) {}

    /** @param atMs after the old generation was told to stop; negative before */
    public record Sample(double atMs, String side, Map<String, Integer> states) {}
}
