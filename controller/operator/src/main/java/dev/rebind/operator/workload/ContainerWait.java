package dev.rebind.operator.workload;

import dev.rebind.agent.PortView;
import dev.rebind.child.Moment;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the result of a workload's new container: it listens, it ends before it listens, or neither happens in
 * time. Looks at the port meanwhile, because the blocking sockets may be gone when the controller sees the container's
 * end. Only one thread may use it.
 */
final class ContainerWait {
    /** How long a container may run without listening before the wait ends. */
    private static final Duration LONGEST_SILENCE = Duration.ofMinutes(2);

    private static final Duration SILENCE = Duration.ofSeconds(30);

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

    private final ServerContainers containers;
    private final PodPortObserver port;
    /**
     * The id of the newest container; {@link #runsSince} is when the controller first saw it, in {@link
     * PodControl#answeringNanos}.
     */
    private String runs = "";

    private long runsSince;

    ContainerWait(ServerContainers containers, PodPortObserver port) {
        this.containers = containers;
        this.port = port;
    }

    sealed interface Came {
        /**
         * The container listens, and still does so a second later.
         *
         * @param at when the controller first saw that it listens
         * @param reuseProven whether it listens beside sockets that only SO_REUSEADDR lets a server bind over
         */
        record Listens(Moment at, boolean reuseProven) implements Came {}

        record Ended(ObservedContainer.Ended container) implements Came {}

        record Neither(String why) implements Came {}
    }

    /**
     * Waits for the result of the newest container whose result is not reported yet.
     *
     * @param ends whether to report that the container ends again and again
     */
    Came await(Duration atMost, boolean ends) throws InterruptedException {
        long deadline = containers.answeringNanos() + atMost.toNanos();
        String why = "it has not come back";
        runs = "";
        while (containers.answeringNanos() - deadline < 0) {
            Pod pod = containers.found();
            if (containers.replacement().isOrdered() && !containers.isRunning(pod)) {
                port.see();
            }
            String gone = containers.gone(pod);
            if (gone != null) {
                return new Came.Neither(gone);
            }
            if (pod == null) {
                why = "no pod has come in its place";
            } else {
                switch (containers.newest(pod)) {
                    case ObservedContainer.None none -> why = "its container was not started: " + none.why();
                    case ObservedContainer.Ended ended -> {
                        if (containers.endsNow(ended.id())) {
                            newest(ended.id());
                            containers.started();
                            return new Came.Ended(ended);
                        }
                        why = "its container ended, and is not started again yet";
                    }
                    case ObservedContainer.Runs(String id) -> {
                        if (containers.isOver(id)) {
                            why = "the old container still runs";
                        } else {
                            Came came = running(id, pod);
                            if (came != null) {
                                return came;
                            }
                        }
                    }
                }
            }
            String vain = containers.inVain(
                    isSilent() ? StartDelay.Also.notReady : ends ? StartDelay.Also.ends : StartDelay.Also.nothing);
            // The kubelet restarts a container that has already run, whatever the Deployment's conditions say.
            if (vain != null && (ends || !containers.isBegun())) {
                return new Came.Neither(why + ", and is waited for in vain: " + vain);
            }
            Thread.sleep(BETWEEN_LOOKS);
        }
        return new Came.Neither(why + " within " + atMost.toSeconds() + " s" + containers.delay());
    }

    /** Whether the newest container has run without listening for longer than most servers need. */
    private boolean isSilent() {
        return !runs.isEmpty() && containers.answeringNanos() - runsSince > SILENCE.toNanos();
    }

    private void newest(String id) {
        if (!id.equals(runs)) {
            runs = id;
            runsSince = containers.answeringNanos();
            port.newContainer(id);
        }
    }

    /** Returns the result of a container that runs; null while it is not known. */
    private @Nullable Came running(String id, Pod pod) throws InterruptedException {
        containers.started();
        newest(id);
        PortView view = port.seeNew();
        Moment at = Moment.now();
        if (containers.isFirst(pod)) {
            port.older(view, ObservedContainer.started(pod, containers.target().container()));
        }
        if (containers.listens(view, id, pod) && containers.isSteady(id)) {
            boolean proven = port.provesReuse();
            if (containers.replacement().isOrdered()) {
                containers.inItsPod();
            }
            return new Came.Listens(at, proven && !Boolean.TRUE.equals(containers.freshNamespace()));
        }
        return containers.answeringNanos() - runsSince > LONGEST_SILENCE.toNanos()
                ? new Came.Neither(
                        "its container has run for " + LONGEST_SILENCE.toSeconds() + " s and does not listen on port "
                                + containers.target().port() + containers.delay())
                : null;
    }
}
