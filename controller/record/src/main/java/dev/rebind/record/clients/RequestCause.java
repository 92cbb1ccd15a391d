package dev.rebind.record.clients;

/**
 * Why a request failed: how it failed, joined with the moments of the restart. Only what can be shown is told; the rest is {@link
 * #unknown}.
 */
public enum RequestCause {
    /** Refused between the order to stop and the bind of the new server, before a bind was known to have failed. */
    refused_while_nobody_listened,
    /** Refused after the new server's bind had failed, and before one succeeded. */
    refused_after_failed_bind,
    /** Refused after the new server had failed to start, at its bind or for another reason, and before one was bound. */
    refused_after_failed_start,
    /** Refused when the new server had been bound and no longer listened: it has ended by itself. */
    refused_after_new_server_ended,
    /**
     * Refused where something stands between the clients and the server: by a Service that had no ready endpoint, by a proxy, or by the
     * server's own address. A client cannot tell them apart, and EndpointSlices did not either.
     */
    refused_on_the_way,
    /** Refused by a Service that had no ready endpoint, by its EndpointSlices; the new server was not known to be bound. */
    refused_without_endpoint,
    /** The same when the new server was bound: its pod was not ready yet. */
    refused_before_ready,
    /** Sent by a Service to its only endpoint, whose pod was gone by then: refused, unreachable, or no connection in time. */
    sent_to_gone_endpoint,
    /** Reset on a connection to the old server that had been answered before. */
    reset_by_old_server,
    /** The old server closed a connection that had been answered before, and the whole answer was not there. */
    closed_by_old_server,
    /**
     * A connection to the old server was reset or closed before its first answer: it stood in the accept queue of a listener that was
     * closed, or it had been accepted and was not answered. A client cannot tell the two apart.
     */
    unserved_by_old_server,
    /** The new server reset or closed the connection before the whole answer was there. */
    ended_by_new_server,
    /** No connection in time: whoever had the address did not answer. */
    timed_out_connecting,
    /** A connection, and no whole answer in time. */
    timed_out_answering,
    /** No connection was free in time. */
    timed_out_waiting,
    /** Another status than the expected one, from the old server. */
    status_of_old_server,
    /** Another status than the expected one, from the new server, which may not have been ready yet. */
    status_of_new_server,
    /** Another status than the expected one; from which server is not known. */
    status,
    /** Nobody had the address, or no route led to it (EHOSTUNREACH, ENETUNREACH). */
    unreachable,
    /** It cannot be told. */
    unknown
}
