package dev.rebind.experiment.restart;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.rebind.experiment.value.GoDuration;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How often, and for how long, a failed bind is repeated. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Retry(
        @JsonPropertyDescription(
                "Pause between two attempts; near the predicted release every 1ms in listener mode. Default: 1s.")
        @GoDuration.Text
        @Nullable
        Duration interval,

        @JsonPropertyDescription("Give up after this long. Default: 90s.") @GoDuration.Text @Nullable
        Duration timeout) {

    /** How long a server tries where no timeout is given. */
    public static final Duration TIMEOUT = Duration.ofSeconds(90);
}
