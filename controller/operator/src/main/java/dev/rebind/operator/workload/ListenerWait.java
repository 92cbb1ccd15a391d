package dev.rebind.operator.workload;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Waits until the server of a workload listens, when the workload is given back. */
record ListenerWait(ServerContainers containers) {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
    /**
     * The time after which a rollout has ended its old pods, if it ends them at all: a minute of TIME_WAIT and the
     * usual grace period of 30 s.
     */
    private static final Duration ROLLED_OUT = Duration.ofSeconds(90);

    /** Converts a result of {@link #await} for a target whose key takes effect only in its next container. */
    static Restoration atNextStart(Restoration seen) {
        return seen instanceof Restoration.Listening(Duration without) ? new Restoration.AtNextStart(without) : seen;
    }

    /**
     * Waits until the server listens.
     *
     * @param since when the container was told to end, in {@link System#nanoTime()}; null if it was not told to end
     * @param atMost how long to wait; zero for one look
     */
    Restoration await(@Nullable Long since, Duration atMost) throws InterruptedException {
        long began = System.nanoTime();
        long from = containers.answeringNanos();
        boolean always = since == null;
        String why = "";
        while (true) {
            try {
                Pod pod = containers.found();
                long seen = System.nanoTime();
                if (pod != null && containers.isListening(pod)) {
                    return new Restoration.Listening(
                            always ? Duration.ZERO : Duration.ofNanos(seen - (since == null ? began : since)));
                }
                if (!atMost.isZero()) {
                    String vain = containers.inVain(StartDelay.Also.ends);
                    why = vain == null ? containers.delay() : ": " + vain;
                }
            } catch (KubernetesClientException e) {
                why = ": " + FailedCall.why(e);
            }
            always = false;
            if (containers.answeringNanos() - from >= ROLLED_OUT.toNanos() && isHeldUp()) {
                return new Restoration.NotListening("its new pod does not listen on port "
                        + containers.target().port()
                        + ": an earlier pod of its workload is still there, and a rolling update ends that only once"
                        + " the new one is ready" + why);
            }
            if (containers.answeringNanos() - from >= atMost.toNanos()) {
                return new Restoration.NotListening("its server was not seen to listen on port "
                        + containers.target().port()
                        + " within " + atMost.toSeconds() + " s" + (since == null ? "" : " of its restart") + why);
            }
            Thread.sleep(BETWEEN_LOOKS);
        }
    }

    private boolean isHeldUp() {
        try {
            return containers.isHeldUp();
        } catch (KubernetesClientException e) {
            // It is unknown whether the old pod ends, so the wait goes on.
            return false;
        }
    }
}
