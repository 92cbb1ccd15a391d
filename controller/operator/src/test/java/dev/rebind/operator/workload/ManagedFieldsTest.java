package dev.rebind.operator.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** When a key got its value, by what an API server (1.34) says of a ConfigMap that two managers wrote to. */
class ManagedFieldsTest {
    private static final ConfigMap SETTINGS = Serialization.unmarshal("""
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: settings
              managedFields:
              - {manager: helm, operation: Update, apiVersion: v1, fieldsType: FieldsV1, time: "2026-01-01T08:00:00Z",
                 fieldsV1: {"f:data": {".": {}, "f:reuse": {}, "f:other": {}}}}
              - {manager: fabric8-kubernetes-client, operation: Update, apiVersion: v1, fieldsType: FieldsV1, time: "2026-01-01T09:30:00Z",
                 fieldsV1: {"f:data": {"f:reuse": {}}}}
              - {manager: kubectl-label, operation: Update, apiVersion: v1, fieldsType: FieldsV1, time: "2026-01-01T10:00:00Z",
                 fieldsV1: {"f:metadata": {"f:labels": {"f:reuse": {}}}}}
            data: {reuse: "yes", other: "1"}
            """, ConfigMap.class);

    @Test
    @DisplayName("When several wrote to a ConfigMap, then the last one that wrote the key counts, and no other")
    void lastOfTheKey() {
        assertThat(ClusterPodControl.changed(SETTINGS, "reuse")).isEqualTo(Instant.parse("2026-01-01T09:30:00Z"));
        assertThat(ClusterPodControl.changed(SETTINGS, "other")).isEqualTo(Instant.parse("2026-01-01T08:00:00Z"));
    }

    @Test
    @DisplayName("When nobody is known to have written the key, then its time is not known")
    void unknown() {
        assertThat(ClusterPodControl.changed(SETTINGS, "absent")).isNull();
        ConfigMap without = new ConfigMapBuilder()
                .withNewMetadata()
                .withName("settings")
                .endMetadata()
                .build();
        assertThat(ClusterPodControl.changed(without, "reuse")).isNull();
    }
}
