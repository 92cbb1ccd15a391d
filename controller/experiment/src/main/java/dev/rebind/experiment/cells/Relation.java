package dev.rebind.experiment.cells;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Relation of the new socket's address to the old one's. */
public enum Relation {
    same,
    @JsonProperty("wildcard-over-specific")
    wildcard_over_specific,
    other
}
