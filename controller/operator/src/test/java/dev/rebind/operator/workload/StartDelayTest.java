package dev.rebind.operator.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.operator.workload.StartDelay.Also;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.DeploymentConditionBuilder;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StartDelayTest {
    private static final String NO_PORTS =
            "0/2 nodes are available: 2 node(s) didn't have free ports for the requested pod ports";

    /** A pod of which the scheduler says that its port is taken on each node. */
    static Pod unschedulable(String name) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withUid("uid-" + name)
                .endMetadata()
                .withNewStatus()
                .withPhase("Pending")
                .addNewCondition()
                .withType("PodScheduled")
                .withStatus("False")
                .withReason("Unschedulable")
                .withMessage(NO_PORTS + ".")
                .endCondition()
                .endStatus()
                .build();
    }

    static DeploymentCondition condition(String type, String status, String reason) {
        return new DeploymentConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withReason(reason)
                .withMessage("as it says itself")
                .build();
    }

    /** A pod whose container waits. */
    static Pod waiting(String container, String reason, @Nullable String message) {
        return new PodBuilder()
                .withNewMetadata()
                .withName("web-1")
                .endMetadata()
                .withNewStatus()
                .withContainerStatuses(new ContainerStatusBuilder()
                        .withName(container)
                        .withNewState()
                        .withNewWaiting()
                        .withReason(reason)
                        .withMessage(message)
                        .endWaiting()
                        .endState()
                        .withNewLastState()
                        .withNewTerminated()
                        .withExitCode(98)
                        .withMessage("starting\nbind: Address already in use\n")
                        .endTerminated()
                        .endLastState()
                        .build())
                .endStatus()
                .build();
    }

    private static @Nullable StartDelay of(Also also, @Nullable Pod pod, DeploymentCondition... rollout) {
        return StartDelay.of("Deployment/web", pod == null ? List.of() : List.of(pod), List.of(rollout), "web", also);
    }

    @Test
    @DisplayName("When the scheduler finds no node, then its reason and words are the delay")
    void unschedulable() {
        assertThat(of(Also.nothing, unschedulable("web-1")))
                .isEqualTo(new StartDelay("Unschedulable", "pod web-1: " + NO_PORTS, null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ImagePullBackOff", "ErrImagePull", "CreateContainerConfigError", "RunContainerError"})
    @DisplayName("When the kubelet cannot start the container, then its reason and words are the delay")
    void kubelet(String reason) {
        assertThat(of(Also.nothing, waiting("web", reason, "no such thing")))
                .isEqualTo(new StartDelay(reason, "pod web-1, container web: no such thing", null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ContainerCreating", "PodInitializing"})
    @DisplayName("When a start takes its usual course, then there is no delay")
    void usual(String reason) {
        assertThat(of(Also.ends, waiting("web", reason, null))).isNull();
        assertThat(of(Also.nothing, null)).isNull();
        assertThat(of(Also.nothing, waiting("sidecar", "ImagePullBackOff", "not its own")))
                .isNull();
    }

    @Test
    @DisplayName(
            "When the container ends again and again, then its last words are told, unless the cycle tells its ends")
    void crashes() {
        Pod pod = waiting("web", "CrashLoopBackOff", "back-off 20s restarting failed container");
        assertThat(of(Also.ends, pod))
                .isEqualTo(new StartDelay(
                        "CrashLoopBackOff",
                        "pod web-1, container web ended with exit code 98;"
                                + " its last words: starting bind: Address already in use",
                        null));
        assertThat(of(Also.nothing, pod)).isNull();
    }

    @Test
    @DisplayName("When the container runs and is not ready, then that is a delay where it has been silent for long")
    void notReady() {
        Pod pod = WebPod.running("web-1", "containerd://2");
        pod.getStatus().getContainerStatuses().getFirst().setReady(false);
        assertThat(of(Also.ends, pod)).isNull();
        assertThat(of(Also.notReady, pod))
                .isEqualTo(
                        new StartDelay("ContainersNotReady", "pod web-1, container web runs and is not ready", null));
    }

    @Test
    @DisplayName("When a name is no image's, then nobody waits for it")
    void noName() {
        StartDelay delay = Objects.requireNonNull(
                of(Also.nothing, waiting("web", "InvalidImageName", "Failed to apply default image tag")));
        assertThat(delay.patience()).isZero();
    }

    @Test
    @DisplayName("When the Deployment has given up, then nobody waits, and what its pod waits for is told too")
    void givenUp() {
        StartDelay delay = Objects.requireNonNull(of(
                Also.nothing, unschedulable("web-1"), condition("Progressing", "False", "ProgressDeadlineExceeded")));
        assertThat(delay)
                .hasToString("ProgressDeadlineExceeded: Deployment/web has given up: as it says itself (Unschedulable:"
                        + " pod web-1: " + NO_PORTS + ")");
        assertThat(delay.patience()).isZero();
    }

    @Test
    @DisplayName("When the Deployment has given up because its pods are refused, then why they are is told too")
    void givenUpAsPodsAreRefused() {
        assertThat(of(
                        Also.nothing,
                        null,
                        condition("Progressing", "False", "ProgressDeadlineExceeded"),
                        condition("ReplicaFailure", "True", "FailedCreate")))
                .hasToString("ProgressDeadlineExceeded: Deployment/web has given up: as it says itself (FailedCreate:"
                        + " Deployment/web may not create its pod: as it says itself)");
    }

    @Test
    @DisplayName(
            "When pods are refused, by a quota for one, or the Deployment is paused, then that is waited for a minute")
    void refused() {
        assertThat(of(Also.nothing, null, condition("ReplicaFailure", "True", "FailedCreate")))
                .isEqualTo(new StartDelay(
                        "FailedCreate",
                        "Deployment/web may not create its pod: as it says itself",
                        StartDelay.UNTIL_CHANGED));
        assertThat(of(Also.nothing, null, condition("Progressing", "Unknown", "DeploymentPaused")))
                .isEqualTo(new StartDelay(
                        "DeploymentPaused",
                        "Deployment/web is paused (spec.paused), so that its pods are not replaced",
                        StartDelay.UNTIL_CHANGED));
    }

    @Test
    @DisplayName(
            "When the Deployment has not looked at its present template yet, then what it says is of an earlier one")
    void earlier() {
        var deployment = new DeploymentBuilder()
                .withNewMetadata()
                .withGeneration(3L)
                .endMetadata()
                .withNewStatus()
                .withObservedGeneration(2L)
                .withConditions(condition("Progressing", "False", "ProgressDeadlineExceeded"))
                .endStatus();
        assertThat(ClusterPodControl.rollout(deployment.build())).isEmpty();
        assertThat(ClusterPodControl.rollout(deployment
                        .editStatus()
                        .withObservedGeneration(3L)
                        .endStatus()
                        .build()))
                .hasSize(1);
    }
}
