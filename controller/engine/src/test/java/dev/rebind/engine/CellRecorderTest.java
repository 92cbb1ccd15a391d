package dev.rebind.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.lab.CellRun;
import dev.rebind.child.Moment;
import dev.rebind.experiment.cells.Residue;
import dev.rebind.plan.PlannedCell;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Verdict;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("When a pair of bare sockets could not be tried")
class CellRecorderTest {
    private static CycleRecord record(CellRun run) {
        var cell = new PlannedCell(
                1,
                "cell",
                new PlannedCell.OldSocket("127.0.0.1", false, true, false, Residue.TIME_WAIT, "127.0.0.1"),
                new PlannedCell.NewSocket("127.0.0.1", false, true, false),
                false,
                null,
                null);
        return new CellRecorder("experiment", cell, 20_000, Moment.now()).record(run);
    }

    @Test
    @DisplayName("then a wait in vain is Inconclusive, as it says nothing about the kernel's rule, with its reason")
    void waitedInVain() {
        CycleRecord record = record(new CellRun.WaitedInVain("recv: the other end did not answer"));
        assertThat(record.verdict()).isEqualTo(Verdict.Inconclusive);
        assertThat(record.explanation()).isEqualTo("recv: the other end did not answer.");
        assertThat(record.outcome()).isNull();
    }

    @Test
    @DisplayName("then a refusal of the system is an Error, with its reason")
    void notRun() {
        CycleRecord record = record(new CellRun.NotRun("bind: EADDRNOTAVAIL (errno 99)"));
        assertThat(record.verdict()).isEqualTo(Verdict.Error);
        assertThat(record.explanation()).isEqualTo("bind: EADDRNOTAVAIL (errno 99).");
    }
}
