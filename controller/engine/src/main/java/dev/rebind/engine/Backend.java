package dev.rebind.engine;

import dev.rebind.plan.PlannedCycle;
import dev.rebind.record.CycleRecord;
import dev.rebind.sockets.proc.Namespace;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Where cycles run, as their records say it. Calls come from the threads of the cycles. */
public interface Backend {
    /** local or kubernetes. */
    String name();

    /** Whether the kernel there may give the port to any outgoing connection. */
    boolean ephemeral(int port);

    /** Where in a cluster the cycle was that ends now; null on one machine. */
    CycleRecord.@Nullable Cluster cluster();

    /** Whose port is bound: a node's name where the port is the node's; changes when a pod comes back elsewhere. */
    String host();

    /** Where clients connect to now; changes when a fresh pod has another address. */
    String clientAddress();

    /** How often a cycle looks at the port beside the looks that it needs. */
    Duration samplePeriod();

    /**
     * Before the old generation is stopped: what the new one is to have when somebody else starts it.
     *
     * @throws CycleFailure when it cannot be given that
     */
    void preparing(PlannedCycle cycle) throws CycleFailure, InterruptedException;

    /**
     * SO_REUSEADDR of both generations of the cycle that ends now.
     *
     * @param planned as the experiment has it
     * @return null where nobody knows
     */
    default CycleRecord.@Nullable Reuse reuse(CycleRecord.Reuse planned) {
        return planned;
    }

    /** Whether the new generation is started again by somebody else when its bind failed, whatever the errno was. */
    default boolean triesByItself() {
        return false;
    }

    /** This machine. */
    Backend LOCAL = new Backend() {
        private final Namespace namespace = new Namespace();

        @Override
        public String name() {
            return "local";
        }

        @Override
        public boolean ephemeral(int port) {
            return namespace.ephemeral(port);
        }

        @Override
        public CycleRecord.@Nullable Cluster cluster() {
            return null;
        }

        @Override
        public String host() {
            return "";
        }

        @Override
        public String clientAddress() {
            return "";
        }

        @Override
        public Duration samplePeriod() {
            return Duration.ofMillis(25);
        }

        @Override
        public void preparing(PlannedCycle cycle) {}
    };
}
