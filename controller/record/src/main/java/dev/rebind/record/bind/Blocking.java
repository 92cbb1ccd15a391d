package dev.rebind.record.bind;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.rebind.record.schema.Constraint;
import dev.rebind.sockets.TcpState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A socket that stood in the way of a bind. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Blocking(
        @Constraint(names = TcpState.class) String state,
        String local,
        String remote,

        @JsonPropertyDescription("Nominal time left on its timer, in ms; absent when none ends it.")
        @Constraint(min = 0)
        @Nullable
        Long expiresMs,

        @JsonPropertyDescription("Process that holds it, where visible.") @Nullable
        Long pid,

        @JsonPropertyDescription("Name of that process.") @Nullable
        String process,

        @JsonPropertyDescription("Generation that left it, where known.") @Nullable
        Integer generation,

        @JsonPropertyDescription("Every process that holds it, where there are several.") @Nullable
        List<Long> pids,

        @JsonPropertyDescription("Command line of the first process, where it can be read.") @Nullable
        String command,

        @JsonPropertyDescription("User of the first process, where it can be read.") @Nullable
        String user) {
    public Blocking {
        pids = pids == null ? null : List.copyOf(pids);
    }

    /** Makes a socket of which at most one process is known. */
    public Blocking(
            String state,
            String local,
            String remote,
            @Nullable Long expiresMs,
            @Nullable Long pid,
            @Nullable String process,
            @Nullable Integer generation) {
        this(state, local, remote, expiresMs, pid, process, generation, null, null, null);
    }
}
