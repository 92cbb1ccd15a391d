package dev.rebind.record.server;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** What {@code rebind audit} foretold right before a restart. */
public record Audited(
        @JsonPropertyDescription(
                "binds_at_once (also where no open connection could block it), blocked_by_its_connections (each that it closes first would),"
                        + " blocked, refused, or cannot_tell.")
        Foretold foretold,

        @JsonPropertyDescription("The same in words.") String text) {
    public enum Foretold {
        binds_at_once,
        blocked_by_its_connections,
        blocked,
        refused,
        cannot_tell
    }
}
