package dev.rebind.agent;

import dev.rebind.agent.child.ChildJvm;
import dev.rebind.child.protocol.StopWay;
import dev.rebind.sockets.SocketReader;
import dev.rebind.sockets.SocketReaders;
import dev.rebind.sockets.bind.Flag;
import dev.rebind.sockets.posix.DescriptorLimit;
import dev.rebind.sockets.release.ReleasePredictor;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The agent in this process. Its server generations are child processes or listeners of this process. The caller chooses the generation
 * numbers, which are unique within an agent.
 */
public final class LocalAgent implements Agent {
    private final ChildJvm jvm;
    private final GenerationWatch watch;
    private final BindProbe probe = new BindProbe();
    private final Map<Integer, Running> running = new ConcurrentHashMap<>();
    private final Thread onExit = new Thread(this::endAll, "end-servers");
    private volatile boolean closed;

    public LocalAgent() {
        this(ChildJvm.likeThis(), SocketReaders.best(), new ReleasePredictor());
    }

    public LocalAgent(ChildJvm jvm, SocketReader reader, ReleasePredictor predictor) {
        this(jvm, reader, predictor, true);
    }

    /**
     * Creates an agent that does not kill its servers as soon as the JVM begins to end. It is meant for a program that stops them in order
     * on a signal. The servers still end after the JVM, because their standard input is then closed.
     */
    public static LocalAgent endedByItsOwner(ChildJvm jvm, SocketReader reader, ReleasePredictor predictor) {
        return new LocalAgent(jvm, reader, predictor, false);
    }

    private LocalAgent(ChildJvm jvm, SocketReader reader, ReleasePredictor predictor, boolean endsOnExit) {
        this.jvm = jvm;
        this.watch = new GenerationWatch(reader, predictor, this::pids, true);
        if (endsOnExit) {
            try {
                Runtime.getRuntime().addShutdownHook(onExit);
            } catch (IllegalStateException _) {
                // The JVM has begun to end, so nobody would end what this agent starts.
                closed = true;
            }
        }
    }

    /** Whether the agent starts nothing any more, because it is closed or this process is ending. */
    public boolean isClosed() {
        return closed;
    }

    /** A generation that was started and has not been stopped. */
    private sealed interface Running {
        GenerationSettings settings();

        record AsProcess(GenerationSettings settings, ServerProcess process) implements Running {}

        record AsListener(GenerationSettings settings, InProcess listener) implements Running {}
    }

    @Override
    public Start start(GenerationSettings settings) {
        if (closed) {
            return new Start.Broken(settings.generation(), "the agent is closed");
        }
        if (running.containsKey(settings.generation())) {
            return new Start.Broken(settings.generation(), "a server of this number runs already");
        }
        watch.beforeStart(settings.place());
        long begun = System.nanoTime();
        Start start = switch (settings.mode()) {
            case process -> startProcess(settings);
            case listener -> startListener(settings);
        };
        return watch.came(settings.place(), start, begun);
    }

