package dev.rebind.operator.workload;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;

/**
 * Restores the key of a workload's toggle. If the experiment asks for it, also replaces the container so that the new
 * one reads the former value. Sockets that the last container leaves may keep the new one from listening for a minute,
 * so {@link #giveBack} waits until the server listens.
 */
record ToggleReturn(PodControl cluster, ReuseToggle toggle, PodPortObserver port, ServerContainers containers) {
    /** How long the old container may take to end. The wait for the new server is not part of this time. */
    private static final Duration RESTORING = Duration.ofSeconds(25);

    /**
     * Restores the key, and waits until the server listens.
     *
     * @param presence is told when a look shows that the server is gone
     * @param atMost how long to wait until the server listens; zero for one look
     */
    Restoration giveBack(ServerPresence presence, Duration atMost) throws InterruptedException {
        long since = System.nanoTime();
        ReuseToggle.Restored restored;
        try {
            restored = toggle.restore();
            if (restored == ReuseToggle.Restored.toBeRestarted) {
                containers.replace(RESTORING, presence);
                port.showNow();
            }
        } catch (KubernetesClientException e) {
            String why = FailedCall.why(e);
            cluster.notRestored(containers.target(), why);
            return new Restoration.Failed(why);
        }
        var again = new ListenerWait(containers);
        return switch (restored) {
            case alike -> again.await(null, atMost);
            case untilNextStart -> ListenerWait.atNextStart(again.await(null, atMost));
            case toBeRestarted -> again.await(since, atMost);
        };
    }
}
