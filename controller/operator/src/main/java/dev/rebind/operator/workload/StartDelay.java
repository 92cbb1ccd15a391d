package dev.rebind.operator.workload;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A reason why a new container does not run or listen yet, in Kubernetes' own words. Steps that belong to every start,
 * such as {@code ContainerCreating}, are no reason. Pure.
 *
 * @param reason Kubernetes' word for it, such as {@code Unschedulable}
 * @param message a sentence that names the pod or the workload
 * @param patience how long to wait while this is the reason; null for no limit other than that of any start
 */
public record StartDelay(
        String reason, String message, @Nullable Duration patience) {
    /**
     * The patience for an obstacle that somebody else must remove. It is not zero, because a quota may be full only for
     * a moment, and the ReplicaSet tries again by itself.
     */
    static final Duration UNTIL_CHANGED = Duration.ofSeconds(60);

    private static final String PAUSED = "DeploymentPaused";
    private static final String BACK_OFF = "CrashLoopBackOff";

    private static final Set<String> USUAL = Set.of("ContainerCreating", "PodInitializing");
    /** The longest quotation from a program or from Kubernetes, in characters. */
    private static final int MOST_WORDS = 300;

    @Override
    public String toString() {
        return reason + ": " + message;
    }

    /** What counts as a delay besides a container that does not start. */
    enum Also {
        /** Nothing. The cycle itself reports the ends of the container. */
        nothing,
        /** The container ends again and again. */
        ends,
        /** The container ends again and again, or runs and is not ready. */
        notReady
    }

    /**
     * Finds out what a new container waits for.
     *
     * @param workload the workload, in words for people
     * @param pods the pods that have the new container, or may have it
     * @param rollout the conditions of the workload's Deployment
     * @return null if Kubernetes names no obstacle, so that the container may just need time
     */
    static @Nullable StartDelay of(
            String workload, List<Pod> pods, List<DeploymentCondition> rollout, String container, Also also) {
        Optional<StartDelay> reason = pods.stream()
                .map(pod -> of(pod, container, also))
                .flatMap(Optional::stream)
                .findFirst()
                .or(() -> notCreated(workload, rollout));
        Optional<DeploymentCondition> givenUp = rollout.stream()
                .filter(one -> "Progressing".equals(one.getType()) && "False".equals(one.getStatus()))
                .findFirst();
        if (givenUp.isPresent()) {
            return new StartDelay(
                    word(givenUp.get().getReason()),
                    workload + " has given up: " + words(givenUp.get().getMessage())
                            + reason.map(delay -> " (" + delay + ")").orElse(""),
                    Duration.ZERO);
        }
        if (rollout.stream().anyMatch(one -> PAUSED.equals(one.getReason()))) {
            return new StartDelay(
                    PAUSED, workload + " is paused (spec.paused), so that its pods are not replaced", UNTIL_CHANGED);
        }
        return reason.orElse(null);
    }

    private static Optional<StartDelay> notCreated(String workload, List<DeploymentCondition> rollout) {
        return rollout.stream()
                .filter(one -> "ReplicaFailure".equals(one.getType()) && "True".equals(one.getStatus()))
                .findFirst()
                .map(one -> new StartDelay(
                        word(one.getReason()),
                        workload + " may not create its pod: " + words(one.getMessage()),
                        UNTIL_CHANGED));
    }

    /** Whether the kubelet waits before it starts this container again, because the container has ended too often. */
    static boolean isBackOff(Pod pod, String container) {
        return pod.getStatus() != null
                && pod.getStatus().getContainerStatuses().stream()
                        .filter(status -> status.getName().equals(container))
                        .map(ContainerStatus::getState)
                        .anyMatch(state -> state != null
                                && state.getWaiting() != null
                                && BACK_OFF.equals(state.getWaiting().getReason()));
    }

    private static Optional<StartDelay> of(Pod pod, String container, Also also) {
        String name = "pod " + pod.getMetadata().getName();
        if (pod.getStatus() == null) {
            return Optional.empty();
        }
        Optional<StartDelay> unscheduled = pod.getStatus().getConditions().stream()
                .filter(one -> "PodScheduled".equals(one.getType()) && "False".equals(one.getStatus()))
                .findFirst()
                .map(one -> new StartDelay(word(one.getReason()), name + ": " + words(one.getMessage()), null));
        return unscheduled
                .or(() -> Stream.concat(
                                pod.getStatus().getInitContainerStatuses().stream(),
                                pod.getStatus().getContainerStatuses().stream()
                                        .filter(status -> status.getName().equals(container)))
                        .map(status -> of(name, status, container, also))
                        .flatMap(Optional::stream)
                        .findFirst())
                .or(() -> also == Also.notReady ? notReady(name, pod, container) : Optional.empty());
    }

    private static Optional<StartDelay> of(String pod, ContainerStatus status, String container, Also also) {
        ContainerState state = status.getState();
        String reason = state == null || state.getWaiting() == null
                ? null
                : state.getWaiting().getReason();
        boolean own = status.getName().equals(container);
        boolean ended = BACK_OFF.equals(reason);
        if (reason == null || USUAL.contains(reason) || (ended && own && also == Also.nothing)) {
            return Optional.empty();
        }
        String which = pod + ", container " + status.getName();
        // The kubelet's message about a back-off is not used. It only says how long the back-off lasts, which changes
        // each time.
        String message = ended
                ? which + lastWords(status)
                : which + ": " + words(state == null ? null : state.getWaiting().getMessage());
        // The kubelet tries again to pull an image, but an invalid name stays invalid.
        return Optional.of(new StartDelay(reason, message, "InvalidImageName".equals(reason) ? Duration.ZERO : null));
    }

    private static String lastWords(ContainerStatus status) {
        ContainerStateTerminated last =
                status.getLastState() == null ? null : status.getLastState().getTerminated();
        if (last == null) {
            return " ends again and again";
        }
        return " ended with exit code " + last.getExitCode()
                + (last.getMessage() == null || last.getMessage().isBlank()
                        ? ""
                        : "; its last words: " + words(last.getMessage()));
    }

    private static Optional<StartDelay> notReady(String name, Pod pod, String container) {
        return pod.getStatus().getContainerStatuses().stream()
                .filter(status -> status.getName().equals(container) && Boolean.FALSE.equals(status.getReady()))
                .findFirst()
                .map(_ -> new StartDelay(
                        "ContainersNotReady",
                        name + ", container " + container + " runs and is not ready" + probe(pod, container),
                        null));
    }

    private static String probe(Pod pod, String container) {
        return pod.getSpec() == null
                ? ""
                : pod.getSpec().getContainers().stream()
                        .filter(one -> one.getName().equals(container))
                        .filter(one -> one.getReadinessProbe() != null)
                        .map(Container::getName)
                        .map(_ -> ": its readiness probe fails")
                        .findFirst()
                        .orElse("");
    }

    private static String word(@Nullable String reason) {
        return reason == null || reason.isBlank() ? "Waiting" : reason;
    }

    private static String words(@Nullable String said) {
        if (said == null || said.isBlank()) {
            return "Kubernetes says no more";
        }
        String line = said.strip().replaceAll("\\s+", " ").replaceFirst("\\.$", "");
        return line.length() <= MOST_WORDS ? line : "…" + line.substring(line.length() - MOST_WORDS);
    }
}
