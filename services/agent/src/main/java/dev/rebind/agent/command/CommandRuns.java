package dev.rebind.agent.command;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.child.ChildJvm;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Starts runs of a command, and knows the processes of each. For one thread, except {@link #pids()}. */
final class CommandRuns implements AutoCloseable {
    /** The time within which a process ends that ends because its parent has ended. */
    static final Duration FOLLOWS = Duration.ofSeconds(1);

    private final ChildJvm jvm;
    private final CommandSettings command;
    private final Output output;
    /** Other threads read this during looks. */
    private final AtomicReference<@Nullable Processes> processes = new AtomicReference<>();

    private @Nullable Guardian guardian;
    private @Nullable CommandRun newest;

    CommandRuns(ChildJvm jvm, CommandSettings command, Output output) {
        this.jvm = jvm;
        this.command = command;
        this.output = output;
    }

    /** Returns the run that was started last; null before the first. */
    @Nullable
    CommandRun newest() {
        return newest;
    }

    /** @throws IOException with the errno's name when the command cannot be started */
    CommandRun launch(int generation, Place place) throws IOException, InterruptedException {
        Guardian parent = guardian;
        if (parent == null) {
            parent = Guardian.start(jvm);
            guardian = parent;
            processes.set(new Processes(parent));
        }
        long from = output.length();
        output.watched();
        long nanos = System.nanoTime();
        var run = new CommandRun(generation, place, parent.start(command, output), nanos, from);
        newest = run;
        return run;
    }

    /** Returns the living processes of a run, the oldest first. */
    List<ProcessHandle> of(CommandRun run) {
        Processes known = processes.get();
        return known == null ? List.of() : known.of(run, newest == null ? run : newest);
    }

    /** Returns the pids of all runs, as the last look saw them. */
    Set<Long> pids() {
        Processes known = processes.get();
        return known == null ? Set.of() : known.pids();
    }

    static Set<Long> pids(List<ProcessHandle> processes) {
        return processes.stream().map(ProcessHandle::pid).collect(Collectors.toSet());
    }

    /** Returns how the main process ended, in the form of {@link CommandReport#exitCode}; empty while it runs. */
    OptionalInt exit(CommandRun run) {
        return guardian == null ? OptionalInt.empty() : guardian.exit(run.pid());
    }

    /** Returns how the main process ended. Waits up to {@link #FOLLOWS}, because the guardian reports the end a moment later. */
    OptionalInt exitSoon(CommandRun run) throws InterruptedException {
        long deadline = System.nanoTime() + FOLLOWS.toNanos();
        while (exit(run).isEmpty() && System.nanoTime() < deadline) {
            Thread.sleep(1);
        }
        return exit(run);
    }

    boolean isOver(CommandRun run) {
        return exit(run).isPresent() && of(run).isEmpty();
    }

    /** Waits until the process ends. Returns whether it ended in time. */
    static boolean await(ProcessHandle process, Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (process.isAlive()) {
            if (System.nanoTime() >= deadline) {
                return false;
            }
            Thread.sleep(1);
        }
        return true;
    }

    /**
     * Returns the process of a run that receives the order to end: its main process, or for a daemon the oldest process that is left.
     *
     * @param own the processes of the run, at least one, the oldest first
     */
    static ProcessHandle main(CommandRun run, List<ProcessHandle> own) {
        return own.stream()
                .filter(process -> process.pid() == run.pid())
                .findFirst()
                .orElse(own.getFirst());
    }

    /**
     * Ends a run as a supervisor does, so that it can clean up for the next run. Sends SIGTERM to its main process, and SIGKILL to all
     * remaining processes when the grace period is over.
     */
    void end(CommandRun run, Duration gracePeriod) throws InterruptedException {
        List<ProcessHandle> own = of(run);
        if (!own.isEmpty()) {
            ProcessHandle main = main(run, own);
            main.destroy();
            await(main, gracePeriod);
        }
        end(of(run));
    }

    /** Ends the newest run, which may have been given up but still be alive. Does nothing where the thread is interrupted. */
    void endNewest(Duration gracePeriod) {
        if (newest == null || Thread.currentThread().isInterrupted()) {
            return;
        }
        try {
            end(newest, gracePeriod);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Kills the processes. */
    private static void end(List<ProcessHandle> processes) throws InterruptedException {
        processes.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle process : processes) {
            await(process, FOLLOWS);
        }
    }

    /** Kills the processes of every run. */
    void endAll() {
        if (guardian != null) {
            guardian.endAll();
        }
    }

    @Override
    public void close() {
        if (guardian != null) {
            guardian.close();
        }
        output.close();
    }
}
