package dev.rebind.diagnosis.nat;

import dev.rebind.diagnosis.nat.ChainOutcome.Part;
import dev.rebind.diagnosis.nat.ChainOutcome.Taken;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Follows clients through the chains of a table. For one thread. */
public final class ChainWalk {
    private final Function<String, List<RuleStep>> chains;
    private final Map<String, ChainOutcome> known = new HashMap<>();

    /** @param chains the rules of a chain by its name, in their order; empty for one that is not there */
    public ChainWalk(Function<String, List<RuleStep>> chains) {
        this.chains = chains;
    }

    public ChainOutcome through(String chain) {
        ChainOutcome before = known.get(chain);
        if (before != null) {
            return before;
        }
        // The kernel lets in no loops.
        known.put(chain, ChainOutcome.NOTHING);
        var passage = new Passage();
        for (RuleStep step : chains.apply(chain)) {
            passage.meets(step);
        }
        ChainOutcome outcome = passage.outcome();
        known.put(chain, outcome);
        return outcome;
    }

    /** The clients on their way through one chain. */
    private final class Passage {
        private Part left = Part.ALL;
        private boolean gone;
        private boolean accepted;
        private boolean back;
        private Applies untracked = Applies.NO;
        private final List<Taken> taken = new ArrayList<>();

        void meets(RuleStep step) {
            if (left == Part.NONE || step.match() == Applies.NO) {
                return;
            }
            boolean every = left == Part.ALL && step.match() == Applies.YES;
            switch (step.action()) {
                case RuleStep.Action.Accept _ -> {
                    accepted = true;
                    leave(step);
                }
                case RuleStep.Action.Drop _ -> {
                    gone = true;
                    leave(step);
                }
                case RuleStep.Action.Return _ -> {
                    back = true;
                    leave(step);
                }
                case RuleStep.Action.Translate(String target, Applies stays) -> {
                    if (stays != Applies.YES) {
                        taken.add(new Taken(step.text(), target, every && stays == Applies.NO));
                    }
                    gone = true;
                    leave(step);
                }
                case RuleStep.Action.Untrack _ -> untrack(every ? Applies.YES : Applies.MAYBE);
                case RuleStep.Action.Jump(String chain) -> {
                    Part returned = enter(chain, every);
                    if (returned != Part.ALL) {
                        left = step.match() == Applies.YES && returned == Part.NONE ? Part.NONE : Part.SOME;
                    }
                }
                case RuleStep.Action.Goto(String chain) -> {
                    back |= enter(chain, every) != Part.NONE;
                    leave(step);
                }
            }
        }

        private void leave(RuleStep step) {
            left = step.match() == Applies.YES ? Part.NONE : Part.SOME;
        }

        private void untrack(Applies whom) {
            untracked = untracked.compareTo(whom) >= 0 ? untracked : whom;
        }

        /** @return who of those that enter comes back */
        private Part enter(String chain, boolean every) {
            ChainOutcome whole = through(chain);
            ChainOutcome inside = every ? whole : whole.ofSome();
            taken.addAll(inside.taken());
            untrack(inside.untracked());
            gone |= inside.gone();
            accepted |= inside.accepted();
            return inside.back();
        }

        ChainOutcome outcome() {
            return new ChainOutcome(gone, accepted, back || left != Part.NONE, taken, untracked);
        }
    }
}
