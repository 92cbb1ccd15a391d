package dev.rebind.engine;

import dev.rebind.agent.Agent;
import dev.rebind.agent.Agent.Place;
import dev.rebind.experiment.expect.Expect;
import java.time.Duration;

/** Waits until what a stop has left stands still, for whoever may not look any more when the cycle does. */
public final class ResidueSettling {
    /** Longest wait for the residue that a cycle is meant to leave; a close takes the time of a few segments. */
    static final Duration LONGEST = Duration.ofSeconds(3);

    private ResidueSettling() {}

    /**
     * Looks at the server's end until it shows the intended residue and has stopped changing, or for 3 s.
     *
     * @param expect of the cycle
     */
    public static void await(Agent agent, Place place, Expect expect) throws InterruptedException {
        var _ = StateWait.residue(
                agent,
                place,
                new StateWait.Patience(LONGEST, StateWait.BETWEEN_LOOKS),
                view -> Judge.isLeft(expect, StateCounts.of(view.local())));
    }
}
