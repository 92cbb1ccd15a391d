package dev.rebind.child.protocol;

/** How a server is stopped: what happens to its connections. One word for the order to the server and for the agent that gives it. */
public enum StopWay {
    /**
     * A FIN on every connection. What clients still send is read for a short while, as unread data would turn the close into
     * a reset (RFC 9293, section 3.10.4); a server that does not read anyway just closes.
     */
    close,
    /** SO_LINGER 0: every connection is reset. */
    reset,
    /** Only the listener is closed; connections are served until they end by themselves. */
    keep,
    /** SIGKILL, by whoever started the server. It is no order, and a listener inside another program cannot have it. */
    kill;

    /** Whether a server can be told to stop in this way. */
    public boolean isOrder() {
        return this != kill;
    }
}
