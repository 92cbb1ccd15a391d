package dev.rebind.agent.command;

import dev.rebind.diagnosis.Question;
import java.util.List;

/**
 * The sockets that a run showed before its stop, except the listener that the clients reach.
 *
 * @param others what its listeners on other addresses and ports ask the kernel for when it is started again
 * @param connectionsWithout whether it had connections without SO_REUSEADDR, although their listener had the option
 */
record OldSockets(List<Question> others, boolean connectionsWithout) {
    static final OldSockets NONE = new OldSockets(List.of(), false);

    OldSockets {
        others = List.copyOf(others);
    }
}
