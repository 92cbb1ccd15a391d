package dev.rebind.experiment.clients;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What clients that speak Rebind's words do. */
public enum Behaviour {
    read,
    echo,
    @JsonProperty("close-first")
    close_first,
    stall,
    reset
}
