package dev.rebind.live;

import org.jspecify.annotations.Nullable;

/** Which servers in the pods of a cluster would not come back at once. Safe for several threads; does not block. */
@FunctionalInterface
public interface Audits {
    /** Of a program that looks at no pods. */
    Audits ON_ONE_MACHINE =
            _ -> new Answer.Nothing("there are no pods here; rebind audit lists the servers of this machine");

    /** @param namespace of the pods; null: all that are audited */
    Answer last(@Nullable String namespace);

    /** The last audit. */
    sealed interface Answer {
        /** @param json an object as docs/reference/audit.schema.json describes it */
        record Told(String json) implements Answer {}

        /** There is none, and there will be none; the sentence says why. */
        record Nothing(String why) implements Answer {}

        /** That namespace is not audited; the sentence says so. */
        record NotAudited(String why) implements Answer {}

        /** There is none yet. */
        record NotYet(String why) implements Answer {}
    }
}
