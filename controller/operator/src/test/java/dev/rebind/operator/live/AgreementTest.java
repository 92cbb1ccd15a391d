package dev.rebind.operator.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rebind.engine.metrics.ExperimentLabels;
import dev.rebind.engine.metrics.ExperimentMeters;
import dev.rebind.live.ApiJson;
import dev.rebind.live.RecordLog;
import dev.rebind.live.SharedLooks;
import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.RebindExperiment;
import dev.rebind.operator.resource.StatusEdit;
import dev.rebind.operator.resource.StatusJson;
import dev.rebind.record.AnyExperiment;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Json;
import dev.rebind.record.Phase;
import dev.rebind.record.Totals;
import dev.rebind.record.Verdict;
import dev.rebind.report.Machine;
import dev.rebind.report.Summarizer;
import dev.rebind.report.Summary;
import dev.rebind.report.Summary.ExperimentSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/** In a cluster, all who tell of an experiment tell the same: its status, the live page, summary.md and the metrics. */
class AgreementTest extends AnyExperiment {
    private static final Machine MACHINE =
            new Machine("Linux", "6.18.0", "amd64", 2, 250, Map.of(), "25.0.1+8", "5.0.10", "0.1.0");

    @Property
    void ofOneExperiment(
            @ForAll("records") List<CycleRecord> records,
            @ForAll("planned") @Nullable Integer planned,
            @ForAll("ends") Phase end) {
        RebindExperiment resource = resource(records, planned, end);
        ExperimentStatus status = StatusJson.of(resource);
        var seen = ClusterExperiment.Seen.of(resource);
        ApiJson.Overview live = seen.overview();
        Summary summary = summary(seen, records);
        ExperimentSummary one = summary.experiments().getFirst();

        Verdict verdict = Totals.of(records).verdict(planned, end);
        assertThat(live.planned()).isEqualTo(planned);
        assertThat(status.verdict()).isEqualTo(verdict);
        assertThat(live.verdict()).isEqualTo(verdict);
        assertThat(one.verdict()).isEqualTo(verdict);
        assertThat(summary.verdict()).isEqualTo(verdict);
        assertThat(summary.exitCode()).isEqualTo(verdict.exitCode());
        assertThat(live.counts()).isEqualTo(ApiJson.Counts.of(Totals.of(records)));
        assertThat(new ApiJson.Counts(
                        one.cycles(),
                        one.bound(),
                        one.failed(),
                        one.withoutBind(),
                        one.failedByCause(),
                        one.verdicts(),
                        one.requests()))
                .isEqualTo(live.counts());
    }

    @Property(tries = 200)
    void whetherMetricsComeFromRecordsOrFromTheStatus(@ForAll("records") List<CycleRecord> records) {
        Totals totals = Totals.of(records);
        assertThat(metrics((meters, subject) -> records.forEach(record -> meters.record(subject, record))))
                .isEqualTo(metrics((meters, subject) -> meters.counted(
                        subject,
                        StatusJson.of(resource(records, null, Phase.Completed)).totals())))
                .isEqualTo(totals.bound() + " " + totals.failed() + " " + totals.withoutBind() + " "
                        + totals.count(Verdict.Inconclusive) + " "
                        + new TreeMap<>(totals.requests().failedByCause()));
    }

    /** As it is once every record was counted, one after the other, and the experiment is over. */
    private static RebindExperiment resource(List<CycleRecord> records, @Nullable Integer planned, Phase end) {
        ObjectNode spec = Json.mapper().createObjectNode();
        spec.putObject("restart").put("mode", "process").put("close", "server");
        if (planned == null) {
            spec.put("duration", "1h");
        } else {
            spec.put("cycles", planned);
        }
        var resource = new RebindExperiment();
        resource.getMetadata().setNamespace("lab");
        resource.getMetadata().setName("one");
        resource.getMetadata().setUid("a");
        resource.setSpec(spec);
        for (CycleRecord record : records) {
            resource.setStatus(StatusJson.write(edit(resource).cycle(record, 2).done()));
        }
        resource.setStatus(StatusJson.write(edit(resource)
                .over(end, StatusJson.of(resource).verdict(planned, end))
                .done()));
        return resource;
    }

    private static StatusEdit edit(RebindExperiment resource) {
        return new StatusEdit(StatusJson.of(resource), Instant.EPOCH);
    }

    private static Summary summary(ClusterExperiment.Seen seen, List<CycleRecord> records) {
        var experiment = new ClusterExperiment(
                seen, RecordLog.whole(Path.of("cycles.jsonl")), null, new SharedLooks<>(), MACHINE);
        var summarizer = new Summarizer();
        records.forEach(summarizer::add);
        return summarizer.summarize(experiment.run(), Optional.empty());
    }

    @FunctionalInterface
    private interface Told {
        void tell(ExperimentMeters meters, ExperimentLabels subject);
    }

    /** Bound, failed, without a bind, inconclusive, and the failed requests by cause. */
    private static String metrics(Told told) {
        var registry = new SimpleMeterRegistry();
        told.tell(new ExperimentMeters(registry, 1), new ExperimentLabels("lab", "one", "a"));
        return cycles(registry, "bound") + " " + cycles(registry, "failed") + " " + cycles(registry, "none") + " "
                + sum(registry, "rebind.experiment.inconclusive.cycles") + " " + failedRequests(registry);
    }

    private static int cycles(MeterRegistry registry, String outcome) {
        return (int) registry.find("rebind.experiment.cycles").tag("outcome", outcome).counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    private static Map<String, Long> failedRequests(MeterRegistry registry) {
        return registry.find("rebind.experiment.failed.requests").counters().stream()
                .filter(counter -> counter.count() > 0)
                .collect(Collectors.toMap(
                        counter -> String.valueOf(counter.getId().getTag("cause")),
                        counter -> (long) counter.count(),
                        Long::sum,
                        TreeMap::new));
    }

    private static int sum(MeterRegistry registry, String name) {
        return (int) registry.find(name).counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }
}
