package dev.rebind.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class ApiWritesTest {
    @Test
    @DisplayName("Series of one resource add up whatever their codes and verbs, and reads do not count")
    void adds() {
        ApiWrites writes = ApiWrites.read("""
            # TYPE apiserver_request_total counter
            apiserver_request_total{code="200",group="rebind.dev",resource="rebindexperiments",subresource="status",verb="PUT"} 40
            apiserver_request_total{code="409",group="rebind.dev",resource="rebindexperiments",subresource="status",verb="PUT"} 2
            apiserver_request_total{code="200",group="rebind.dev",resource="rebindexperiments",subresource="",verb="GET"} 900
            apiserver_request_total{code="201",group="",resource="events",subresource="",verb="POST"} 5
            apiserver_request_total{code="201",group="authentication.k8s.io",resource="tokenreviews",subresource="",verb="POST"} 7
            apiserver_request_duration_seconds_count{resource="events",verb="POST"} 5
            """);

        assertThat(writes.byResource())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("rebindexperiments", 42.0, "events", 5.0, "tokenreviews", 7.0));
        assertThat(writes.ofExperiments()).isEqualTo(47);
    }

    @Test
    @DisplayName("The difference of two moments has what was written in between, and nothing that stood still")
    void differs() {
        var earlier = new ApiWrites(Map.of("events", 3.0, "leases", 8.0));
        var later = new ApiWrites(Map.of("events", 5.0, "leases", 8.0, "pods", 1.0));

        assertThat(later.since(earlier).byResource()).isEqualTo(Map.of("events", 2.0, "pods", 1.0));
    }
}
