package dev.rebind.sockets;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.awaitility.core.ConditionFactory;

/** How tests wait for a state of the kernel. */
public final class Waits {
    private Waits() {}

    /**
     * Looks every millisecond on the calling thread, for 30 s at most. Some tests wait for thousands of states, and the kernel shows most
     * of them at the first look.
     */
    public static ConditionFactory untilKernelShows(String what) {
        return await(what)
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .atMost(Duration.ofSeconds(30));
    }
}
