package dev.rebind.record.server;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.rebind.record.schema.Constraint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The facts about a server that a command started, over one restart. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Program(
        @JsonPropertyDescription(
                "Listener of the old generation, as its socket showed it; of several the one that the clients reach.")
        @Nullable
        Listening old,

        @JsonPropertyDescription("Listener of the new generation; absent when it was never bound.")
        @JsonProperty("new")
        @Nullable
        Listening fresh,

        @JsonPropertyDescription("Its further listeners on the port, on other addresses; absent where it has one.")
        @Nullable
        List<Listening> others,

        @JsonPropertyDescription(
                "Exit code of the old generation's main process, or 128 and the number of the signal that ended"
                        + " it.")
        @Constraint(min = 0)
        @Nullable
        Integer exitCode,

        @JsonPropertyDescription(
                "Processes of the old generation that were still there a second after its main process had ended.")
        @Nullable
        List<LeftBehind> leftBehind,

        @JsonPropertyDescription(
                "The same of the new generation, where it had been bound and had ended by itself before the cycle was over;"
                        + " absent where it still ran.")
        @Constraint(min = 0)
        @Nullable
        Integer newExitCode,

        @JsonPropertyDescription(
                "Processes of the old generation that had sockets of the port from their parent, as /proc showed right before the stop.")
        @Nullable
        List<Inherited> inherited,

        @JsonPropertyDescription("What an audit said of a restart of the old generation right before the stop.")
        @Nullable
        Audited audit,

        @JsonPropertyDescription("From the start of the new generation until it listened, in ms.")
        @Constraint(min = 0)
        @Nullable
        Double startMs,

        @JsonPropertyDescription("Its last lines when its bind had failed or it had ended before it listened.")
        @Nullable
        List<String> words,

        @JsonPropertyDescription("File of the report with all that the command wrote.")
        String output) {
    public Program {
        others = others == null ? null : List.copyOf(others);
        leftBehind = leftBehind == null ? null : List.copyOf(leftBehind);
        inherited = inherited == null ? null : List.copyOf(inherited);
        words = words == null ? null : List.copyOf(words);
    }
}
