package dev.rebind.cli;

import dev.rebind.agent.Agent.Place;
import dev.rebind.engine.ExperimentRunner;
import dev.rebind.engine.LocalLab;
import dev.rebind.engine.PortWait;
import dev.rebind.plan.Plan;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Phase;
import dev.rebind.record.RecordWriter;
import dev.rebind.record.RecordingException;
import dev.rebind.report.terminal.Progress;
import dev.rebind.report.terminal.Waiting;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs plans one after the other, stores every record, and reports the progress. */
final class Recorder implements ExperimentRunner.Listener {
    private final LocalLab lab;
    private final RecordWriter records;
    private final Progress progress;
    private final LiveRun live;
    private final @Nullable LocalMeters meters;
    private final Interruption interruption;
    private final Checkpoint checkpoint;

    /** Saves the progress of the run, for a reader of the folder of a run that was cut short. */
    @FunctionalInterface
    interface Checkpoint {
        void reached() throws RecordingException;
    }

    /**
     * @param meters null where no metrics are wanted
     * @param checkpoint called before the first experiment and after each one
     */
    Recorder(
            LocalLab lab,
            RecordWriter records,
            Progress progress,
            LiveRun live,
            @Nullable LocalMeters meters,
            Interruption interruption,
            Checkpoint checkpoint) {
        this.lab = lab;
        this.records = records;
        this.progress = progress;
        this.live = live;
        this.meters = meters;
        this.interruption = interruption;
        this.checkpoint = checkpoint;
    }

    void run(List<Plan> plans) throws InterruptedException, RecordingException {
        try {
            checkpoint.reached();
            for (Plan plan : plans) {
                LiveExperiment one =
                        live.experiment(plan.experiment().metadata().name());
                if (one.begins()) {
                    run(plan, one);
                    checkpoint.reached();
                }
            }
        } finally {
            live.over();
        }
    }

    private void run(Plan plan, LiveExperiment one) throws InterruptedException, RecordingException {
        progress.experiment(
                one.name(),
                plan instanceof Plan.Cells cells ? Integer.valueOf(cells.cells().size()) : null);
        Phase how = Phase.Error;
        try {
            lab.run(plan, this);
            how = Phase.Completed;
        } catch (InterruptedException e) {
            how = Phase.Aborted;
            if (!one.aborted() || interruption.came()) {
                throw e;
            }
        } finally {
            one.ends(how);
        }
        if (interruption.came()) {
            throw new InterruptedException();
        }
    }

    @Override
    public void begin(String experiment, int cycle) throws InterruptedException {
        live.experiment(experiment).awaitGo();
    }

    @Override
    public void arrived(String experiment, Place place) {
        live.experiment(experiment).arrived(place);
    }

    @Override
    public void left(String experiment, Place place) {
        live.experiment(experiment).left(place);
    }

    @Override
    public void step(String experiment, int cycle, String what) {
        live.experiment(experiment).step(cycle, what);
        progress.step(experiment, cycle, what);
    }

    @Override
    public void waiting(String experiment, int cycle, PortWait wait) {
        progress.waiting(experiment, cycle, new Waiting(wait.free(), wait.latest(), wait.tries()));
    }

    @Override
    public void record(CycleRecord record) throws RecordingException {
        LiveExperiment one = live.experiment(record.experiment());
        // A result does not count if its servers were being stopped meanwhile.
        if (!interruption.came() && !one.aborted()) {
            records.write(record);
            one.recorded(record);
            if (meters != null) {
                meters.record(record);
            }
            progress.cycle(record);
        }
    }
}
