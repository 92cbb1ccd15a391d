package dev.rebind.engine.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.lab.BareCell;
import dev.rebind.agent.lab.BareCells;
import dev.rebind.agent.lab.CellRun;
import dev.rebind.experiment.Sourced;
import dev.rebind.experiment.Specs;
import dev.rebind.experiment.cells.Relation;
import dev.rebind.experiment.cells.Residue;
import dev.rebind.experiment.expect.Call;
import dev.rebind.experiment.expect.Expect;
import dev.rebind.experiment.file.Tour;
import dev.rebind.plan.Plan;
import dev.rebind.plan.PlannedCell;
import dev.rebind.plan.Planner;
import dev.rebind.sockets.SocketReaders;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.release.ReleasePredictor;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The cells of the tour on the kernel of this machine. */
@EnabledOnOs(OS.LINUX)
class BundledCellsTest {
    private final BareCells kernel = new BareCells(SocketReaders.best(), new ReleasePredictor());

    @Test
    @DisplayName("When many-servers is tried, then the kernel does in each cell what the file says")
    void manyServers() throws InterruptedException {
        for (PlannedCell cell : cells("many-servers")) {
            CellRun.Ran ran = run(cell);
            Expect expect = cell.expect();
            Call call = expect == null ? null : expect.call();
            assertThat(failedCall(ran)).as(cell.name()).isEqualTo(call == null ? null : call.name());
        }
    }

    @Test
    @DisplayName(
            "When the truth table is tried, with SO_REUSEPORT as an axis, then the kernel does in each cell what its rule says")
    void truthTable() throws InterruptedException {
        Plan planned = Planner.plan(Specs.experiment("truthTable: {reusePort: true}"));
        Plan fitted =
                MachineCheck.here().fit(planned, bundled("matrix").source()).plan();
        for (PlannedCell cell : ((Plan.Cells) fitted).cells()) {
            CellRun.Ran ran = run(cell);
            assertThat(ran.shortfall()).as(cell.toString()).isNull();
            assertThat(failedCall(ran))
                    .as(cell.toString())
                    .isEqualTo(ran.expected().call());
            boolean one = cell.old().reusePort() != cell.fresh().reusePort();
            PlannedCell.Truth truth = Objects.requireNonNull(cell.truth());
            if (truth.relation() == Relation.other && truth.residue() != Residue.LISTEN) {
                assertThat(failedCall(ran)).as("another address: " + cell).isNull();
            }
            if (one && truth.residue() == Residue.LISTEN && truth.relation() != Relation.other) {
                assertThat(failedCall(ran)).as("one alone has it: " + cell).isEqualTo("bind");
            }
            if (cell.old().reusePort() && cell.fresh().reusePort()) {
                assertThat(failedCall(ran)).as("both have it: " + cell).isNull();
            }
        }
    }

    private CellRun.Ran run(PlannedCell cell) throws InterruptedException {
        var old = new BareCell.Old(
                cell.old().address(),
                cell.old().v6Only(),
                cell.old().reuseAddress(),
                cell.old().reusePort(),
                BareCell.Left.valueOf(cell.old().residue().name().toUpperCase(Locale.ROOT)),
                cell.old().connectTo());
        var fresh = new BareCell.Fresh(
                cell.fresh().address(),
                cell.fresh().v6Only(),
                cell.fresh().reuseAddress(),
                cell.fresh().reusePort());
        CellRun run = kernel.run(new BareCell(old, fresh, FreePorts.next(), cell.simultaneous()));
        assertThat(run).as(cell.toString()).isInstanceOf(CellRun.Ran.class);
        return (CellRun.Ran) run;
    }

    private static @Nullable String failedCall(CellRun.Ran ran) {
        return ran.start() instanceof Start.Failed failed ? failed.call() : null;
    }

    private static Sourced bundled(String name) {
        return Tour.experiments().stream()
                .filter(candidate -> candidate.experiment().metadata().name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<PlannedCell> cells(String name) {
        Sourced sourced = bundled(name);
        Plan fitted = MachineCheck.here()
                .fit(Planner.plan(sourced.experiment()), sourced.source())
                .plan();
        return ((Plan.Cells) fitted).cells();
    }
}
