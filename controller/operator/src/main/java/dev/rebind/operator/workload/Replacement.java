package dev.rebind.operator.workload;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The progress of the replacement of a server's container. */
sealed interface Replacement {
    /** The experiment has not told any container to end; the present one is the workload's own. */
    record None() implements Replacement {}

    /**
     * The old container was told to end.
     *
     * @param nanos when the container was told to end, in {@link System#nanoTime()}
     * @param oldPods uids of the workload's pods at that time; empty if the new container comes in the same pod
     */
    record Ordered(long nanos, Set<String> oldPods) implements Replacement {
        public Ordered {
            oldPods = Set.copyOf(oldPods);
        }
    }

    /**
     * The kubelet has run the new container.
     *
     * @param oldPods as in {@link Ordered}
     * @param startMillis from the order until the controller first saw that the container runs or has run, in ms
     */
    record Started(Set<String> oldPods, double startMillis) implements Replacement {
        public Started {
            oldPods = Set.copyOf(oldPods);
        }
    }

    /** Notes that the controller sees the new container now. Only the first time counts. */
    default Replacement started(long nowNanos) {
        return switch (this) {
            case None none -> none;
            case Ordered ordered -> new Started(ordered.oldPods(), (nowNanos - ordered.nanos()) / 1e6);
            case Started started -> started;
        };
    }

    /** Whether a container was told to end. */
    default boolean isOrdered() {
        return !(this instanceof None);
    }

    /** Returns the uids of the pods that the restart replaces; empty if it replaces none. */
    default Set<String> replaced() {
        return switch (this) {
            case None _ -> Set.of();
            case Ordered ordered -> ordered.oldPods();
            case Started started -> started.oldPods();
        };
    }

    /** Returns {@link ContainerAgent#startMillis}. */
    default @Nullable Double millis() {
        return this instanceof Started started ? started.startMillis() : null;
    }
}
