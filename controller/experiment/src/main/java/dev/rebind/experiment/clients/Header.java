package dev.rebind.experiment.clients;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** A header field. */
public record Header(
        @JsonPropertyDescription("Name of the header.") String name,

        @JsonPropertyDescription("Value of the header.") String value) {}
