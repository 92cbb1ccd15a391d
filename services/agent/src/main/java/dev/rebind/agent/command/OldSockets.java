package dev.rebind.agent.command;

import dev.rebind.diagnosis.Question;
import java.util.List;

/**
 * What a run showed of its sockets before its stop, beside the listener that the clients reach.
 *
 * @param others what its other listeners ask the kernel for, on other addresses and ports, when it is started again
 * @param connectionsWithout whether it had connections without SO_REUSEADDR, though their listener had it
 */
record OldSockets(List<Question> others, boolean connectionsWithout) {
    static final OldSockets NONE = new OldSockets(List.of(), false);

    OldSockets {
        others = List.copyOf(others);
    }
}
