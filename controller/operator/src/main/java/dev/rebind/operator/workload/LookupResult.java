package dev.rebind.operator.workload;

import java.util.List;

/** The targets that a look-up found, or why there are none. */
public sealed interface LookupResult {
    /**
     * The look-up found the targets.
     *
     * @param targets one or more, sorted by the names of their pods
     */
    record Found(List<TargetPod> targets) implements LookupResult {
        public Found {
            targets = List.copyOf(targets);
        }

        Found(TargetPod target) {
            this(List.of(target));
        }

        public TargetPod target() {
            return targets.getFirst();
        }
    }

    /**
     * The look-up found no target that the experiment may restart now.
     *
     * @param reason one word for programs
     * @param passing whether a later look-up may find the target
     */
    record Refused(String reason, String message, boolean passing) implements LookupResult {}
}
