package dev.rebind.operator.run;

import dev.rebind.engine.CycleSeries;
import dev.rebind.operator.workload.TargetSession;
import dev.rebind.plan.Plan;
import dev.rebind.plan.PlannedCycle;
import dev.rebind.record.CycleRecord;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The pods of an experiment, with a series of cycles on each. Cycles go round by round, one on each pod in a round, and are
 * numbered through: so the number of the last one that was counted says where to go on. Blocks; for one thread.
 */
final class MultiPodRunner implements AutoCloseable {
    private final List<Member> members = new ArrayList<>();
    private final int concurrency;
    private int done;

    private record Member(TargetSession session, CycleSeries series, Iterator<PlannedCycle> cycles) {}

    /**
     * @param plan for one pod
     * @param done how many cycles were counted already, of all pods
     * @param generations the highest number that a generation of any of them was given
     */
    MultiPodRunner(List<TargetSession> sessions, Plan.Cycles plan, int done, int generations, int concurrency)
            throws InterruptedException {
        this.concurrency = concurrency;
        this.done = done;
        var each = new Plan.Cycles(plan.experiment(), plan.places(), sessions.size(), plan.length(), plan.pattern());
        for (int member = 0; member < sessions.size(); member++) {
            TargetSession session = sessions.get(member);
            Iterator<PlannedCycle> cycles = each.copy(member);
            int before = done(done, sessions.size(), member);
            for (int i = 0; i < before && cycles.hasNext(); i++) {
                cycles.next();
            }
            if (cycles.hasNext()) {
                session.arrange(
                        plan.pattern().get(before % plan.pattern().size()).oldReuse());
            }
            members.add(new Member(
                    session,
                    new CycleSeries(
                            session.agent(),
                            session::clients,
                            session,
                            plan.experiment().metadata().name(),
                            session.place(),
                            generations),
                    cycles));
        }
    }

    /** Is told what a cycle is about to do. */
    @FunctionalInterface
    interface Steps {
        void step(int cycle, String what);
    }

    /** How many of the first {@code done} cycles were on this one of so many pods. */
    static int done(int done, int pods, int member) {
        return done / pods + (member < done % pods ? 1 : 0);
    }

    /** How many cycles run side by side next: no more than may, and none of another round. */
    static int together(int done, int pods, int concurrency) {
        return Math.min(concurrency, pods - done % pods);
    }

    boolean hasNext() {
        return members.get(done % members.size()).cycles().hasNext();
    }

    /** The pause after the cycles that were run last, and what they came to, in the order of their numbers. */
    record Ran(List<CycleRecord> records, PlannedCycle last) {}

    /**
     * Runs the next cycles to their records.
     *
     * @param steps is told what each of them is about to do, from several threads
     * @throws AgentLost when the hold of one of the pods ended meanwhile
     */
    Ran next(Steps steps) throws InterruptedException, AgentLost {
        int first = done % members.size();
        List<Member> group = members.subList(first, first + together(done, members.size(), concurrency));
        List<PlannedCycle> cycles =
                group.stream().map(member -> member.cycles().next()).toList();
        var records = new ArrayList<CycleRecord>();
        if (group.size() == 1) {
            PlannedCycle cycle = cycles.getFirst();
            records.add(group.getFirst().series().run(cycle, step -> steps.step(cycle.number(), step)));
        } else {
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var running = new ArrayList<Future<CycleRecord>>();
                for (int i = 0; i < group.size(); i++) {
                    CycleSeries series = group.get(i).series();
                    PlannedCycle cycle = cycles.get(i);
                    running.add(threads.submit(() -> series.run(cycle, step -> steps.step(cycle.number(), step))));
                }
                try {
                    for (Future<CycleRecord> one : running) {
                        records.add(one.get());
                    }
                } catch (ExecutionException e) {
                    throw new IllegalStateException(e.getCause());
                } finally {
                    // The others too, when one has failed or this thread is interrupted.
                    threads.shutdownNow();
                }
            }
        }
        for (Member member : group) {
            String lost = member.session().lost();
            if (lost != null) {
                throw new AgentLost(lost);
            }
        }
        done += group.size();
        return new Ran(records, cycles.getLast());
    }

    /** The highest number that a generation was given. */
    int generations() {
        return members.stream()
                .mapToInt(member -> member.series().generations())
                .max()
                .orElse(0);
    }

    @Override
    public void close() {
        members.forEach(member -> member.series().close());
    }
}
