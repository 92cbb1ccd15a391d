package dev.rebind.diagnosis.nat;

import java.util.List;

/** The rules of one tool. */
public interface Ruleset {
    /**
     * A chain from which the kernel starts.
     *
     * @param priority the lowest comes first
     * @param nat whether it is of the type nat, which untracked connections do not enter
     */
    record Base(int priority, boolean nat, ChainOutcome outcome) {}

    /** What the chains at the hook of the traffic do with it. */
    List<Base> at(FirstPackets traffic);
}
