package dev.rebind.experiment.cells;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How the new socket's address relates to the old one's. */
public enum Relation {
    same,
    @JsonProperty("wildcard-over-specific")
    wildcard_over_specific,
    other
}
