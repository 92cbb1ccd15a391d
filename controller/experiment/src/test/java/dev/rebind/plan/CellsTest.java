package dev.rebind.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.experiment.Specs;
import dev.rebind.experiment.cells.Relation;
import dev.rebind.experiment.cells.Residue;
import dev.rebind.experiment.cells.Stack;
import dev.rebind.experiment.expect.Expect;
import dev.rebind.experiment.expect.Outcome;
import dev.rebind.plan.PlannedCell.NewSocket;
import dev.rebind.plan.PlannedCell.OldSocket;
import dev.rebind.plan.PlannedCell.Truth;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CellsTest {
    @Test
    @DisplayName("When the truth table is asked for whole, then it has 216 different cells")
    void truthTable() {
        List<PlannedCell> cells = cells("truthTable: {}");

        assertThat(cells).hasSize(2 * 2 * 6 * 3 * 3);
        assertThat(cells.stream()
                        .map(cell -> cell.truth() + " " + cell.old().reuseAddress() + " "
                                + cell.fresh().reuseAddress()))
                .doesNotHaveDuplicates();
        assertThat(cells)
                .extracting(PlannedCell::number)
                .doesNotHaveDuplicates()
                .contains(1, 216);
        assertThat(cells)
                .extracting(cell -> cell.old().residue())
                .containsOnly(
                        Residue.none,
                        Residue.LISTEN,
                        Residue.ESTABLISHED,
                        Residue.CLOSE_WAIT,
                        Residue.FIN_WAIT_2,
                        Residue.TIME_WAIT);
        assertThat(cells).allSatisfy(cell -> assertThat(cell.expect()).isNull());
    }

    @Test
    @DisplayName("When SO_REUSEPORT is asked for too, then the table is there four times, without it first")
    void reusePort() {
        List<PlannedCell> cells = cells("truthTable: {reusePort: true}");

        assertThat(cells).hasSize(4 * 216);
        assertThat(cells.subList(0, 216))
                .isEqualTo(cells("truthTable: {}"))
                .isEqualTo(cells("truthTable: {reusePort: false}"));
        assertThat(cells.stream().map(cell -> cell.truth() + " " + cell.old() + " " + cell.fresh()))
                .doesNotHaveDuplicates();
        assertThat(cells.stream().map(PlannedCell::number)).doesNotHaveDuplicates();
        assertThat(cells.subList(216, 432))
                .allMatch(cell -> !cell.old().reusePort() && cell.fresh().reusePort())
                .allMatch(cell -> cell.name().endsWith(" / SO_REUSEPORT on the new one only"));
        assertThat(cells.subList(648, 864))
                .allMatch(cell -> cell.old().reusePort() && cell.fresh().reusePort())
                .allMatch(cell -> cell.name().endsWith(" / SO_REUSEPORT on both"));
    }

    @Test
    @DisplayName("When a part of the truth table is asked for, then it has that part alone")
    void part() {
        assertThat(cells("truthTable: {residues: [BOUND, TIME_WAIT], addresses: [other], families: [dual]}"))
                .hasSize(8)
                .extracting(PlannedCell::truth)
                .containsOnly(
                        new Truth(Residue.BOUND, Relation.other, Stack.dual),
                        new Truth(Residue.TIME_WAIT, Relation.other, Stack.dual));
    }

    @Test
    @DisplayName("When a dual-stack listener left connections, then they came in over IPv4")
    void dual() {
        assertThat(cells("truthTable: {residues: [TIME_WAIT], addresses: [other], families: [dual]}")
                        .getFirst())
                .isEqualTo(new PlannedCell(
                        1,
                        "TIME_WAIT / other loopback address / dual",
                        new OldSocket("::", false, false, false, Residue.TIME_WAIT, "127.0.0.1"),
                        new NewSocket("127.0.0.2", false, false, false),
                        false,
                        new Truth(Residue.TIME_WAIT, Relation.other, Stack.dual),
                        null));
    }

    @Test
    @DisplayName("When a user writes cells, then what is absent is off, and the old socket listens")
    void written() {
        assertThat(cells("""
                        cells:
                          - old: {address: 0.0.0.0}
                            new: {address: 127.0.0.1, reuseAddress: true}
                            expect: {call: bind}
                          - name: at the same moment
                            old: {address: "::", v6Only: true, state: BOUND, reusePort: true}
                            new: {address: "::1"}
                            simultaneous: true
                        """))
                .containsExactly(
                        new PlannedCell(
                                1,
                                "LISTEN on 0.0.0.0, then 127.0.0.1",
                                new OldSocket("0.0.0.0", false, false, false, Residue.LISTEN, "127.0.0.1"),
                                new NewSocket("127.0.0.1", false, true, false),
                                false,
                                null,
                                Expect.of(Outcome.failed, null, dev.rebind.experiment.expect.Call.bind)),
                        new PlannedCell(
                                2,
                                "at the same moment",
                                new OldSocket("::", true, false, true, Residue.BOUND, "::1"),
                                new NewSocket("::1", false, false, false),
                                true,
                                null,
                                null));
    }

    private static List<PlannedCell> cells(String yaml) {
        return ((Plan.Cells) Planner.plan(Specs.experiment(yaml))).cells();
    }
}
