package dev.rebind.engine;

import dev.rebind.agent.lab.BareCell;
import dev.rebind.agent.lab.BareCell.Left;
import dev.rebind.agent.lab.BareCells;
import dev.rebind.child.Moment;
import dev.rebind.plan.Plan;
import dev.rebind.plan.PlannedCell;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.RecordingException;
import dev.rebind.sockets.posix.FreePorts;
import java.util.ArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs the cells of one plan. Several cells run at a time, because a cell mostly waits for the kernel. */
final class CellRunner {
    private static final int AT_ONCE = 8;

    private final BareCells cells;
    private final ExperimentRunner.Listener listener;

    CellRunner(BareCells cells, ExperimentRunner.Listener listener) {
        this.cells = cells;
        this.listener = listener;
    }

    /** @throws RecordingException when a record could not be stored */
    void run(Plan.Cells plan) throws InterruptedException, RecordingException {
        String experiment = plan.experiment().metadata().name();
        var running = new ArrayList<Future<CycleRecord>>();
        try (var threads = Executors.newFixedThreadPool(
                AT_ONCE, Thread.ofPlatform().daemon().factory())) {
            try {
                for (PlannedCell cell : plan.cells()) {
                    running.add(threads.submit(() -> run(experiment, cell)));
                }
                // The records are written in the order of the plan, not in the order in which the cells end.
                for (Future<CycleRecord> one : running) {
                    listener.record(one.get());
                }
            } catch (ExecutionException e) {
                switch (e.getCause()) {
                    case InterruptedException interrupted -> throw interrupted;
                    case RuntimeException broken -> throw broken;
                    case Error broken -> throw broken;
                    case null -> throw new IllegalStateException(e);
                    case Throwable other -> throw new IllegalStateException(other);
                }
            } finally {
                threads.shutdownNow();
            }
        }
    }

    private CycleRecord run(String experiment, PlannedCell planned) throws InterruptedException {
        listener.begin(experiment, planned.number());
        int port = FreePorts.next();
        var old = new BareCell.Old(
                planned.old().address(),
                planned.old().v6Only(),
                planned.old().reuseAddress(),
                planned.old().reusePort(),
                left(planned),
                planned.old().connectTo());
        var fresh = new BareCell.Fresh(
                planned.fresh().address(),
                planned.fresh().v6Only(),
                planned.fresh().reuseAddress(),
                planned.fresh().reusePort());
        Moment began = Moment.now();
        var run = cells.run(new BareCell(old, fresh, port, planned.simultaneous()));
        return new CellRecorder(experiment, planned, port, began).record(run);
    }

    private static Left left(PlannedCell planned) {
        return switch (planned.old().residue()) {
            case none -> Left.NONE;
            case BOUND -> Left.BOUND;
            case LISTEN -> Left.LISTEN;
            case ESTABLISHED -> Left.ESTABLISHED;
            case CLOSE_WAIT -> Left.CLOSE_WAIT;
            case FIN_WAIT_2 -> Left.FIN_WAIT_2;
            case TIME_WAIT -> Left.TIME_WAIT;
        };
    }
}
