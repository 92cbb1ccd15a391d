package dev.rebind.cli;

import dev.rebind.cycle.ExperimentRunner;
import dev.rebind.cycle.LocalLab;
import dev.rebind.plan.Plan;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.RecordWriter;
import dev.rebind.record.RecordingException;
import dev.rebind.report.terminal.Progress;
import java.util.List;

/** Runs plans one after the other, keeps every record, and says how far the run is. */
final class Recorder implements ExperimentRunner.Listener {
    private final LocalLab lab;
    private final RecordWriter records;
    private final Progress progress;
    private final Interruption interruption;

    Recorder(LocalLab lab, RecordWriter records, Progress progress, Interruption interruption) {
        this.lab = lab;
        this.records = records;
        this.progress = progress;
        this.interruption = interruption;
    }

    void run(List<Plan> plans) throws InterruptedException, RecordingException {
        for (Plan plan : plans) {
            progress.experiment(
                    plan.experiment().metadata().name(),
                    plan instanceof Plan.Cells cells
                            ? Integer.valueOf(cells.cells().size())
                            : null);
            lab.run(plan, this);
            if (interruption.came()) {
                throw new InterruptedException();
            }
        }
    }

    @Override
    public void step(String experiment, int cycle, String what) {
        progress.step(experiment, cycle, what);
    }

    @Override
    public void record(CycleRecord record) throws RecordingException {
        if (!interruption.came()) {
            records.write(record);
            progress.cycle(record);
        }
    }
}
