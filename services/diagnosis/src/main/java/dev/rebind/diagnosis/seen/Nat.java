package dev.rebind.diagnosis.seen;

import java.util.List;

/** Whether address translation sends the port's clients elsewhere. */
public sealed interface Nat {
    /** @param rules those that match the port, as the tool prints them; empty where none do */
    record Read(List<Rule> rules) implements Nat {
        public Read {
            rules = List.copyOf(rules);
        }
    }

    /** @param why which tool or right is missing, a clause without a full stop */
    record Unread(String why) implements Nat {}

    /** It was not looked at, for want of time. */
    record NotAsked() implements Nat {}

    /**
     * @param text the rule as the tool prints it
     * @param target where it sends the clients, for example {@code 10.0.0.5:80}; empty where the rule does not say
     * @param hook PREROUTING for clients from other machines, OUTPUT for those on this one; empty where not known
     */
    record Rule(String text, String target, String hook) {}
}
