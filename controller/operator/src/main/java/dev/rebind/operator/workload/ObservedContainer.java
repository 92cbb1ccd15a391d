package dev.rebind.operator.workload;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The newest state of a container, as the kubelet reports it. Pure. */
sealed interface ObservedContainer {
    /** No container has started, or the kubelet does not report one. */
    record None(String why) implements ObservedContainer {}

    /** @param id of the container */
    record Runs(String id) implements ObservedContainer {}

    /**
     * @param id of the ended container
     * @param exitCode as the runtime reports it; above 128 for a signal
     * @param words the termination message of the container
     */
    record Ended(String id, int exitCode, @Nullable String words) implements ObservedContainer {
        /**
         * How programs name errnos: by name, by number after the word errno, in the words of strerror(3), and in those
         * of Go, Java and Rust.
         */
        private static final Pattern IN_USE = Pattern.compile(
                "eaddrinuse|address already in use|address in use|addrinuse|errno[ =:]*98\\b|os error 98\\b");

        private static final Pattern DENIED =
                Pattern.compile("\\beacces\\b|bind[^\\n]{0,80}permission denied|errno[ =:]*13\\b|os error 13\\b");

        /** The errno in its termination message; null if the message names none, which proves nothing. */
        @Nullable
        String errno() {
            if (words == null) {
                return null;
            }
            String said = words.toLowerCase(Locale.ROOT);
            if (IN_USE.matcher(said).find()) {
                return "EADDRINUSE";
            }
            return DENIED.matcher(said).find() ? "EACCES" : null;
        }
    }

    static ObservedContainer newest(Pod pod, String container) {
        Optional<ContainerStatus> found = pod.getStatus() == null
                ? Optional.empty()
                : pod.getStatus().getContainerStatuses().stream()
                        .filter(one -> one.getName().equals(container))
                        .findFirst();
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
