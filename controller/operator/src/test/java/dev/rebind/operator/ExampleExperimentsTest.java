package dev.rebind.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.experiment.Sourced;
import dev.rebind.experiment.file.ExperimentFile;
import dev.rebind.experiment.file.ExperimentFile.Read;
import dev.rebind.experiment.rules.PlaceRules;
import dev.rebind.plan.Plan;
import dev.rebind.plan.Planner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExampleExperimentsTest {
    private static final Path FOLDER = Path.of("..", "..", "k8s", "experiments");

    static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    @DisplayName("When an example is applied, then the controller accepts it")
    void accepted(Path file) {
        assertThat(ExperimentFile.read(file)).isInstanceOfSatisfying(Read.Experiments.class, read -> {
            for (Sourced each : read.experiments()) {
                assertThat(PlaceRules.cluster(each.experiment().spec())).isEmpty();
                assertThat(Planner.plan(each.experiment())).isInstanceOf(Plan.Cycles.class);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("files")
    @DisplayName("When an example is read, then it says what it shows and what came of it")
    void described(Path file) throws IOException {
        assertThat(Files.readString(file)).contains("description:").startsWith("# Outcome");
    }

    @Test
    @DisplayName("When all examples are applied at once, then no two have one name")
    void names() throws IOException {
        assertThat(ExperimentFile.read(files())).isInstanceOf(Read.Experiments.class);
    }
}
