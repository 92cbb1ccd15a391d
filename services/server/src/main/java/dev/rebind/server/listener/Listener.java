package dev.rebind.server.listener;

import dev.rebind.child.IoFailure;
import dev.rebind.child.protocol.StopWay;
import java.time.Duration;

/** A listener and the connections that it accepted. Methods block and may be called by several threads. */
public interface Listener {

    /** What came of opening a listener. */
    sealed interface Opening {
        /** @param port the actual one */
        record Opened(Listener listener, int port) implements Opening {}

        /** bind or listen failed; nothing is left of the attempt. */
        record Failed(IoFailure failure) implements Opening {}

        /** What is asked for cannot be had here. */
        record Refused(String why) implements Opening {}
    }

    /** Closes the listening socket; returns when the kernel has none any more. Connections live on. Again: does nothing. */
    void closeListener();

    /** Ends the connections that are open now: FIN, reset, or with keep not at all. Does not wait for them. */
    void endConnections(StopWay way);

    /** Waits until no connection is open any more, at most so long; says whether that is so. */
    boolean awaitNoConnections(Duration limit) throws InterruptedException;

    /**
     * Lets go of all that is left: the connections that are open still are closed, their FIN is sent. With handlers of their
     * own, and keep as the last way, they live on.
     */
    void release();

    boolean listening();

    int connections();

    /** Since the start. */
    long accepted();
}
