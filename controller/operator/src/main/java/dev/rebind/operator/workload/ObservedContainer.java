package dev.rebind.operator.workload;

import dev.rebind.agent.command.BindMessages;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateRunning;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The newest state of a container, as the kubelet reports it. Pure. */
sealed interface ObservedContainer {
    /** No container has started, or the kubelet does not report one. */
    record None(String why) implements ObservedContainer {}

    /**
     * The container runs.
     *
     * @param id the id that the container runtime gave it
     */
    record Runs(String id) implements ObservedContainer {}

    /**
     * The container has ended.
     *
     * @param id the id that the container runtime gave it
     * @param exitCode as the runtime reports it; above 128 for a signal
     * @param words the termination message of the container
     */
    record Ended(String id, int exitCode, @Nullable String words) implements ObservedContainer {
        /**
         * Returns the errno in the container's termination message. Null if the message names none, which does not
         * prove that there was none.
         */
        @Nullable
        String errno() {
            return words == null ? null : BindMessages.errno(words).orElse(null);
        }
    }

    /** Returns when the container started; null if it does not run, or the kubelet does not report when. */
    static @Nullable Instant started(Pod pod, String container) {
        return status(pod, container)
                .map(ContainerStatus::getState)
                .map(ContainerState::getRunning)
                .map(ContainerStateRunning::getStartedAt)
                .map(Instant::parse)
                .orElse(null);
    }

    /** Returns how often the kubelet has restarted the container in this pod; null if the kubelet does not report that. */
    static @Nullable Integer restarts(Pod pod, String container) {
        return status(pod, container).map(ContainerStatus::getRestartCount).orElse(null);
    }

    private static Optional<ContainerStatus> status(Pod pod, String container) {
        return pod.getStatus() == null
                ? Optional.empty()
                : pod.getStatus().getContainerStatuses().stream()
                        .filter(one -> one.getName().equals(container))
                        .findFirst();
    }

    static ObservedContainer newest(Pod pod, String container) {
        Optional<ContainerStatus> found = status(pod, container);
        if (found.isEmpty()) {
            return new None("the kubelet has not begun to start it");
        }
        ContainerStatus status = found.get();
        ContainerState state = status.getState();
        if (state != null && state.getRunning() != null && status.getContainerID() != null) {
            return new Runs(status.getContainerID());
        }
        ContainerStateTerminated ended = state == null ? null : state.getTerminated();
        if (ended == null && status.getLastState() != null) {
            ended = status.getLastState().getTerminated();
        }
        if (ended != null) {
            return new Ended(
                    Objects.requireNonNullElse(ended.getContainerID(), ""),
                    Objects.requireNonNullElse(ended.getExitCode(), -1),
                    ended.getMessage());
        }
        return new None(
                state == null || state.getWaiting() == null
                        ? "the kubelet does not say"
                        : Objects.requireNonNullElse(state.getWaiting().getReason(), "waiting"));
    }
}
