package dev.rebind.experiment.clients;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What clients do that speak Rebind's own protocol. */
public enum Behaviour {
    read,
    echo,
    @JsonProperty("close-first")
    close_first,
    stall,
    reset
}
