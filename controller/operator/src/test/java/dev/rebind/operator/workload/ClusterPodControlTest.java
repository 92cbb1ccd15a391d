package dev.rebind.operator.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ClusterPodControlTest {
    private static FakeApiServer.Answer failure(int code, String reason) {
        return new FakeApiServer.Answer(code, """
                {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "%s", "code": %d}
                """.formatted(reason, code));
    }

    @Test
    @DisplayName(
            "When a ConfigMap is gone, then no key is left to remove in it, and one that is to be set is refused with its name")
    void configMapIsGone() throws IOException {
        var calls = new AtomicInteger();
        try (var api = new FakeApiServer(_ -> {
            calls.incrementAndGet();
            return failure(404, "NotFound");
        })) {
            ClusterPodControl.set(api.client(), "shop", "settings", "reuse", null);
            assertThat(calls).hasPositiveValue();
            assertThatThrownBy(() -> ClusterPodControl.set(api.client(), "shop", "settings", "reuse", "on"))
                    .isInstanceOf(KubernetesClientException.class)
                    .hasMessageContaining("there is no ConfigMap settings in namespace shop");
        }
    }

    @Test
    @DisplayName("When a key may not be removed, then that is an error")
    void forbidden() throws IOException {
        try (var api = new FakeApiServer(_ -> failure(403, "Forbidden"))) {
            assertThatThrownBy(() -> ClusterPodControl.set(api.client(), "shop", "settings", "reuse", null))
                    .isInstanceOfSatisfying(
                            KubernetesClientException.class,
                            refused -> assertThat(refused.getCode()).isEqualTo(403));
        }
    }
}
