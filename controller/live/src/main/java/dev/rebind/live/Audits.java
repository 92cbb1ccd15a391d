package dev.rebind.live;

import org.jspecify.annotations.Nullable;

/**
 * Tells which servers in the pods of a cluster could not bind their port again at once after a restart. Safe for several threads; does not
 * block.
 */
@FunctionalInterface
public interface Audits {
    /** The answer of a program that runs outside a cluster. */
    Audits ON_ONE_MACHINE =
            _ -> new Answer.Nothing("there are no pods here; rebind audit lists the servers of this machine");

    /**
     * Returns the last audit, or why there is none.
     *
     * @param namespace the namespace of the pods; null for all namespaces that are audited
     */
    Answer last(@Nullable String namespace);

    /** The last audit, or why there is none. */
    sealed interface Answer {
        /**
         * The last audit.
         *
         * @param json an object as docs/reference/audit.schema.json describes it
         */
        record Told(String json) implements Answer {}

        /** There is no audit and there will be none; the sentence says why. */
        record Nothing(String why) implements Answer {}

        /** The controller does not audit that namespace; the sentence says so. */
        record NotAudited(String why) implements Answer {}

        /** There is no audit yet; the sentence says why. */
        record NotYet(String why) implements Answer {}
    }
}
