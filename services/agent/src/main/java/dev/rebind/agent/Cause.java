package dev.rebind.agent;

/** Why a bind or listen failed with EADDRINUSE. The names are those of records, metrics and labels. */
public enum Cause {
    /** Sockets in TIME_WAIT. */
    time_wait,
    /** Sockets in FIN_WAIT_2: the other end has not closed. */
    fin_wait2,
    /** Connections that are still served. */
    established,
    /** Connections that the other end has closed and this end has not. */
    close_wait,
    /** Connections in FIN_WAIT_1, LAST_ACK or CLOSING: a FIN or data is not acknowledged yet. */
    closing,
    /** The old generation still listens. */
    listener_old,
    /** Another program listens. */
    listener_other,
    /** A connection of some other program that goes out from this port. */
    outgoing,
    /** A client that connected to itself. */
    self_connect,
    /** The evidence does not say. */
    unknown
}
