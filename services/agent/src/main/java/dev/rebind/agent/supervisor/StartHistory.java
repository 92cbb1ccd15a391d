package dev.rebind.agent.supervisor;

import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.PortView;
import dev.rebind.agent.wire.WireMessages.Failure;
import dev.rebind.agent.wire.WireMessages.OwnStart;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The starts that a supervisor made. A generation has one entry, however often it was tried. Safe for several threads. */
final class StartHistory {
    private static final int MOST = 100;

    private final ArrayDeque<OwnStart> starts = new ArrayDeque<>();

    /**
     * @param failure the explained failure; null where the start succeeded
     * @param before what was on the port before the start was tried
     */
    synchronized void add(Start start, @Nullable Failure failure, PortView before) {
        OwnStart last = starts.peekLast();
        boolean again =
                last != null && last.generation() == start.generation() && !(last.start() instanceof Start.Bound);
        if (last != null && again) {
            starts.removeLast();
            starts.addLast(new OwnStart(
                    start.generation(),
                    last.tries() + 1,
                    start,
                    last.failure() == null ? failure : last.failure(),
                    last.before()));
        } else {
            starts.addLast(new OwnStart(start.generation(), 1, start, failure, before));
        }
        if (starts.size() > MOST) {
            starts.removeFirst();
        }
    }

    /** Returns all starts, the newest last. */
    synchronized List<OwnStart> all() {
        return List.copyOf(starts);
    }
}
