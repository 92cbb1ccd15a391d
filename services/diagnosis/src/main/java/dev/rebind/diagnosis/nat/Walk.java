package dev.rebind.diagnosis.nat;

import dev.rebind.diagnosis.nat.Outcome.Part;
import dev.rebind.diagnosis.nat.Outcome.Taken;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Follows clients through the chains of a table. For one thread. */
public final class Walk {
    private final Function<String, List<Step>> chains;
    private final Map<String, Outcome> known = new HashMap<>();

    /** @param chains the rules of a chain by its name, in their order; empty for one that is not there */
    public Walk(Function<String, List<Step>> chains) {
        this.chains = chains;
    }

    public Outcome through(String chain) {
        Outcome before = known.get(chain);
        if (before != null) {
            return before;
        }
        // The kernel lets in no loops.
        known.put(chain, Outcome.NOTHING);
        var passage = new Passage();
        for (Step step : chains.apply(chain)) {
            passage.meets(step);
        }
        Outcome outcome = passage.outcome();
        known.put(chain, outcome);
        return outcome;
    }

    /** The clients on their way through one chain. */
    private final class Passage {
        private Part left = Part.ALL;
        private boolean gone;
        private boolean accepted;
        private boolean back;
        private Answer untracked = Answer.NO;
        private final List<Taken> taken = new ArrayList<>();

        void meets(Step step) {
            if (left == Part.NONE || step.match() == Answer.NO) {
                return;
            }
            boolean every = left == Part.ALL && step.match() == Answer.YES;
            switch (step.action()) {
                case Step.Action.Accept _ -> {
                    accepted = true;
                    leave(step);
                }
                case Step.Action.Drop _ -> {
                    gone = true;
                    leave(step);
                }
                case Step.Action.Return _ -> {
                    back = true;
                    leave(step);
                }
                case Step.Action.Translate(String target, Answer stays) -> {
                    if (stays != Answer.YES) {
                        taken.add(new Taken(step.text(), target, every && stays == Answer.NO));
                    }
                    gone = true;
                    leave(step);
                }
                case Step.Action.Untrack _ -> untrack(every ? Answer.YES : Answer.MAYBE);
                case Step.Action.Jump(String chain) -> {
                    Part returned = enter(chain, every);
                    if (returned != Part.ALL) {
                        left = step.match() == Answer.YES && returned == Part.NONE ? Part.NONE : Part.SOME;
                    }
                }
                case Step.Action.Goto(String chain) -> {
                    back |= enter(chain, every) != Part.NONE;
                    leave(step);
                }
            }
        }

        private void leave(Step step) {
            left = step.match() == Answer.YES ? Part.NONE : Part.SOME;
        }

        private void untrack(Answer whom) {
            untracked = untracked.compareTo(whom) >= 0 ? untracked : whom;
        }

        /** @return who of those that enter comes back */
        private Part enter(String chain, boolean every) {
            Outcome whole = through(chain);
            Outcome inside = every ? whole : whole.ofSome();
            taken.addAll(inside.taken());
            untrack(inside.untracked());
            gone |= inside.gone();
            accepted |= inside.accepted();
            return inside.back();
        }

        Outcome outcome() {
            return new Outcome(gone, accepted, back || left != Part.NONE, taken, untracked);
        }
    }
}
