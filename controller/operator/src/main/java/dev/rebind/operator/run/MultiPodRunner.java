package dev.rebind.operator.run;

import dev.rebind.engine.CycleSeries;
import dev.rebind.operator.workload.StartObserver;
import dev.rebind.operator.workload.TargetSession;
import dev.rebind.plan.Plan;
import dev.rebind.plan.PlannedCycle;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs the cycles of an experiment on all its pods. Each round runs one cycle on each pod. The cycle numbers continue
 * from round to round, so that a cycle number identifies its pod. The methods block. Only one thread may call them, and
 * this class never interrupts that thread.
 */
final class MultiPodRunner implements AutoCloseable {
    private final List<Member> members = new ArrayList<>();
    private final Plan.Cycles plan;
    private final Limits limits;
    private CountedCycles counted;
    /** Reaches zero when a server has been gone for too long. */
    private final CountDownLatch overdue = new CountDownLatch(1);
    /** Guards {@link #round}, so that no cycle begins once a server was found to be gone for too long. */
    private final Object lock = new Object();

    private @Nullable ExecutorService round;

    /**
     * The limits of a run, and who is told about delays.
     *
     * @param concurrency the highest number of cycles that run at the same time, 1 or more
     * @param unavailable how long a pod may be without a bound server; null for no limit
     * @param starts is told what a new container waits for, from several threads
     */
    record Limits(int concurrency, @Nullable Duration unavailable, DelayedAction alarm, StartObserver starts) {}

    private record Member(
            TargetSession session,
            CycleSeries series,
            Iterator<PlannedCycle> cycles,
            UnavailabilityWatchdog watchdog) {}

    /**
     * Prepares each pod for its first cycle.
     *
     * @param plan the plan of one pod
     * @param counted cycles that do not run again
     * @param generations the highest number that a generation of any pod ever had
     */
    MultiPodRunner(
            List<TargetSession> sessions, Plan.Cycles plan, CountedCycles counted, int generations, Limits limits)
            throws InterruptedException {
        this.plan = plan;
        this.counted = counted;
        this.limits = limits;
        var each = new Plan.Cycles(plan.experiment(), plan.places(), sessions.size(), plan.length(), plan.pattern());
        for (int member = 0; member < sessions.size(); member++) {
            TargetSession session = sessions.get(member);
            var watchdog = new UnavailabilityWatchdog(limits.unavailable(), limits.alarm(), this::overdue);
            session.watch(watchdog, limits.starts());
            members.add(new Member(
                    session,
                    new CycleSeries(
                            new PresenceAgent(session.agent(), watchdog, session.endsServer()),
                            session::clients,
                            session,
                            plan.experiment().metadata().name(),
                            session.place(),
                            generations),
                    each.copy(member),
                    watchdog));
        }
        for (int member = 0; member < sessions.size(); member++) {
            int next = next(member);
            if (isPlanned(next)) {
                int before = (next - 1) / sessions.size();
                sessions.get(member)
                        .arrange(plan.pattern()
                                .get(before % plan.pattern().size())
                                .oldReuse());
            }
        }
    }

    /** Returns the number of the first cycle on this pod that is not counted. */
    private int next(int member) {
        int number = member + 1;
        while (counted.has(number)) {
            number += members.size();
        }
        return number;
    }

    private boolean isPlanned(int number) {
        return switch (plan.length()) {
            case Plan.Length.Count(int cycles) -> number <= cycles * members.size();
            case Plan.Length.For _ -> true;
        };
    }

    /** Returns the planned cycle with this number. The numbers of one pod must come in ascending order. */
    private PlannedCycle cycle(int number) {
        Iterator<PlannedCycle> cycles = member(number).cycles();
        PlannedCycle cycle = cycles.next();
        while (cycle.number() < number) {
            cycle = cycles.next();
        }
        return cycle;
    }

    /** Receives each step of a cycle before it begins, in words for people. */
    @FunctionalInterface
    interface Steps {
        void step(int cycle, String what);
    }

    /**
     * Returns the numbers of the cycles that run next at the same time: at most {@code concurrency}, all from one
     * round.
     */
    static List<Integer> together(CountedCycles counted, int pods, int concurrency) {
        int end = (counted.through() / pods + 1) * pods;
        var numbers = new ArrayList<Integer>();
        for (int number = counted.through() + 1; number <= end && numbers.size() < concurrency; number++) {
            if (!counted.has(number)) {
                numbers.add(number);
            }
        }
        return numbers;
    }

