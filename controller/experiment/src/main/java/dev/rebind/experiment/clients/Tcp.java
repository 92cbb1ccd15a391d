package dev.rebind.experiment.clients;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.rebind.experiment.value.GoDuration;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The bytes that clients send and expect on each TCP connection. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Tcp(
        @JsonPropertyDescription("Text that is sent as soon as a connection is there. Default: nothing is sent.")
        @Nullable
        String send,

        @JsonPropertyDescription(
                "Text that what the server says has to contain. Default: the connection itself counts as the answer.")
        @Nullable
        String expect,

        @JsonPropertyDescription("How long the expected text may take. Default: 5s.") @GoDuration.Text @Nullable
        Duration timeout) {}
