package dev.rebind.live;

import org.jspecify.annotations.Nullable;

/** Which servers in the pods of a cluster would not come back at once. Safe for several threads; does not block. */
@FunctionalInterface
public interface Audits {
    /** For a program that runs outside of a cluster. */
    Audits ON_ONE_MACHINE =
            _ -> new Answer.Nothing("there are no pods here; rebind audit lists the servers of this machine");

    /** @param namespace of the pods; null for all namespaces that are audited */
    Answer last(@Nullable String namespace);

    /** The last audit. */
    sealed interface Answer {
        /** @param json an object as docs/reference/audit.schema.json describes it */
        record Told(String json) implements Answer {}

        /** There is no audit and there will be none; the sentence says why. */
        record Nothing(String why) implements Answer {}

        /** The controller does not audit that namespace; the sentence says so. */
        record NotAudited(String why) implements Answer {}

        /** There is no audit yet; the sentence says why. */
        record NotYet(String why) implements Answer {}
    }
}
