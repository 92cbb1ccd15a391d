package dev.rebind.agent.lab;

import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Explanation;
import dev.rebind.agent.PortView;
import dev.rebind.sockets.bind.Flag;
import org.jspecify.annotations.Nullable;

/** The result of a {@link BareCell}. */
public sealed interface CellRun {
    /**
     * The new socket was tried.
     *
     * @param residue the port right before the new socket came
     * @param shortfall how the port differed from what the cell wants; null where it did not differ
     * @param expected what the kernel's rule expects for what was really there
     * @param start the result; never {@link Start.Broken}
     * @param explanation of a failure; null when the new socket was bound
     */
    record Ran(
            PortView residue,
            @Nullable String shortfall,
            Expected expected,
            Start start,
            @Nullable Explanation explanation)
            implements CellRun {}

    /** The old socket could not be made, or the new one could not be tried. */
    record NotRun(String why) implements CellRun {}

    /** One end waited for the other in vain because the machine's network lost a packet. The run says nothing about the kernel's rule. */
    record WaitedInVain(String why) implements CellRun {}

    /**
     * @param passes ON: the bind succeeds; OFF: {@code call} fails with EADDRINUSE; UNKNOWN: the port could not be read
     * @param call bind or listen; null unless OFF
     */
    record Expected(Flag passes, @Nullable String call) {}
}
