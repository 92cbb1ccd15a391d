package dev.rebind.record.server;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** A process of the old generation that outlived its main process. */
public record LeftBehind(
        long pid,
        String process,

        @JsonPropertyDescription("Whether it still had the listener of the port.")
        boolean listens) {}
