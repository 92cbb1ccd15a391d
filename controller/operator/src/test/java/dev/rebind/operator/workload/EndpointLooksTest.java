package dev.rebind.operator.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.engine.EndpointHistory.Look;
import dev.rebind.engine.EndpointHistory.Sent;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class EndpointLooksTest {
    private final Api api = new Api();

    /** What an API server has of one Service. */
    private static final class Api implements EndpointLooks.Source {
        private final List<EndpointSlice> slices = new CopyOnWriteArrayList<>();
        private volatile @Nullable Pod pod;
        private volatile boolean failing;
        private final AtomicInteger asked = new AtomicInteger();

        @Override
        public List<EndpointSlice> slices() {
            asked.incrementAndGet();
            if (failing) {
                throw new KubernetesClientException("no answer");
            }
            return new ArrayList<>(slices);
        }

        @Override
        public @Nullable Pod pod(String name) {
            return pod;
        }
    }

    private static EndpointSliceBuilder slice(String uid, long generation, String family) {
        return new EndpointSliceBuilder()
                .withNewMetadata()
                .withUid(uid)
                .withGeneration(generation)
                .endMetadata()
                .withAddressType(family);
    }

    private static EndpointSliceBuilder with(
            EndpointSliceBuilder slice, String address, @Nullable Boolean ready, boolean serving, boolean terminating) {
        return slice.addNewEndpoint()
                .withAddresses(address)
                .withNewConditions()
                .withReady(ready)
                .withServing(serving)
                .withTerminating(terminating)
                .endConditions()
                .withNewTargetRef()
                .withKind("Pod")
                .withName("web-" + address)
                .withUid("uid-" + address)
                .endTargetRef()
                .endEndpoint();
    }

    private static Pod pod(String uid, String phase) {
        return new PodBuilder()
                .withNewMetadata()
                .withUid(uid)
                .endMetadata()
                .withNewStatus()
                .withPhase(phase)
                .endStatus()
                .build();
    }

    @Test
    @DisplayName("When endpoints are ready, end or do neither, then they count so; what is not told counts as ready")
    void conditions() {
        EndpointSliceBuilder slice = slice("a", 7, "IPv4");
        with(slice, "10.1.0.1", true, true, false);
        with(slice, "10.1.0.2", null, true, false);
        with(slice, "10.1.0.3", false, true, true);
        with(slice, "10.1.0.4", false, false, true);
        with(slice, "10.1.0.5", false, false, false);
        api.slices.add(slice.build());
        api.slices.add(with(slice("b", 2, "IPv6"), "fd00::1", true, true, false).build());

        Look look = EndpointLooks.look(api, false);

        assertThat(look.ready()).isEqualTo(Set.of("10.1.0.1", "10.1.0.2"));
        assertThat(look.draining()).isEqualTo(Set.of("10.1.0.3"));
        assertThat(look.slices()).isEqualTo(Map.of("a", 7L));
        assertThat(look.answeredNanos() - look.askedNanos()).isNotNegative();
        assertThat(EndpointLooks.look(api, true).ready()).isEqualTo(Set.of("fd00::1"));
    }

    @Test
    @DisplayName("When the pod of the only endpoint is deleted, another of its name, or has ended, then it is gone")
    void gone() {
        api.slices.add(
                with(slice("a", 7, "IPv4"), "10.1.0.1", true, true, false).build());
        api.pod = pod("uid-10.1.0.1", "Running");
        assertThat(EndpointLooks.look(api, false).goneNanos()).isNull();
        api.pod = pod("uid-10.1.0.1", "Failed");
        assertThat(EndpointLooks.look(api, false).goneNanos()).isNotNull();
        api.pod = pod("another", "Running");
        assertThat(EndpointLooks.look(api, false).goneNanos()).isNotNull();
        api.pod = null;
        assertThat(EndpointLooks.look(api, false).goneNanos()).isNotNull();
    }

    @Test
    @DisplayName(
            "When the API server does not answer for a while, then the looks go on, and what stayed the same is known of that time too")
    void outage() {
        api.slices.add(slice("a", 7, "IPv4").build());
        try (EndpointLooks looks = EndpointLooks.begin(api, "10.96.0.7")) {
            looked(1);
            looked(1);
            long from = System.nanoTime();
            api.failing = true;
            looked(2);
            long to = System.nanoTime();
            assertThat(looks.history().between(from, to)).isEqualTo(new Sent.Unclear());
            api.failing = false;
            looked(2);
            assertThat(looks.history().between(from, to)).isEqualTo(new Sent.Nowhere());
        }
    }

    private void looked(int more) {
        int before = api.asked.get();
        Awaitility.await().until(() -> api.asked.get() > before + more);
    }

    @Test
    @DisplayName(
            "When a slice has null for its endpoints, as the API server writes it of a Service without any, then none is ready")
    void nullEndpoints() {
        api.slices.add(Serialization.unmarshal("""
            {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
             "metadata": {"uid": "one", "generation": 7}, "endpoints": null, "ports": null}
            """, EndpointSlice.class));

        Look look = EndpointLooks.look(api, false);

        assertThat(look.ready()).isEmpty();
        assertThat(look.draining()).isEmpty();
        assertThat(look.slices()).isEqualTo(Map.of("one", 7L));
    }
}
