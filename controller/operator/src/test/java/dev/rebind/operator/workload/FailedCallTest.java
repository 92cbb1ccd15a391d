package dev.rebind.operator.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A failed call to the API server")
class FailedCallTest {
    @Test
    @DisplayName("is told with its cause, where its own message says nothing")
    void cause() {
        assertThat(FailedCall.why(
                        new KubernetesClientException("An error has occurred.", new IOException("connection refused"))))
                .isEqualTo("An error has occurred: java.io.IOException: connection refused");
    }

    @Test
    @DisplayName("is told once, where its message has the cause")
    void once() {
        assertThat(FailedCall.why(new KubernetesClientException("forbidden"))).isEqualTo("forbidden");
        assertThat(FailedCall.why(new KubernetesClientException("reset: broken pipe", new IOException("broken pipe"))))
                .isEqualTo("reset: broken pipe");
    }

    @Test
    @DisplayName("is told by the reason alone, where the API server gave one")
    void refused() {
        var status = new StatusBuilder()
                .withCode(403)
                .withMessage("pods is forbidden")
                .build();
        assertThat(FailedCall.why(new KubernetesClientException(
                        "Failure executing: GET at: https://10.0.0.1/api. Message: pods is forbidden.", 403, status)))
                .isEqualTo("pods is forbidden");
    }
}
