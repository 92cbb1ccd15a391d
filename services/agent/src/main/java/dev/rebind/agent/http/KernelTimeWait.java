package dev.rebind.agent.http;

import dev.rebind.sockets.proc.Namespace;
import org.jspecify.annotations.Nullable;

/** How long this kernel keeps a TIME_WAIT, whatever the network namespace. */
final class KernelTimeWait {
    private KernelTimeWait() {}

    /**
     * Null where each namespace has a setting of its own: tcp_tw_timeout of a vendor's kernel (Alibaba Cloud Linux), or
     * tcp_tw_recycle before Linux 4.12, which ends a TIME_WAIT early. Null also where the settings are hidden.
     */
    static @Nullable Integer seconds(Namespace here) {
        boolean shown = here.finTimeoutSeconds().isPresent();
        boolean own = here.text("tcp_tw_timeout").isPresent()
                || here.text("tcp_tw_recycle").isPresent();
        return shown && !own ? Namespace.TIME_WAIT_SECONDS : null;
    }
}
