package dev.rebind.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.experiment.Sourced;
import dev.rebind.experiment.file.ExperimentFile;
import dev.rebind.live.ApiJson;
import dev.rebind.live.ChangeSignal;
import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.StatusEdit;
import dev.rebind.plan.Planner;
import dev.rebind.record.AnyExperiment;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Phase;
import dev.rebind.record.Totals;
import dev.rebind.report.SampleRun;
import dev.rebind.report.Summarizer;
import dev.rebind.report.Summary;
import java.io.StringReader;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/** In a run on this machine, the live page, the summary and the exit code agree, also with what a cluster would say. */
class AgreementTest extends AnyExperiment {
    @Property
    void ofOneExperiment(
            @ForAll("records") List<CycleRecord> records,
            @ForAll("planned") @Nullable Integer planned,
            @ForAll("ends") Phase end) {
        LiveExperiment one = experiment(planned);
        one.begins();
        records.forEach(one::recorded);
        one.ends(end);
        ApiJson.Overview live = one.overview();
        var summarizer = new Summarizer();
        records.forEach(summarizer::add);
        Summary summary = summarizer.summarize(one.run(SampleRun.MACHINE), Optional.empty());
        ExperimentStatus status = status(records, planned, end);

        assertThat(live.verdict()).isEqualTo(Totals.of(records).verdict(planned, end));
        assertThat(live.counts()).isEqualTo(ApiJson.Counts.of(status.totals()));
        assertThat(summary.experiments().getFirst().verdict()).isEqualTo(live.verdict());
        assertThat(summary.verdict()).isEqualTo(live.verdict());
        assertThat(status.verdict()).isEqualTo(live.verdict());
        // That of rebind apply knows no pass without a record, which is one reason more for the same code.
        assertThat(summary.exitCode()).isEqualTo(ApplyCommand.code(status));
    }

    private static LiveExperiment experiment(@Nullable Integer planned) {
        String document = """
                apiVersion: rebind.dev/v1alpha1
                kind: RebindExperiment
                metadata: {name: one}
                spec:
                  %s
                  restart: {mode: listener, close: server}
                """.formatted(planned == null ? "duration: 1h" : "cycles: " + planned);
        Sourced sourced = switch (ExperimentFile.read("test.yaml", new StringReader(document))) {
            case ExperimentFile.Read.Experiments read -> read.experiments().getFirst();
            case ExperimentFile.Read.Problems problems -> throw new AssertionError(problems);
        };
        return new LiveExperiment(
                sourced, Planner.plan(sourced.experiment()), Path.of("not-there.jsonl"), new ChangeSignal());
    }

    private static ExperimentStatus status(List<CycleRecord> records, @Nullable Integer planned, Phase end) {
        ExperimentStatus status = ExperimentStatus.NEW;
        for (CycleRecord record : records) {
            status = new StatusEdit(status, Instant.EPOCH).cycle(record, 2).done();
        }
        return new StatusEdit(status, Instant.EPOCH)
                .over(end, status.verdict(planned, end))
                .done();
    }
}
