package dev.rebind.agent.http;

import dev.rebind.agent.wire.WireMessages;
import dev.rebind.agent.wire.WireMessages.OwnStart;
import dev.rebind.child.protocol.StopWay;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The server that an agent runs while nobody holds the agent. Safe for several threads. */
public interface BaselineServer {
    WireMessages.Baseline state();

    /** Returns the starts that the agent made by itself, the newest last. */
    List<OwnStart> starts();

    /**
     * Stops the server and keeps it stopped. Returns when the server has left the port. Does nothing where there is no server.
     *
     * @param way a reset leaves nothing on the port
     * @throws IOException when the server cannot be stopped
     */
    void hold(StopWay way) throws IOException, InterruptedException;

    /** Starts the server again after a hold, and tries until it is bound. Returns at once. */
    void release();

    /**
     * Ends the agent's process in order. Returns at once.
     *
     * @param way how the server is stopped; null for its usual way
     */
    void exit(int code, @Nullable StopWay way);
}
