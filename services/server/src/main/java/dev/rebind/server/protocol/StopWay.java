package dev.rebind.server.protocol;

/** What happens to the connections when the server stops. */
public enum StopWay {
    /**
     * A FIN on every connection. What clients still send is read for a short while, as unread data would turn the close into
     * a reset (RFC 9293, section 3.10.4); a server that does not read anyway just closes.
     */
    close,
    /** SO_LINGER 0: every connection is reset. */
    reset,
    /** Only the listener is closed; connections are served until they end by themselves. */
    keep
}
