package dev.rebind.report.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.diagnosis.Cause;
import dev.rebind.experiment.ExperimentSpec;
import dev.rebind.experiment.Sourced;
import dev.rebind.experiment.file.ExperimentFile;
import dev.rebind.experiment.file.ExperimentFile.Read;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.RecordBuilder;
import dev.rebind.record.SampleRecords;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReproductionTest {
    private static ExperimentSpec spec(CycleRecord cycle) {
        String command = Objects.requireNonNull(Reproduction.of(cycle));
        assertThat(command).startsWith("./rebind run /dev/stdin <<'YAML'\n").endsWith("\nYAML");
        String yaml = command.substring(command.indexOf('\n') + 1, command.length() - "YAML".length());
        Read read = ExperimentFile.read("command", new StringReader(yaml));
        assertThat(read).as(yaml + read).isInstanceOf(Read.Experiments.class);
        List<Sourced> experiments = ((Read.Experiments) read).experiments();
        assertThat(experiments).hasSize(1);
        return experiments.getFirst().experiment().spec();
    }

    static Stream<CycleRecord> cycles() {
        return Stream.concat(SampleRecords.all().stream(), SampleRecords.truthTable().stream())
                .filter(cycle -> Reproduction.of(cycle) != null);
    }

    @ParameterizedTest
    @MethodSource("cycles")
    @DisplayName("The command is an experiment that would be run, with the settings and the expectation of the record")
    void accepted(CycleRecord cycle) {
        ExperimentSpec spec = spec(cycle);

        if (cycle.outcome() != null && !cycle.restart().equals("bare")) {
            assertThat(Objects.requireNonNull(spec.expect()).outcome())
                    .hasToString(cycle.outcome().name());
        }
    }

    @Test
    @DisplayName("What was in the way of a bind is put there again")
    void obstacle() {
        assertThat(Reproduction.of(SampleRecords.listenerOther()))
                .contains("  obstacle:\n    kind: listener\n", "connections: 0");
        assertThat(Reproduction.of(SampleRecords.selfConnect())).contains("kind: self-connect");
        assertThat(Reproduction.of(SampleRecords.serverClosesFirst()))
                .contains("connections: 20")
                .doesNotContain("obstacle");
    }

    @Test
    @DisplayName("A cycle of a cluster is brought about as a process, and that is said; a name is made a label")
    void cluster() {
        CycleRecord cycle = new RecordBuilder("Über Shop", 7)
                .restarted("rollout", "server")
                .inCluster("hostNetwork")
                .left(Map.of("TIME_WAIT", 3), null)
                .failed(1, "bind", Cause.time_wait)
                .build();

        assertThat(Reproduction.of(cycle)).contains("name: ber-shop-7\n", "mode: process\n", "cause: time_wait");
        assertThat(Reproduction.note(cycle)).contains("not the cluster's");
        spec(cycle);
    }

    @Test
    @DisplayName(
            "A cell is brought about with all settings of its options, and with those of SO_REUSEPORT where it is about them")
    void cell() {
        CycleRecord cell = SampleRecords.truthTableWithReusePort().getLast();

        assertThat(Reproduction.of(cell)).contains("residues: [TIME_WAIT]\n", "  reusePort: true\n");
        assertThat(Reproduction.note(cell)).contains("sixteen settings of SO_REUSEADDR and SO_REUSEPORT");
        assertThat(Reproduction.of(SampleRecords.truthTable().getLast())).doesNotContain("reusePort");
    }

    @Test
    @DisplayName("Where the record does not say which pair of sockets it was, there is no command")
    void unknown() {
        assertThat(Reproduction.of(new RecordBuilder("servers", 1)
                        .restarted("bare", "none")
                        .build()))
                .isNull();
    }
}
