package dev.rebind.record.clients;

/**
 * Why a request failed. The cause combines how the request failed with the moments of the restart. A cause is given only where it can be
 * shown; otherwise it is {@link #unknown}.
 */
public enum RequestCause {
    /** Refused between the order to stop and the bind of the new server, before a bind was known to have failed. */
    refused_while_nobody_listened,
    /** Refused after the new server's bind had failed, and before a bind succeeded. */
    refused_after_failed_bind,
    /** Refused after the new server had failed to start, at its bind or for another reason, and before a server was bound. */
    refused_after_failed_start,
    /** Refused because the new server had been bound but then ended by itself. */
    refused_after_new_server_ended,
    /**
     * Refused where something stands between the clients and the server: a Service without a ready endpoint, a proxy, or the server's own
     * address refused. A client cannot tell these apart, and the EndpointSlices did not help.
     */
    refused_on_the_way,
    /** Refused by a Service that had no ready endpoint, as its EndpointSlices show; the new server was not known to be bound. */
    refused_without_endpoint,
    /** Refused by a Service that had no ready endpoint after the new server was bound: its pod was not ready yet. */
    refused_before_ready,
    /** Sent by a Service to its only endpoint after the pod was gone: refused, unreachable, or not connected in time. */
    sent_to_gone_endpoint,
    /** Reset by the old server, on a connection that had carried an answer before. */
    reset_by_old_server,
    /** The old server closed a connection that had carried an answer before, and this answer was not complete. */
    closed_by_old_server,
    /**
     * The old server's end reset or closed the connection before its first answer. Either the connection stood in the accept queue of a
     * listener that was closed, or the server had accepted it and did not answer. A client cannot tell the two apart.
     */
    unserved_by_old_server,
    /** The new server reset or closed the connection before the answer was complete. */
    ended_by_new_server,
    /** The connect timed out: nothing at the address answered. */
    timed_out_connecting,
    /** The connection was made, but the answer was not complete in time. */
    timed_out_answering,
    /** The request waited too long for a free connection of the client. */
    timed_out_waiting,
    /** The old server answered with another status than the expected one. */
    status_of_old_server,
    /** The new server, which may not have been ready yet, answered with another status than the expected one. */
    status_of_new_server,
    /** A server, not known which, answered with another status than the expected one. */
    status,
    /** No host had the address, or no route led to it (EHOSTUNREACH, ENETUNREACH). */
    unreachable,
    /** The cause cannot be told. */
    unknown
}
