package dev.rebind.diagnosis.nat;

/**
 * What a rule does with the clients that reach it.
 *
 * @param match for whom its conditions hold
 * @param text of the rule
 */
public record RuleStep(Applies match, Action action, String text) {
    public sealed interface Action {
        /** The hook is left for the chain of the next priority. */
        record Accept() implements Action {}

        record Drop() implements Action {}

        record Return() implements Action {}

        record Jump(String chain) implements Action {}

        /** A jump that does not come back to this chain but to its caller. */
        record Goto(String chain) implements Action {}

        /**
         * @param target in words
         * @param stays whether the clients reach the port's server all the same
         */
        record Translate(String target, Applies stays) implements Action {}

        /** The connection is not tracked, and no address is translated; the next rule follows. */
        record Untrack() implements Action {}
    }
}
