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

/** Starts runs of a command, and knows the processes of each. For one thread, but for {@link #pids()}. */
final class CommandRuns implements AutoCloseable {
    /** A process that ends because its parent has ended does so within this. */
    static final Duration FOLLOWS = Duration.ofSeconds(1);

    private final ChildJvm jvm;
    private final CommandSettings command;
    private final Output output;
    /** Read by looks, from other threads. */
    private final AtomicReference<@Nullable Processes> processes = new AtomicReference<>();

    private @Nullable Guardian guardian;
    private @Nullable CommandRun newest;

    CommandRuns(ChildJvm jvm, CommandSettings command, Output output) {
        this.jvm = jvm;
        this.command = command;
        this.output = output;
    }

    /** The one that was started last; null before the first. */
    @Nullable
    CommandRun newest() {
        return newest;
    }

    /** @throws IOException with the errno's name when it cannot be started */
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

    /** Its processes that live, the oldest first. */
    List<ProcessHandle> of(CommandRun run) {
        Processes known = processes.get();
        return known == null ? List.of() : known.of(run, newest == null ? run : newest);
    }

    /** Of all runs, as of the last look. */
    Set<Long> pids() {
        Processes known = processes.get();
        return known == null ? Set.of() : known.pids();
    }

    static Set<Long> pids(List<ProcessHandle> processes) {
        return processes.stream().map(ProcessHandle::pid).collect(Collectors.toSet());
    }

    /** How the main process ended, as {@link CommandReport#exitCode} has it; empty while it runs. */
    OptionalInt exit(CommandRun run) {
        return guardian == null ? OptionalInt.empty() : guardian.exit(run.pid());
    }

    /** The same of a process that has just ended: it is told a moment later. */
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

    /** Whether the process has ended in time. */
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
     * The process of a run that is told to end: its main process; of a daemon, the oldest that is left.
     *
     * @param own its processes, at least one, the oldest first
     */
    static ProcessHandle main(CommandRun run, List<ProcessHandle> own) {
        return own.stream()
                .filter(process -> process.pid() == run.pid())
                .findFirst()
                .orElse(own.getFirst());
    }

    /**
     * Ends a run as a supervisor does, so that it can leave things in order for the next one: SIGTERM to its main process, and SIGKILL
     * to all that is left of it after this time.
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

    /** The same for the newest run, which may have been given up and go on. An interrupt leaves it as it is. */
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

    /** Kills these. */
    private static void end(List<ProcessHandle> processes) throws InterruptedException {
        processes.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle process : processes) {
            await(process, FOLLOWS);
        }
    }

    /** Kills those of every run. */
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
