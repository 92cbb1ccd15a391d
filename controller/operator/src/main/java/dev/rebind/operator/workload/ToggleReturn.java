package dev.rebind.operator.workload;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;

/**
 * Gives the key of a workload its own value again, and where that is asked for, the workload a container that has read it. What the last
 * container has left on the port may keep the new one from listening for a minute: the target is not given back before it does.
 */
record ToggleReturn(PodControl cluster, ReuseToggle toggle, PodPortObserver port, ServerContainers containers) {
    /** For the old container to end, not for the new one to listen. */
    private static final Duration RESTORING = Duration.ofSeconds(25);

    /**
     * @param presence told when the server is seen to be gone
     * @param atMost until the server listens; zero for one look
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
