package dev.rebind.agent.command;

import dev.rebind.agent.Agent.Stop;
import dev.rebind.child.protocol.StopWay;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Ends a run as a supervisor does, with a signal to its main process only. */
final class ServerStop {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);

    private final CommandRuns runs;
    private final ListenerLook look;

    ServerStop(CommandRuns runs, ListenerLook look) {
        this.runs = runs;
        this.look = look;
    }

    /**
     * @param exitCode of the main process, in the form of {@link CommandReport#exitCode}
     * @param leftBehind the processes that are still there after {@link CommandRuns#FOLLOWS}
     */
    record Done(Stop stop, OptionalInt exitCode, List<CommandReport.LeftBehind> leftBehind) {}

    /**
     * @param own the processes of the run, at least one, the oldest first
     * @param way SIGKILL for {@link StopWay#kill}, otherwise SIGTERM
     * @param gracePeriod after this time the main process gets SIGKILL
     */
    Done stop(CommandRun.Bound bound, List<ProcessHandle> own, StopWay way, Duration gracePeriod)
            throws InterruptedException {
        CommandRun run = bound.run();
        ProcessHandle main = CommandRuns.main(run, own);
        long before = System.nanoTime();
        if (way == StopWay.kill) {
            main.destroyForcibly();
        } else {
            main.destroy();
        }
        boolean inTime = CommandRuns.await(main, gracePeriod);
        if (!inTime) {
            main.destroyForcibly();
            CommandRuns.await(main, CommandRuns.FOLLOWS);
        }
        Duration took = Duration.ofNanos(System.nanoTime() - before);
        OptionalInt exitCode = main.pid() == run.pid() ? runs.exitSoon(run) : OptionalInt.empty();
        return new Done(
                inTime
                        ? new Stop.Stopped(took, exitCode.isPresent() ? exitCode.getAsInt() : null)
                        : new Stop.Killed(took),
                exitCode,
                remaining(bound));
    }

    private List<CommandReport.LeftBehind> remaining(CommandRun.Bound bound) throws InterruptedException {
        long deadline = System.nanoTime() + CommandRuns.FOLLOWS.toNanos();
        List<ProcessHandle> own = runs.of(bound.run());
        while (!own.isEmpty() && System.nanoTime() < deadline) {
            Thread.sleep(BETWEEN_LOOKS);
            own = runs.of(bound.run());
        }
        var left = new ArrayList<CommandReport.LeftBehind>();
        for (ProcessHandle process : own) {
            left.add(new CommandReport.LeftBehind(
                    process.pid(), ListenerLook.name(process), look.hasListener(process, bound)));
        }
        return left;
    }
}
