package dev.rebind.operator.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rebind.diagnosis.Cause;
import dev.rebind.operator.resource.ExperimentStatus.Truth;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Json;
import dev.rebind.record.Phase;
import dev.rebind.record.RecordBuilder;
import dev.rebind.record.SampleRecords;
import dev.rebind.record.Verdict;
import dev.rebind.record.bind.Blocking;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class StatusJsonTest {
    /** What etcd takes for one object, less a third for metadata, spec and managed fields. */
    private static final int ROOM = 1024 * 1024;

    private static RebindExperiment experiment(JsonNode status) {
        var experiment = new RebindExperiment();
        experiment.getMetadata().setName("one");
        experiment.setStatus(status);
        return experiment;
    }

    private static ExperimentStatus full() {
        return new StatusEdit(ExperimentStatus.NEW, Instant.parse("2026-01-01T00:00:00Z"))
                .about(4L, "controller-0", "Deployment/web (pod web-0)", "process")
                .started()
                .cycle(
                        new ExperimentStatus.Counts(9, 4, 5, Map.of("time_wait", 5), 1, 2, 3),
                        "off→on",
                        "It failed.",
                        12,
                        SampleRecords.all().stream()
                                .map(StatusJson::brief)
                                .limit(5)
                                .toList())
                .condition("Passed", Truth.False, "Fail", "9 cycles")
                .over(Phase.Completed, Verdict.Fail)
                .done();
    }

    @Test
    @DisplayName("When a status is written and read, then it is the same, records included")
    void roundTrip() {
        assertThat(StatusJson.of(experiment(StatusJson.write(full())))).isEqualTo(full());
    }

    @Test
    @DisplayName("When nobody has written a status, then it is that of an experiment that nobody has looked at")
    void none() {
        var untouched = new RebindExperiment();
        assertThat(StatusJson.of(untouched)).isEqualTo(ExperimentStatus.NEW);
        assertThat(StatusJson.of(experiment(Json.mapper().createObjectNode()))).isEqualTo(ExperimentStatus.NEW);
    }

    @Test
    @DisplayName("When a newer controller wrote fields that this one does not know, then the others are read")
    void unknownFields() {
        ObjectNode status = (ObjectNode) StatusJson.write(full());
        status.put("colour", "green");
        ((ObjectNode) status.get("cycles")).put("skipped", 3);
        ((ObjectNode) status.get("conditions").get(0)).put("severity", "low");
        ((ObjectNode) status.get("records").get(0)).put("weather", "fair");
        assertThat(StatusJson.of(experiment(status))).isEqualTo(full());
    }

    @Test
    @DisplayName("When a fact is not known, then it is absent and not null")
    void absent() {
        assertThat(StatusJson.write(ExperimentStatus.NEW).toString())
                .doesNotContain("null", "\"verdict\"", "\"target\"");
    }

    @Test
    @DisplayName("When somebody else wrote what is no status, then that is said with the experiment's name")
    void foreign() {
        JsonNode status = Json.mapper().createObjectNode().put("phase", "Dancing");
        assertThatThrownBy(() -> StatusJson.of(experiment(status)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the status of one was not written by Rebind");
    }

    @Test
    @DisplayName(
            "When cycles leave thousands of sockets, then as many records as a status holds still fit into a resource")
    void size() {
        Blocking[] thousands = IntStream.range(0, 10_000)
                .mapToObj(n -> new Blocking(
                        "TIME_WAIT", "10.244.123.123:18080", "10.244.124.124:" + n, 59_880L, null, null, 1))
                .toArray(Blocking[]::new);
        var record = new RecordBuilder("size", 1).generations(1).failed(41.2, "bind", Cause.time_wait, thousands);
        IntStream.range(0, 3000).forEach(n -> record.sample(n, "server", Map.of("TIME_WAIT", 10_000, "LISTEN", 1)));
        CycleRecord brief = StatusJson.brief(record.build());

        assertThat(brief.blocking()).hasSize(10);
        ExperimentStatus status = new StatusEdit(full(), Instant.EPOCH)
                .cycle(full().cycles(), "off→off", "", 9, Collections.nCopies(ExperimentStatus.RECORDS, brief))
                .done();
        assertThat(StatusJson.write(status).toString().length()).isLessThan(ROOM / 10);
    }

    @Test
    @DisplayName("When a record has no sockets that stood in the way, then its brief form has none either")
    void nothingBlocked() {
        assertThat(StatusJson.brief(SampleRecords.reset()).blocking()).isNull();
    }
}