    private Start startProcess(GenerationSettings settings) {
        ServerProcess process = null;
        try {
            process = ServerProcess.start(jvm, settings);
            // The generation is registered before it is bound, so that close() can end it at any moment.
            running.put(settings.generation(), new Running.AsProcess(settings, process));
            if (closed) {
                endAll();
            }
            Start start = StartResults.of(settings, process.bindReport(), process.pid());
            if (start instanceof Start.Bound bound) {
                return began(settings, bound);
            }
            running.remove(settings.generation());
            process.close();
            return start;
        } catch (IOException e) {
            return broken(settings, process, DescriptorLimit.inMessage(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return broken(settings, process, "interrupted while it was being started");
        }
    }

    private Start broken(GenerationSettings settings, @Nullable ServerProcess process, String why) {
        running.remove(settings.generation());
        if (process != null) {
            process.close();
        }
        return new Start.Broken(settings.generation(), why);
    }

    private Start startListener(GenerationSettings settings) {
        return switch (probe.at(settings)) {
            case BindProbe.Answer.Taken(Start.Failed failed) -> failed;
            case BindProbe.Answer.Free(long nanos) -> {
                Start start = openListener(settings);
                yield start instanceof Start.Bound bound ? bound.freeSince(nanos) : start;
            }
            case BindProbe.Answer.NotAsked _ -> openListener(settings);
        };
    }

    private Start openListener(GenerationSettings settings) {
        InProcess listener;
        try {
            listener = new InProcess(settings);
        } catch (IllegalArgumentException e) {
            return broken(settings, null, String.valueOf(e.getMessage()));
        }
        Start start = listener.start();
        probe.saw(settings, start);
        if (start instanceof Start.Bound bound) {
            running.put(settings.generation(), new Running.AsListener(settings, listener));
            if (closed) {
                endAll();
                return new Start.Broken(settings.generation(), "the agent was closed while it was being started");
            }
            return began(settings, bound);
        }
        return start;
    }

    private Start.Bound began(GenerationSettings settings, Start.Bound bound) {
        return bound.beside(watch.began(
                settings.generation(),
                List.of(new GenerationWatch.Listening(
                        settings.place(), Flag.of(settings.reuseAddress()), Flag.of(settings.reusePort()), Set.of())),
                Set.copyOf(bound.pids()),
                bound.atNanos(),
                GenerationSocket.question(settings)));
    }

    @Override
    public Stop stop(int generation, StopWay way, Duration gracePeriod) {
        Running one = running.get(generation);
        if (one == null) {
            return new Stop.Broken("it is not running");
        }
        if (!way.isOrder() && one instanceof Running.AsListener) {
            return new Stop.Broken("it is a listener of the agent's own process, which is"
                    + " not killed; it runs on. Use restart.mode: process");
        }
        // This is the last look at which its connections have an owner and its handlers have a parent.
        look(one.settings().place());
        if (one.settings().processPerConnection()) {
            watch.joins(one.settings().place().port(), generation, HandlerProcesses.of(one.settings(), pid(one)));
        }
        long before = System.nanoTime();
        try {
            return switch (one) {
                case Running.AsProcess(GenerationSettings _, ServerProcess process)
                when !process.alive() -> new Stop.Broken("it had ended by itself: " + process.obituary());
                case Running.AsProcess(GenerationSettings _, ServerProcess process) ->
                    stop(process, way, gracePeriod, before);
                case Running.AsListener(GenerationSettings _, InProcess listener) ->
                    listener.stop(way, gracePeriod, before);
            };
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            one(one);
            return new Stop.Broken("interrupted while it was being stopped");
        } finally {
            running.remove(generation);
            watch.ended(one.settings().place().port(), generation);
        }
    }

    private Set<Long> pids() {
        var pids = new HashSet<Long>();
        pids.add(ProcessHandle.current().pid());
        running.values().forEach(one -> pids.add(pid(one)));
        return pids;
    }

    private static long pid(Running running) {
        return switch (running) {
            case Running.AsProcess(GenerationSettings _, ServerProcess process) -> process.pid();
            case Running.AsListener _ -> ProcessHandle.current().pid();
        };
    }

    private static Stop stop(ServerProcess process, StopWay way, Duration gracePeriod, long before)
            throws InterruptedException {
        if (way.isOrder()) {
            process.stop(way);
        } else {
            process.kill();
        }
        Optional<Integer> exit = process.await(gracePeriod);
        if (exit.isEmpty()) {
            process.kill();
        }
        Duration took = Duration.ofNanos(System.nanoTime() - before);
        return exit.isPresent() ? new Stop.Stopped(took, exit.get()) : new Stop.Killed(took);
    }

    @Override
    public PortView look(Place place) {
        return watch.look(place);
    }

    @Override
    public PortView lookAgain(Place place) {
        return watch.lookAgain(place);
    }

    @Override
    public PortForecast forecast(Place place) {
        return watch.forecast(place);
    }

    @Override
    public ExplainedFailure explain(Start.Failed failed) {
        return watch.explain(failed);
    }

    @Override
    public void released(ExplainedFailure failure, long releasedNanos, Duration exact) {
        watch.released(failure, releasedNanos, exact);
    }

    /** Returns the kernel ticks per second, where known. */
    public java.util.OptionalLong hz() {
        return watch.hz();
    }

    @Override
    public Clearing clear(Place place) {
        return watch.clear(place);
    }

    @Override
    public void close() {
        closed = true;
        endAll();
        watch.close();
        try {
            Runtime.getRuntime().removeShutdownHook(onExit);
        } catch (IllegalStateException e) {
            // The JVM is ending; the shutdown hook is running or has run.
            return;
        }
    }

    private void endAll() {
        closed = true;
        watch.endReleases();
        running.values().forEach(LocalAgent::one);
        running.clear();
        watch.handlers().forEach(HandlerProcesses::end);
    }

    private static void one(Running running) {
        switch (running) {
            case Running.AsProcess(GenerationSettings _, ServerProcess process) -> process.close();
            case Running.AsListener(GenerationSettings _, InProcess listener) -> listener.close();
        }
    }
}
