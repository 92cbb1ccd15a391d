package dev.rebind.experiment.restart;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Kinds of obstacles on a port. */
public enum ObstacleKind {
    /** A listener of another program. */
    listener,
    /** A connection that another program has opened from the port to somewhere else. */
    outgoing,
    /** A client that connected to itself on the port. */
    @JsonProperty("self-connect")
    self_connect
}
