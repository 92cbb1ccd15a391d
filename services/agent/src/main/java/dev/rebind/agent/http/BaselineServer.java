package dev.rebind.agent.http;

import dev.rebind.agent.wire.WireMessages;
import dev.rebind.agent.wire.WireMessages.OwnStart;
import dev.rebind.child.protocol.StopWay;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The server that an agent runs by itself, while nobody holds the agent. Safe for several threads. */
public interface BaselineServer {
    WireMessages.Baseline state();

    /** The starts that it made, the newest last. */
    List<OwnStart> starts();

    /**
     * Stops it and keeps it stopped; returns when the port is left. Does nothing where there is none.
     *
     * @param way a reset leaves nothing on the port
     * @throws IOException when it cannot be stopped
     */
    void hold(StopWay way) throws IOException, InterruptedException;

    /** Starts it again after a hold, and tries until it is bound; returns at once. */
    void release();

    /**
     * Ends the agent's process in order; returns at once.
     *
     * @param way in which the server is stopped; null: as it always is
     */
    void exit(int code, @Nullable StopWay way);
}
