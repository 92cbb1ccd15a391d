package dev.rebind.diagnosis.seen;

import dev.rebind.sockets.Family;
import java.util.List;
import java.util.Optional;

/** Whether address translation sends the port's clients elsewhere. */
public sealed interface Nat {
    /**
     * @param rules those that take clients of the port, or may take some; empty where none does
     * @param unread which rules could not be read and why, clauses without a full stop; empty where all were
     */
    record Read(List<Rule> rules, List<String> unread) implements Nat {
        public Read {
            rules = List.copyOf(rules);
            unread = List.copyOf(unread);
        }
    }

    /** @param why which tool or right is missing, a clause without a full stop */
    record Unread(String why) implements Nat {}

    /** It was not looked at, for want of time. */
    record NotAsked() implements Nat {}

    /** Where clients come from. */
    enum Clients {
        OTHER_MACHINES,
        THIS_MACHINE
    }

    /** How many of its clients a rule takes. */
    enum Takes {
        ALL,
        /**
         * Perhaps some: the rule, or one before it, has a condition that holds for a part of the clients, or of which is not
         * known for whom it holds.
         */
        SOME
    }

    /**
     * @param text the rule as the tool prints it, or for nft in nft's own words
     * @param target where it sends the clients, for example {@code 10.0.0.5:80}, or {@code :15006} for a port of this machine;
     *     empty where the rule does not say
     * @param hook the hook of netfilter from which the rule is reached: PREROUTING or OUTPUT
     * @param clients whom the rule concerns
     * @param family the protocol of these clients; empty for both
     * @param takes how many of these clients
     */
    record Rule(String text, String target, String hook, Clients clients, Optional<Family> family, Takes takes) {}
}
