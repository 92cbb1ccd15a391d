package dev.rebind.agent.command;

import dev.rebind.agent.Agent;
import dev.rebind.agent.ExplainedFailure;
import dev.rebind.agent.GenerationSettings;
import dev.rebind.agent.GenerationWatch;
import dev.rebind.agent.PortForecast;
import dev.rebind.agent.PortView;
import dev.rebind.agent.child.ChildJvm;
import dev.rebind.child.Moment;
import dev.rebind.child.protocol.StopWay;
import dev.rebind.sockets.SocketReader;
import dev.rebind.sockets.release.ReleasePredictor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Restarts any server by its command. A generation is a run of the command. It is bound when one of its processes listens on the port. It
 * has failed when its main process ends before that, or when it goes on and writes that its bind has failed. {@link #close()}, or the end
 * of this process, ends all of its processes ({@link GuardianMain}). For one thread, but looks may come from any thread.
 */
public final class CommandAgent implements Agent {
    /** A start waits for the port when it takes this much longer than the first start, while something blocks the port. */
    private static final Duration SLOWER = Duration.ofSeconds(2);

    /** How long a run may take to end in order, until a stop sets another grace period. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final CommandSettings command;
    private final Output output;
    private final GenerationWatch watch;
    private final CommandRuns runs;
    private final StartWait starts;
    private final ServerStop stops;
    private final UnboundRuns unbound;
    private final LastLook look;
    private final Map<Integer, CommandRun.Bound> running = new HashMap<>();

    private CommandRun.@Nullable Bound last;
    /** Why the very first run did not listen. Another run would not listen either. */
    private @Nullable String unusable;

    private Duration gracePeriod = GRACE;

    /** The generation whose bind was last seen to fail. */
    private int failing;

    private @Nullable Duration firstStart;
    private CommandReport report;
    private boolean closed;

    /**
     * @param output receives what the command writes; a missing file is created
     * @param before what an earlier agent learned about this command
     */
    public CommandAgent(
            ChildJvm jvm,
            SocketReader reader,
            ReleasePredictor predictor,
            CommandSettings command,
            Path output,
            KnownCommand before) {
        this.unusable = before.unusable().orElse(null);
        this.command = command;
        this.output = new Output(output);
        this.report = CommandReport.nothing(output);
        this.runs = new CommandRuns(jvm, command, this.output);
        this.watch = new GenerationWatch(reader, predictor, runs::pids, false);
        var listeners = new ListenerLook(reader);
        this.look = new LastLook(watch, runs, reader, listeners);
        this.starts = new StartWait(command, runs, this.output, listeners);
        this.stops = new ServerStop(runs, listeners);
        this.unbound = new UnboundRuns(watch, runs, starts, this.output, before.asks());
    }

    /** Returns what this agent and earlier ones have learned about the command. */
    public KnownCommand known() {
        return new KnownCommand(Optional.ofNullable(unusable), unbound.asks());
    }

    /** Returns what is known of the last restart and is not part of the records of every server. */
    public CommandReport report() {
        return report;
    }

    /** Looks at the run that was bound last. Call it right before {@link #stop}. Blocks for milliseconds. */
    public void beforeStop() {
        if (last != null) {
            LastLook.Shown shown = look.of(last);
            report = report.with(shown.before());
            unbound.stopping(shown.old());
        }
    }

    /**
     * Returns how the run that was bound last ended without an order, in the form of {@link CommandReport#exitCode}. Empty while one of its
     * processes runs, and once the run was told to stop.
     */
    public OptionalInt ended() {
        CommandRun.Bound bound = last;
        return bound != null && running.containsKey(bound.run().generation()) && runs.isOver(bound.run())
                ? runs.exit(bound.run())
                : OptionalInt.empty();
    }

    @Override
    public Start start(GenerationSettings settings) {
        if (closed) {
            return new Start.Broken(settings.generation(), "the agent is closed");
        }
        if (unusable != null) {
            return new Start.Broken(settings.generation(), unusable);
        }
        try {
            CommandRun run = runs.newest();
            if (run == null || run.generation() != settings.generation() || runs.isOver(run)) {
                run = launch(settings, run);
            }
            long begun = System.nanoTime();
            GenerationSettings asked = settings.at(asked(settings.place()));
            Start start = watch.came(asked.place(), awaited(asked, run), begun);
            if (start instanceof Start.Broken broken && last == null) {
                unusable = broken.why();
            }
            if (start instanceof Start.Failed && !running.isEmpty()) {
                // Another generation is still running, so this one is not tried again beside it.
                runs.end(run, gracePeriod);
            }
            return start;
        } catch (IOException e) {
            unusable = last == null ? String.valueOf(e.getMessage()) : null;
            return new Start.Broken(settings.generation(), String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Start.Broken(settings.generation(), "interrupted while it was being started");
        }
    }

    private CommandRun launch(GenerationSettings settings, @Nullable CommandRun before)
            throws IOException, InterruptedException {
        if (before != null
                && before.generation() != settings.generation()
                && (last == null || !last.run().equals(before))
                && running.isEmpty()) {
            // The next run starts without the remains of runs that did not listen.
            runs.end(before, gracePeriod);
            runs.endAll();
        }
        watch.beforeStart(settings.place());
        CommandRun run = runs.launch(settings.generation(), settings.place());
        starts.begin(run);
        report = report.starting();
        return run;
    }

    /** Waits for the result of a run. */
    private Start awaited(GenerationSettings settings, CommandRun run) throws InterruptedException {
        return switch (starts.await(run, circumstances(settings))) {
            case StartWait.Came.Listens(Moment at) -> bound(settings, run, at);
            case StartWait.Came.Ended(int exitCode, boolean listened) -> ended(settings, run, exitCode, listened);
            case StartWait.Came.Complains _ -> {
                failing = settings.generation();
                UnboundRun complaining = unbound.now(settings, run);
                report = report.with(complaining.told());
                yield unbound.failed(settings, complaining, complaining.complains());
            }
            case StartWait.Came.HeldUp(ListenerLook.Answer listens) -> {
                failing = settings.generation();
                UnboundRun waiting = unbound.now(settings, run);
                if (listens instanceof ListenerLook.Answer.Elsewhere) {
                    report = report.with(waiting.told());
                }
                yield unbound.failed(settings, waiting, waiting.heldUp(listens));
            }
            case StartWait.Came.Silent(ListenerLook.Answer listens) -> silent(settings, run, listens);
        };
    }

    private Start bound(GenerationSettings settings, CommandRun run, Moment at) {
        Set<Long> own = CommandRuns.pids(runs.of(run));
        var bound = new CommandRun.Bound(run, look.listeners(settings.place(), own));
        running.put(settings.generation(), bound);
        last = bound;
        unbound.listens(bound);
        long took = at.nanos() - run.startedNanos();
        if (firstStart == null) {
            firstStart = Duration.ofNanos(took);
        }
        report = report.bound(bound.report(), took);
        return new Start.Bound(
                settings.generation(),
                bound.place(),
                bound.holders().stream().sorted().toList(),
                at.at(),
                at.nanos(),
                at.nanos(),
                null,
                watch.began(settings.generation(), bound.lives(), own, at.nanos(), bound.again()));
    }

    /** Handles a run whose main process has ended before it listened, or after it had listened for only a moment. */
    private Start ended(GenerationSettings settings, CommandRun run, int exitCode, boolean listened) {
        UnboundRun ended = unbound.now(settings, run);
        report = report.with(ended.told());
        if (listened) {
            UnboundRun passed = ended.whoseBindPassed();
            return unbound.failed(settings, passed, passed.endedSoon(exitCode));
        }
        if (ended.errno().isEmpty() && last == null && !watch.isBlocked(unbound.question(settings, false))) {
            return new Start.Broken(settings.generation(), ended.ended(exitCode));
        }
        return unbound.failed(settings, ended, ended.ended(exitCode));
    }

    private StartWait.Circumstances circumstances(GenerationSettings settings) {
        return new StartWait.Circumstances() {
            @Override
            public boolean isBlocked(CommandRun run) {
                return watch.isBlocked(unbound.question(settings, true));
            }

            @Override
            public boolean isLate(CommandRun run) {
                Duration usual = firstStart;
                return usual != null
                        && System.nanoTime() - run.startedNanos()
                                > usual.plus(SLOWER).toNanos();
            }
        };
    }

    /** Handles a run that is alive but does not listen where it should. */
    private Start silent(GenerationSettings settings, CommandRun run, ListenerLook.Answer listens)
            throws InterruptedException {
        UnboundRun silent = unbound.now(settings, run);
        report = report.with(silent.told());
        String why = silent.silent(listens, command, last == null);
        boolean here = listens instanceof ListenerLook.Answer.Here;
        boolean away =
                listens instanceof ListenerLook.Answer.Nowhere || listens instanceof ListenerLook.Answer.Elsewhere;
        if ((away && failing == settings.generation()) || ((away || here) && last != null)) {
            // The run has given the port up, or does not serve there as the run before did. This is the result of the
            // restart and not a
            // fault of the command.
            return unbound.failed(settings, here ? silent.whoseBindPassed() : silent, why);
        }
        runs.end(run, gracePeriod);
        return new Start.Broken(settings.generation(), why);
    }

    @Override
    public Stop stop(int generation, StopWay way, Duration gracePeriod) {
        CommandRun.Bound bound = running.remove(generation);
        if (bound == null) {
            return new Stop.Broken("it is not running");
        }
        int port = bound.run().place().port();
        List<ProcessHandle> own = runs.of(bound.run());
        // This is the last look at which its connections have an owner and its processes a parent.
        watch.look(port);
        watch.joins(port, generation, CommandRuns.pids(own));
        try {
            if (way == StopWay.reset) {
                // A reset comes when nothing is measured any more. What a server finds after SIGKILL would not tell
                // anything about the next
                // experiment, so the run ends with SIGTERM.
                long asked = System.nanoTime();
                runs.end(bound.run(), gracePeriod);
                return new Stop.Stopped(Duration.ofNanos(System.nanoTime() - asked), null);
            }
            this.gracePeriod = gracePeriod;
            return stop(bound, own, way, gracePeriod);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Stop.Broken("interrupted while it was being stopped");
        } finally {
            watch.ended(port, generation);
        }
    }

    private Stop stop(CommandRun.Bound bound, List<ProcessHandle> own, StopWay way, Duration gracePeriod)
            throws InterruptedException {
        CommandRun run = bound.run();
        boolean beside = runs.newest() != null && runs.newest().generation() != run.generation();
        report = beside ? report.stoppingBeside(bound.report()) : report.stopping(bound.report());
        if (own.isEmpty()) {
            return new Stop.Broken("it had ended by itself: "
                    + runs.exit(run).stream()
                            .mapToObj(CommandReport::ending)
                            .findFirst()
                            .orElse("")
                    + "; its last words: "
                    + String.join(" / ", BindMessages.last(output.lastSince(run.outputFrom()), UnboundRun.LAST_WORDS)));
        }
        ServerStop.Done done = stops.stop(bound, own, way, gracePeriod);
        report = report.stopped(done.exitCode(), done.leftBehind());
        return done.stop();
    }

    @Override
    public PortView look(Place place) {
        return watch.look(asked(place));
    }

    @Override
    public PortView lookAgain(Place place) {
        return watch.lookAgain(asked(place));
    }

    @Override
    public PortForecast forecast(Place place) {
        return watch.forecast(asked(place));
    }

    /** Returns where the server binds. Clients connect to one address, but the server may listen on all addresses. */
    private Place asked(Place place) {
        return last == null ? place : last.place();
    }

    @Override
    public ExplainedFailure explain(Start.Failed failed) {
        return unbound.explain(failed);
    }

    @Override
    public void released(ExplainedFailure failure, long releasedNanos, Duration exact) {
        watch.released(failure, releasedNanos, exact);
    }

    @Override
    public Clearing clear(Place place) {
        return watch.clear(asked(place));
    }

    @Override
    public void close() {
        closed = true;
        running.clear();
        runs.endNewest(gracePeriod);
        watch.close();
        runs.close();
    }
}
