package dev.rebind.operator.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.record.CycleRecord;
import dev.rebind.record.SampleRecords;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ExperimentCacheTest {
    private static RebindExperiment kept(ExperimentCache cache) {
        var resource = new RebindExperiment();
        resource.setMetadata(new ObjectMetaBuilder()
                .withNamespace("shop")
                .withName("restart")
                .withResourceVersion("7")
                .addToManagedFields(new ManagedFieldsEntry())
                .build());
        resource.setStatus(StatusJson.write(new StatusEdit(ExperimentStatus.NEW, Instant.EPOCH)
                .cycle(SampleRecords.waitItOut(1), 3)
                .done()));
        cache.put(cache.getKey(resource), resource);
        return cache.get("shop/restart");
    }

    @Test
    @DisplayName("When a run goes on from the cache, then the records are there, and the managed fields are not")
    void whole() {
        RebindExperiment kept = kept(ExperimentCache.withRecords());
        assertThat(kept.getMetadata().getManagedFields()).isNullOrEmpty();
        assertThat(kept.getMetadata().getResourceVersion()).isEqualTo("7");
        assertThat(StatusJson.of(kept).records()).extracting(CycleRecord::cycle).containsExactly(1);
    }

    @Test
    @DisplayName("When only counts are read from the cache, then it keeps them without the records")
    void counts() {
        ExperimentStatus status = StatusJson.of(kept(ExperimentCache.withoutRecords()));
        assertThat(status.records()).isEmpty();
        assertThat(status.cycles().done()).isEqualTo(1);
        assertThat(status.generations()).isEqualTo(3);
    }
}
