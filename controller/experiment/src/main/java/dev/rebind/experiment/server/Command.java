package dev.rebind.experiment.server;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.rebind.experiment.value.Range;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A server that a command of the user starts. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Command(
        @JsonPropertyDescription(
                "The program, looked for along PATH where it has no slash, then its arguments; no shell reads"
                        + " them.")
        List<String> argv,

        @JsonPropertyDescription("Port on which one of its processes listens.") @Range(min = 1, max = 65_535)
        Integer port,

        @JsonPropertyDescription(
                "Address where clients connect, an IPv4 or IPv6 literal; the server listens on it or on every"
                        + " address. Default: 127.0.0.1.")
        @Nullable
        String address,

        @JsonPropertyDescription("Variables of its environment, beside those of Rebind.") @Nullable
        Map<String, String> environment,

        @JsonPropertyDescription("Folder that it runs in. Default: the one that Rebind runs in.") @Nullable
        String workingDirectory,

        @JsonPropertyDescription("When it can be used. Default: as soon as it listens.") @Nullable
        Readiness readiness) {
    public Command {
        argv = List.copyOf(argv);
        environment = environment == null ? null : Map.copyOf(environment);
    }
}
