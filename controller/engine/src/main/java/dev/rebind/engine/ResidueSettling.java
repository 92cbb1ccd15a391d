package dev.rebind.engine;

import dev.rebind.agent.Agent;
import dev.rebind.agent.Agent.Place;
import dev.rebind.experiment.expect.Expect;
import java.time.Duration;

/**
 * Waits until the residue of a stop has stopped changing. It serves an agent whose last chance to look comes before the look of the cycle.
 */
public final class ResidueSettling {
    /** The longest wait for the intended residue. A close takes the time of a few segments only. */
    static final Duration LONGEST = Duration.ofSeconds(3);

    private ResidueSettling() {}

    /**
     * Looks at the server's end until it shows the intended residue and has stopped changing, for 3 s at most.
     *
     * @param expect the expectations of the cycle, which name the residue
     */
    public static void await(Agent agent, Place place, Expect expect) throws InterruptedException {
        var _ = StateWait.residue(
                agent,
                place,
                new StateWait.Patience(LONGEST, StateWait.BETWEEN_LOOKS),
                view -> Judge.isLeft(expect, StateCounts.of(view.local())));
    }
}