    boolean hasNext() {
        return isPlanned(counted.through() + 1);
    }

    /**
     * The result of cycles that ran at the same time.
     *
     * @param records the reliable records, in the order of their numbers; each must be counted
     */
    record Ran(List<CycleRecord> records, After after) {}

    /** What the run does next, once it has counted the records. */
    sealed interface After {
        /**
         * The next cycles can run.
         *
         * @param pause how long to wait before them
         */
        record GoOn(Duration pause) implements After {}

        /** The hold on a pod has ended, or the pod is gone. Its cycle must run again. */
        record Lost(String why) implements After {}

        /** A pod was without a server for too long. The running cycles were ended. */
        record Overdue() implements After {}

        /** A cycle could not continue. */
        record Broken(RuntimeException cause) implements After {}
    }

    /**
     * Runs the next cycles.
     *
     * @param steps receives each step of each cycle before it begins, from several threads
     */
    Ran next(Steps steps) throws InterruptedException {
        List<PlannedCycle> cycles = together(counted, members.size(), limits.concurrency()).stream()
                .map(this::cycle)
                .toList();
        var records = new ArrayList<CycleRecord>();
        String lost = null;
        RuntimeException broken = null;
        boolean ended = false;
        long began = System.nanoTime();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                List<Future<CycleRecord>> running = begin(threads, cycles, steps);
                for (int i = 0; i < running.size(); i++) {
                    try {
                        CycleRecord record = running.get(i).get();
                        TargetSession session = member(cycles.get(i).number()).session();
                        String why = session.lost();
                        if (why == null && record.verdict() == Verdict.Error) {
                            why = session.goneSince(began);
                        }
                        if (why != null) {
                            lost = why;
                        } else if (counted.mayAdd(record.cycle())) {
                            records.add(record);
                            counted = counted.with(record.cycle());
                        }
                    } catch (ExecutionException e) {
                        switch (e.getCause()) {
                            case InterruptedException _ -> ended = true;
                            case RuntimeException cause -> broken = broken == null ? cause : broken;
                            case Error error -> throw error;
                            case null -> throw new IllegalStateException(e);
                            case Throwable other -> throw new IllegalStateException(other);
                        }
                    }
                }
            } finally {
                // If this thread was interrupted, this also ends the cycles that still run.
                threads.shutdownNow();
                synchronized (lock) {
                    round = null;
                }
            }
        }
        return new Ran(records, after(lost, broken, ended, cycles.getLast()));
    }

    private After after(@Nullable String lost, @Nullable RuntimeException broken, boolean ended, PlannedCycle last)
            throws InterruptedException {
        if (isOverdue()) {
            return new After.Overdue();
        }
        if (broken != null) {
            return new After.Broken(broken);
        }
        if (ended) {
            throw new InterruptedException("a cycle was ended");
        }
        return lost != null ? new After.Lost(lost) : new After.GoOn(last.interval());
    }

    /** Starts the cycles of a round; starts none if a server has already been gone for too long. */
    private List<Future<CycleRecord>> begin(ExecutorService threads, List<PlannedCycle> cycles, Steps steps) {
        synchronized (lock) {
            if (isOverdue()) {
                return List.of();
            }
            round = threads;
            var running = new ArrayList<Future<CycleRecord>>();
            for (PlannedCycle cycle : cycles) {
                CycleSeries series = member(cycle.number()).series();
                running.add(threads.submit(() -> series.run(cycle, step -> steps.step(cycle.number(), step))));
            }
            return running;
        }
    }

    private Member member(int number) {
        return members.get((number - 1) % members.size());
    }

    /** Ends the running cycles. Several pods may call this, and only the first call has an effect. */
    private void overdue() {
        synchronized (lock) {
            if (isOverdue()) {
                return;
            }
            overdue.countDown();
            ExecutorService running = round;
            if (running != null) {
                running.shutdownNow();
            }
        }
    }

    private boolean isOverdue() {
        return overdue.getCount() == 0;
    }

    /**
     * Waits between rounds. Returns early when a server has been gone for too long; {@link #next} then reports that.
     */
    void pause(Duration interval) throws InterruptedException {
        var _ = overdue.await(interval.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Returns the highest number that a generation of any pod has had. */
    int generations() {
        return members.stream()
                .mapToInt(member -> member.series().generations())
                .max()
                .orElse(0);
    }

    /** Closes the watchdogs first, because closing a series ends its server. */
    @Override
    public void close() {
        members.forEach(member -> member.watchdog().close());
        members.forEach(member -> member.series().close());
    }
}
