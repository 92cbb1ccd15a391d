package dev.rebind.diagnosis.seen;

/**
 * Which end opened a connection. The kernel keeps it nowhere, and its count of acknowledged bytes tells it: the SYN of the end
 * that connected counts as one, the SYN of the end that accepted does not (tcp_rcv_synsent_state_process calls tcp_ack; a
 * socket made by tcp_create_openreq_child begins behind its SYN).
 */
public enum Opener {
    /** The far end: the connection was accepted here. */
    PEER,
    /** This end: the connection goes out from here. */
    SELF,
    UNKNOWN
}
