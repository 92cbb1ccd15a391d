package dev.rebind.experiment.server;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.rebind.experiment.value.GoDuration;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How to find out that a server is ready to be used. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Readiness(
        @JsonPropertyDescription("A URL that it answers with a status of 200 to 399; http only. Not together with log.")
        @Nullable
        String http,

        @JsonPropertyDescription("A text that it has written to its standard output or error.") @Nullable
        String log,

        @JsonPropertyDescription("How long it may take until it is ready. Default: 30s.") @GoDuration.Text @Nullable
        Duration timeout) {}
