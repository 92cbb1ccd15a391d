package dev.rebind.engine;

import dev.rebind.agent.Agent;
import dev.rebind.agent.Agent.Place;
import dev.rebind.plan.Places;
import dev.rebind.plan.Plan;
import dev.rebind.plan.PlannedCycle;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.RecordingException;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs the cycles of one plan of server restarts and makes a record of each. {@link #run} blocks until the last cycle is over, and ends at
 * once when its thread is interrupted.
 */
public final class ExperimentRunner {
    private final Agent agent;
    private final CycleClients clientSettings;
    private final ServerCycle.Obstacles obstacles;
    private final Listener listener;
    private final Backend backend;

    /** Observes a run. Several threads call it at once if cycles run in parallel. */
    public interface Listener {
        /** Called before a cycle begins. An implementation that blocks here pauses the run. */
        default void begin(String experiment, int cycle) throws InterruptedException {}

        /** Called before the first server is started at a place. The place stays in use until {@link #left}. */
        default void arrived(String experiment, Place place) {}

        default void left(String experiment, Place place) {}

        void step(String experiment, int cycle, String what);

        /** Called before each new try of a port that could not be bound. The wait is over when the cycle's next step begins. */
        default void waiting(String experiment, int cycle, PortWait wait) {}

        /**
         * Called when a cycle is over.
         *
         * @throws RecordingException when the record cannot be stored; this ends the run
         */
        void record(CycleRecord record) throws RecordingException;
    }

    ExperimentRunner(
            Agent agent,
            CycleClients clientSettings,
            ServerCycle.Obstacles obstacles,
            Listener listener,
            Backend backend) {
        this.backend = backend;
        this.agent = agent;
        this.clientSettings = clientSettings;
        this.obstacles = obstacles;
        this.listener = listener;
    }

    /**
     * Runs the plan until its last cycle is over.
     *
     * @throws RecordingException when a record could not be stored; the cycles that still run are interrupted
     */
    public void run(Plan.Cycles plan) throws InterruptedException, RecordingException {
        String experiment = plan.experiment().metadata().name();
        IntSupplier generations = new AtomicInteger(1)::getAndIncrement;
        long end = switch (plan.length()) {
            case Plan.Length.Count _ -> Long.MAX_VALUE;
            case Plan.Length.For(Duration duration) -> System.nanoTime() + duration.toNanos();
        };
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var copies = new ExecutorCompletionService<@Nullable Void>(threads);
            try {
                for (int copy = 0; copy < plan.parallel(); copy++) {
                    Iterator<PlannedCycle> cycles = plan.copy(copy);
                    int number = copy;
                    copies.submit(() -> {
                        run(experiment, plan.places(), number, cycles, generations, end);
                        return null;
                    });
                }
                // The copies are taken in the order in which they end, so that a copy that fails ends the others at
                // once.
                for (int copy = 0; copy < plan.parallel(); copy++) {
                    await(copies.take());
                }
            } finally {
                // Ends the remaining copies if one has failed or this thread is interrupted.
                threads.shutdownNow();
            }
        }
    }

    private static void await(Future<?> copy) throws InterruptedException, RecordingException {
        try {
            copy.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RecordingException lost -> throw lost;
                case InterruptedException interrupted -> throw interrupted;
                case RuntimeException broken -> throw broken;
                case Error broken -> throw broken;
                case null -> throw new IllegalStateException(e);
                case Throwable other -> throw new IllegalStateException(other);
            }
        }
    }

    private void run(
            String experiment,
            Places places,
            int copy,
            Iterator<PlannedCycle> cycles,
            IntSupplier generations,
            long end)
            throws InterruptedException, RecordingException {
        TestSite shared = null;
        try {
            // At least one cycle runs, even if the duration is already over.
            do {
                PlannedCycle cycle = cycles.next();
                listener.begin(experiment, cycle.number());
                if (shared == null || places != Places.shared) {
                    shared = site(places, copy, cycle, generations);
                    listener.arrived(experiment, shared.place());
                }
                cycle(experiment, cycle, shared);
                if (places != Places.shared) {
                    close(experiment, shared);
                    shared = null;
                }
                if (cycles.hasNext()) {
                    pause(cycle.interval(), end);
                }
            } while (cycles.hasNext() && System.nanoTime() < end);
        } finally {
            close(experiment, shared);
        }
    }

    /** Waits for the interval between two cycles, but not beyond the end of the run. */
    private static void pause(Duration interval, long end) throws InterruptedException {
        long left = end == Long.MAX_VALUE ? end : Math.max(0, end - System.nanoTime());
        Thread.sleep(interval.compareTo(Duration.ofNanos(left)) < 0 ? interval : Duration.ofNanos(left));
    }

    private void close(String experiment, @Nullable TestSite site) {
        if (site != null) {
            site.close();
            listener.left(experiment, site.place());
        }
    }

    private TestSite site(Places places, int copy, PlannedCycle cycle, IntSupplier generations) {
        Place place = CycleAddresses.next(places, copy, cycle.server());
        return new TestSite(agent, clientSettings, place, generations, backend);
    }

    private void cycle(String experiment, PlannedCycle cycle, TestSite site)
            throws InterruptedException, RecordingException {
        var steps = new StepObserver() {
            @Override
            public void step(String what) {
                listener.step(experiment, cycle.number(), what);
            }

            @Override
            public void waiting(PortWait wait) {
                listener.waiting(experiment, cycle.number(), wait);
            }
        };
        var run = new ServerCycle(agent, obstacles, experiment, cycle, site, steps);
        listener.record(run.run());
    }
}
