package dev.rebind.diagnosis;

/**
 * Why a bind or listen fails. The names are stable: they are those of records, metrics, labels and {@code --json}. Those that
 * experiments use have the same meaning there.
 */
public enum Cause {
    /** Sockets in TIME_WAIT. */
    time_wait,
    /** Sockets in FIN_WAIT_2: the other end has not closed. */
    fin_wait2,
    /** Connections that were accepted on the port and are open, or of which nobody can tell whether they were accepted. */
    established,
    /** Connections that the other end has closed and the program at this end has not. */
    close_wait,
    /** Connections in FIN_WAIT_1, LAST_ACK or CLOSING: a FIN or data is not acknowledged yet. */
    closing,
    /** The same program, started earlier, still listens. */
    listener_old,
    /** A process that was seen, and that is another program, listens. */
    listener_other,
    /** This very process listens already. */
    listener_own,
    /** A process that inherited the listening socket from its dead parent keeps it open. */
    listener_inherited,
    /** A service manager or another supervisor listens in the place of a service. */
    socket_activation,
    /** Somebody listens whose process cannot be seen. */
    listener_unseen,
    /** A connection that goes out from the port. */
    outgoing,
    /** A client that connected to itself. */
    self_connect,
    /** A socket is bound to the port, and neither listens nor is connected. */
    bound_not_listening,
    /** EACCES: the port is below net.ipv4.ip_unprivileged_port_start, and the capability is missing. */
    privileged_port,
    /** EACCES or EPERM: a security module, a sandbox or a BPF program forbids the bind. */
    security_module,
    /** EADDRNOTAVAIL: the address is none of this machine's. EINVAL: it is a link-local one of IPv6, and its zone is missing. */
    address_not_local,
    /** EADDRNOTAVAIL: the IPv6 address is still being checked for duplicates. */
    address_tentative,
    /** EADDRNOTAVAIL: the check has found the IPv6 address on another machine. */
    address_duplicate,
    /** EADDRNOTAVAIL: the address is on an interface that is down, or has no carrier, or has no IPv6. */
    address_down,
    /** The evidence does not say. */
    unknown
}
