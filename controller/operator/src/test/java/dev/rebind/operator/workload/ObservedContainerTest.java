package dev.rebind.operator.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObservedContainerTest {
    private static ContainerStatusBuilder status() {
        return new ContainerStatusBuilder().withName("web").withContainerID("containerd://2");
    }

    private static ObservedContainer of(ContainerStatus status) {
        Pod pod = new PodBuilder()
                .withNewStatus()
                .withContainerStatuses(
                        new ContainerStatusBuilder().withName("sidecar").build(), status)
                .endStatus()
                .build();
        return ObservedContainer.newest(pod, "web");
    }

    @Test
    @DisplayName("When a container runs, then its id tells it from the one before")
    void runs() {
        assertThat(of(status().withNewState()
                        .withNewRunning()
                        .endRunning()
                        .endState()
                        .withNewLastState()
                        .withNewTerminated()
                        .withContainerID("containerd://1")
                        .withExitCode(143)
                        .endTerminated()
                        .endLastState()
                        .build()))
                .isEqualTo(new ObservedContainer.Runs("containerd://2"));
    }

    @Test
    @DisplayName("When the kubelet waits before it starts the next one, then the newest is the one that ended")
    void backOff() {
        assertThat(of(status().withNewState()
                        .withNewWaiting()
                        .withReason("CrashLoopBackOff")
                        .endWaiting()
                        .endState()
                        .withNewLastState()
                        .withNewTerminated()
                        .withContainerID("containerd://2")
                        .withExitCode(98)
                        .withMessage("bind: Address already in use")
                        .endTerminated()
                        .endLastState()
                        .build()))
                .isEqualTo(new ObservedContainer.Ended("containerd://2", 98, "bind: Address already in use"));
    }

    @Test
    @DisplayName("When none was started yet, then the kubelet's reason is given")
    void none() {
        assertThat(of(status().withNewState()
                        .withNewWaiting()
                        .withReason("ContainerCreating")
                        .endWaiting()
                        .endState()
                        .build()))
                .isEqualTo(new ObservedContainer.None("ContainerCreating"));
        assertThat(ObservedContainer.newest(new PodBuilder().build(), "web"))
                .isInstanceOf(ObservedContainer.None.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            java.net.BindException: Address already in use                                  | EADDRINUSE
            listen tcp :8080: bind: address already in use                                  | EADDRINUSE
            Error: listen EADDRINUSE: address already in use :::8080                        | EADDRINUSE
            nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)         | EADDRINUSE
            Os { code: 98, kind: AddrInUse, message: "…" }                                  | EADDRINUSE
            [Errno 98] whatever                                                             | EADDRINUSE
            bind() to 0.0.0.0:80 failed (13: Permission denied)                             | EACCES
            listen tcp :80: bind: permission denied                                         | EACCES
            open /etc/app.conf: permission denied                                           |
            exited with 98                                                                  |
            """)
    @DisplayName("When the last words name the errno, as servers of many kinds do, then it is known; else it is not")
    void words(String words, String errno) {
        assertThat(new ObservedContainer.Ended("1", 1, words).errno()).isEqualTo(errno);
    }

    @Test
    @DisplayName("When there are no last words, then nothing is known, whatever the exit code")
    void silent() {
        assertThat(new ObservedContainer.Ended("1", 98, null).errno()).isNull();
    }
}
