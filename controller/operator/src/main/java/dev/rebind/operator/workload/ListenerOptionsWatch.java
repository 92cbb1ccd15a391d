package dev.rebind.operator.workload;

import dev.rebind.record.bind.Reuse;
import dev.rebind.record.server.SocketFlags;
import org.jspecify.annotations.Nullable;

/** Reads the options of the old and the new listener of a restart through the agent of the node. Only one thread may use it. */
final class ListenerOptionsWatch {
    private final PodPortObserver port;
    private @Nullable SocketFlags old;
    private @Nullable SocketFlags fresh;
    private boolean bound;

    ListenerOptionsWatch(PodPortObserver port) {
        this.port = port;
    }

    /** Reads the options of the old listener. Callers do this right before they stop the old server. */
    void replacing() {
        bound = false;
        fresh = null;
        old = port.flags();
    }

    void bound() {
        bound = true;
    }

    /** Returns the options of the old listener; null before the first restart. */
    @Nullable
    SocketFlags old() {
        return old;
    }

    /**
     * Returns the options of the new listener; null before it is bound. Reads them only on the first call, so that the
     * look does not prolong the restart.
     */
    @Nullable
    SocketFlags fresh() {
        if (fresh == null && bound) {
            fresh = port.flags();
        }
        return fresh;
    }

    /** Returns SO_REUSEADDR of both listeners; null if one of them could not be read. */
    @Nullable
    Reuse reuse() {
        SocketFlags now = fresh();
        return old == null || old.reuseAddress() == null || now == null || now.reuseAddress() == null
                ? null
                : new Reuse(old.reuseAddress(), now.reuseAddress());
    }
}
