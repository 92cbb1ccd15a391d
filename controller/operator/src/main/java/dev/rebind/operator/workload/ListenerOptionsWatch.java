package dev.rebind.operator.workload;

import dev.rebind.record.bind.Reuse;
import dev.rebind.record.server.SocketFlags;
import org.jspecify.annotations.Nullable;

/** Options of the listeners of one restart, as the agent of the node reads them. For one thread. */
final class ListenerOptionsWatch {
    private final PodPortObserver port;
    private @Nullable SocketFlags old;
    private @Nullable SocketFlags fresh;
    private boolean bound;

    ListenerOptionsWatch(PodPortObserver port) {
        this.port = port;
    }

    /** Right before the old server is stopped. */
    void replacing() {
        bound = false;
        fresh = null;
        old = port.flags();
    }

    void bound() {
        bound = true;
    }

    /** Of the old server; null before a restart. */
    @Nullable
    SocketFlags old() {
        return old;
    }

    /** Of the new server, read when somebody asks, so that the look takes no time of the restart; null before it is bound. */
    @Nullable
    SocketFlags fresh() {
        if (fresh == null && bound) {
            fresh = port.flags();
        }
        return fresh;
    }

    /** Null where one of the two was not read. */
    @Nullable
    Reuse reuse() {
        SocketFlags now = fresh();
        return old == null || old.reuseAddress() == null || now == null || now.reuseAddress() == null
                ? null
                : new Reuse(old.reuseAddress(), now.reuseAddress());
    }
}
