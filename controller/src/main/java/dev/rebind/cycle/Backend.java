package dev.rebind.cycle;

import dev.rebind.record.CycleRecord;
import dev.rebind.sockets.proc.Namespace;
import org.jspecify.annotations.Nullable;

/** Where cycles run, as their records say it. Calls come from the threads of the cycles. */
public interface Backend {
    /** local or kubernetes. */
    String name();

    /** Whether the kernel there may give the port to any outgoing connection. */
    boolean ephemeral(int port);

    /** Where in a cluster the cycle was that ends now; null on one machine. */
    CycleRecord.@Nullable Cluster cluster();

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
    };
}
