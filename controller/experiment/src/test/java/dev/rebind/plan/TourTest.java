package dev.rebind.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.experiment.Experiment;
import dev.rebind.experiment.Sourced;
import dev.rebind.experiment.expect.Expect;
import dev.rebind.experiment.file.Tour;
import dev.rebind.plan.PlannedCycle.Obstacle;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TourTest {
    @Test
    @DisplayName(
            "When a file is among the bundled ones, then the tour names it, and its experiment has the file's name")
    void everyFileIsNamed() throws IOException, URISyntaxException {
        Path folder = Path.of(Objects.requireNonNull(Tour.class.getResource("/dev/rebind/tour"))
                .toURI());
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(
                            Tour.NAMES.stream().map(name -> name + ".yaml").toList());
        }
        assertThat(Tour.experiments())
                .extracting(sourced -> sourced.experiment().metadata().name())
                .containsExactlyElementsOf(Tour.NAMES);
        assertThat(Tour.experiments())
                .allSatisfy(sourced ->
                        assertThat(sourced.experiment().spec().description()).isNotBlank());
    }

    @Test
    @DisplayName("When an experiment waits for a minute, then it is marked long, and no other is")
    void longOnes() {
        assertThat(Tour.experiments().stream()
                        .map(Sourced::experiment)
                        .filter(Experiment::isLong)
                        .map(experiment -> experiment.metadata().name()))
                .containsExactly("wait-it-out", "clients-end-it");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        server-closes-first | process server off->off move: failed time_wait [TIME_WAIT]
        client-closes-first | process client off->off move: bound [] peers [TIME_WAIT]
        client-stalls       | process stall off->off move: failed fin_wait2 [FIN_WAIT_2] peers [CLOSE_WAIT]
        client-stalls-full  | process stall untilFull off->off move: failed closing [FIN_WAIT_1]
        child-still-serving | process keep off->off move: failed established [ESTABLISHED]; process keep on->on move: bound [ESTABLISHED]
        reset               | process reset off->off move: bound []
        killed              | process kill off->off move: failed time_wait [TIME_WAIT]; process kill unread off->off move: bound []
        reuse-address       | process server on->on move: bound [TIME_WAIT]
        toggle              | listener server off->off move: failed time_wait [TIME_WAIT]; listener server off->on move: failed time_wait [TIME_WAIT]; listener server on->on move: bound [TIME_WAIT]; listener server on->off move: failed time_wait [TIME_WAIT]
        still-listening     | process none on->on move: failed listener_old [LISTEN]; process server listener on->on move: failed listener_other []
        strangers           | process server outgoing on->on move: failed outgoing []; process server self_connect on->on move: failed self_connect []
        wait-it-out         | listener server off->off wait: failed time_wait [TIME_WAIT]; listener server off->off wait: failed time_wait [TIME_WAIT]
        clients-end-it      | listener server off->off wait: failed time_wait [TIME_WAIT]
        """)
    @DisplayName("When a bundled experiment is planned, then its cycles are what the table of the tour says")
    void cycles(String name, String expected) {
        var plan = (Plan.Cycles) plan(name);
        var cycles = new ArrayList<PlannedCycle>();
        plan.copy(0).forEachRemaining(cycles::add);
        assertThat(String.join("; ", cycles.stream().map(TourTest::line).toList()))
                .isEqualTo(expected);
    }

    @Test
    @DisplayName("When wait-it-out is planned, then eight copies run side by side")
    void parallel() {
        assertThat(((Plan.Cycles) plan("wait-it-out")).parallel()).isEqualTo(8);
    }

    @Test
    @DisplayName("When the matrix is planned, then it is the whole truth table")
    void matrix() {
        assertThat(((Plan.Cells) plan("matrix")).cells()).hasSize(216);
    }

    @Test
    @DisplayName("When many-servers is planned, then every cell says what must come of it")
    void manyServers() {
        List<PlannedCell> cells = ((Plan.Cells) plan("many-servers")).cells();
        assertThat(cells)
                .hasSize(11)
                .allSatisfy(cell -> assertThat(cell.expect()).isNotNull());
    }

    private static Plan plan(String name) {
        return Planner.plan(Tour.experiments().stream()
                .map(Sourced::experiment)
                .filter(experiment -> experiment.metadata().name().equals(name))
                .findFirst()
                .orElseThrow());
    }

    private static String line(PlannedCycle cycle) {
        Expect expect = cycle.expect();
        Obstacle obstacle = cycle.obstacle();
        return cycle.mode() + " " + cycle.close()
                + (cycle.server().reading() ? "" : " unread")
                + (cycle.clients().untilFull() ? " untilFull" : "")
                + (obstacle == null ? "" : " " + obstacle.kind())
                + (cycle.oldReuse() ? " on" : " off")
                + (cycle.newReuse() ? "->on " : "->off ")
                + cycle.onFailure() + ": " + expect.outcome()
                + (expect.cause() == null ? "" : " " + expect.cause()) + " "
                + expect.residue()
                + (expect.peers() == null ? "" : " peers " + expect.peers());
    }
}
