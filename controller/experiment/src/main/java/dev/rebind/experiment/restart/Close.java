package dev.rebind.experiment.restart;

/** Who closes the connections at a restart, and how. */
public enum Close {
    /** The server closes its connections (FIN), then ends. */
    server,
    /** The clients close first, then the server stops. */
    client,
    /** The server resets its connections (SO_LINGER 0). */
    reset,
    /** SIGKILL ends the server, so the kernel closes the connections. */
    kill,
    /** The server closes; the clients have stopped reading and never close. */
    stall,
    /** The server closes its listener; processes of their own keep its connections open. */
    keep,
    /** Nobody closes: the old generation still runs when the new one starts. */
    none
}
