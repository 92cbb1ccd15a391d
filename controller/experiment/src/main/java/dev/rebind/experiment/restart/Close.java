package dev.rebind.experiment.restart;

/** Ways to close, as the design lists them. */
public enum Close {
    /** The server closes its connections (FIN), then ends. */
    server,
    /** The clients close first, then the server stops. */
    client,
    /** The server resets its connections (SO_LINGER 0). */
    reset,
    /** SIGKILL: the kernel closes for the server. */
    kill,
    /** The server closes; the clients have stopped reading and never close. */
    stall,
    /** The server ends its listener; its connections live on in processes of their own. */
    keep,
    /** Nobody: the old generation is still there when the new one starts. */
    none
}
