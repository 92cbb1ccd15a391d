package dev.rebind.client.connection;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The client has met itself: nobody listened on the port, and the kernel gave the client that very port as its own (RFC 9293,
 * section 3.5, figure 8). It has been reset, and counts as refused.
 */
final class SelfConnection extends IOException {
    private static final long serialVersionUID = 1;

    SelfConnection() {
        super("the client was connected to itself");
    }

    /** Whether an attempt to connect has failed by it. */
    static boolean isCauseOf(@Nullable Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof SelfConnection) {
                return true;
            }
        }
        return false;
    }
}
