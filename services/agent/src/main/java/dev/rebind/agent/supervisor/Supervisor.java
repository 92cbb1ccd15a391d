package dev.rebind.agent.supervisor;

import dev.rebind.agent.Agent;
import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Agent.Stop;
import dev.rebind.agent.ExplainedFailure;
import dev.rebind.agent.GenerationSettings;
import dev.rebind.agent.PortView;
import dev.rebind.agent.Sentences;
import dev.rebind.agent.http.BaselineServer;
import dev.rebind.agent.wire.WireMessages;
import dev.rebind.agent.wire.WireMessages.BaselineState;
import dev.rebind.agent.wire.WireMessages.Failure;
import dev.rebind.agent.wire.WireMessages.OwnStart;
import dev.rebind.child.protocol.StopWay;
import dev.rebind.diagnosis.look.PortObserver;
import dev.rebind.sockets.proc.Namespace;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one server running on one port. At each order to restart it stops the server and starts the next generation. {@link #run} blocks
 * for as long as the server should run; orders may come from any thread. While somebody holds the agent, the server is stopped. After a
 * hold the supervisor tries until the server is bound, whatever the plan says about retries.
 */
final class Supervisor implements BaselineServer {
    static final int STOPPED = 0;
    static final int BROKEN = 1;
    /** The exit code for a failed bind whose errno has no exit code of its own. 71 is EX_OSERR of sysexits.h. */
    static final int BIND_FAILED = 71;
    /** How long a hold waits until the server has left the port. A start that is in progress ends first, see ServerProcess. */
    private static final long LEFT_SECONDS = 90;

    private final Agent agent;
    private final Plan plan;
    private final Consumer<JsonObject> out;
    private final Sentences sentences = new Sentences(ZoneId.systemDefault());
    private final BlockingQueue<SupervisorOrder> orders = new LinkedBlockingQueue<>();
    private final StartHistory history = new StartHistory();
    private volatile WireMessages.Baseline state = new WireMessages.Baseline(BaselineState.starting, null, null);
    /** Whether the server must be bound. After a hold it must, because it was there before the hold. */
    private boolean mustBind;
    /** The previous failure of the generation that is being tried; null when there is none. */
    private @Nullable ExplainedFailure refused;

    /**
     * @param settings returns the settings of a generation
     * @param way how the server is stopped
     * @param retry whether a failed bind is tried again; otherwise the first failure ends the supervisor
     * @param pause between two attempts
     * @param idle whether there is no server at all
     */
    record Plan(
            Place place,
            IntFunction<GenerationSettings> settings,
            StopWay way,
            Duration gracePeriod,
            boolean retry,
            Duration pause,
            boolean idle) {}

    /** What comes after a generation. */
    private sealed interface Then {
        /** Start the next generation. */
        record Next() implements Then {}

        /** Try the same generation again. */
        record Again() implements Then {}

        record End(int exitCode) implements Then {}
    }

    Supervisor(Agent agent, Plan plan, Consumer<JsonObject> out) {
        this.agent = agent;
        this.plan = plan;
        this.out = out;
    }

    void order(SupervisorOrder order) {
        orders.add(order);
        if (state.state() == BaselineState.ended) {
            refuseAll();
        }
    }

    /** Takes an order from a line of standard input. */
    void order(String line) {
        SupervisorOrder.parse(line)
                .ifPresentOrElse(orders::add, () -> out.accept(SupervisorLine.misunderstood(line, Instant.now())));
    }

    @Override
    public WireMessages.Baseline state() {
        return state;
    }

    private void state(BaselineState now, @Nullable Integer generation) {
        Boolean reuse =
                generation == null ? null : plan.settings().apply(generation).reuseAddress();
        state = new WireMessages.Baseline(now, generation, reuse);
    }

    @Override
    public List<OwnStart> starts() {
        return history.all();
    }

    @Override
    public void hold(StopWay way) throws IOException, InterruptedException {
        if (plan.idle()) {
            return;
        }
        var left = new CompletableFuture<@Nullable Void>();
        order(new SupervisorOrder.Hold(way, left));
        try {
            left.get(LEFT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IOException("the agent is ending", e);
        } catch (TimeoutException e) {
            throw new IOException("it was not stopped within " + LEFT_SECONDS + " s", e);
        }
    }

    @Override
    public void release() {
        order(new SupervisorOrder.Release());
    }

    @Override
    public void exit(int code, @Nullable StopWay way) {
        order(new SupervisorOrder.Exit(code, way));
    }

    /** @return the exit code */
    int run() throws InterruptedException {
        try {
            if (plan.idle()) {
                state(BaselineState.idle, null);
                return idle();
            }
            return supervise();
        } finally {
            state(BaselineState.ended, null);
            refuseAll();
        }
    }

    /** Refuses all waiting orders because the supervisor has ended, so that their callers do not wait any longer. */
    private void refuseAll() {
        for (SupervisorOrder order = orders.poll(); order != null; order = orders.poll()) {
            if (order instanceof SupervisorOrder.Hold(StopWay _, var left)) {
                left.cancel(false);
            }
        }
    }

    private int idle() throws InterruptedException {
        while (true) {
            switch (orders.take()) {
                case SupervisorOrder.Stop _ -> {
                    return STOPPED;
                }
                case SupervisorOrder.Exit(int code, StopWay _) -> {
                    return code;
                }
                case SupervisorOrder.Hold(StopWay _, var left) -> left.complete(null);
                case SupervisorOrder.Release _, SupervisorOrder.Restart _, SupervisorOrder.Ended _ -> {}
            }
        }
    }

    private int supervise() throws InterruptedException {
        int generation = 1;
        while (true) {
            if (state.state() != BaselineState.failing) {
                state(BaselineState.starting, generation);
            }
            PortView before = agent.look(plan.place());
            Then then = switch (agent.start(plan.settings().apply(generation))) {
                case Start.Bound bound -> serve(bound, before);
                case Start.Failed failed -> failed(failed, before);
                case Start.Broken broken -> broken(broken, before);
            };
            switch (then) {
                case Then.Next _ -> generation++;
                case Then.Again _ -> {}
                case Then.End(int exitCode) -> {
                    return exitCode;
                }
            }
        }
    }

    private Then serve(Start.Bound bound, PortView before) throws InterruptedException {
        history.add(bound, null, before);
        released(bound);
        state(BaselineState.bound, bound.generation());
        mustBind = false;
        out.accept(SupervisorLine.bound(
                bound,
                new Namespace().ephemeral(plan.place().port()),
                PortObserver.nat(plan.place().port())));
        for (long pid : bound.pids()) {
            var _ = ProcessHandle.of(pid)
                    .map(ProcessHandle::onExit)
                    .orElseGet(() -> CompletableFuture.completedFuture(null))
                    .thenRun(() -> order(new SupervisorOrder.Ended(bound.generation())));
        }
        while (true) {
            switch (orders.take()) {
                case SupervisorOrder.Restart _ -> {
                    stop(bound.generation(), plan.way());
                    return new Then.Next();
                }
                case SupervisorOrder.Stop _ -> {
                    stop(bound.generation(), plan.way());
                    return new Then.End(STOPPED);
                }
                case SupervisorOrder.Exit(int code, StopWay way) -> {
                    stop(bound.generation(), way == null ? plan.way() : way);
                    return new Then.End(code);
                }
                case SupervisorOrder.Hold(StopWay way, var left) -> {
                    stop(bound.generation(), way);
                    return held(left);
                }
                case SupervisorOrder.Ended(int generation)
                when generation == bound.generation() -> {
                    stop(generation, plan.way());
                    return plan.retry() ? pause(new Then.Next()) : new Then.End(BROKEN);
                }
                case SupervisorOrder.Ended _, SupervisorOrder.Release _ -> {}
            }
        }
    }

    /** Tells the agent when the port became free, so that it can compare this with its prediction. */
    private void released(Start.Bound bound) {
        ExplainedFailure last = refused;
        refused = null;
        if (last != null && last.failed().generation() == bound.generation()) {
            long held = bound.heldUntil(last.failed().atNanos());
            agent.released(last, bound.freeNanos(), Duration.ofNanos(bound.freeNanos() - held));
        }
    }

    /** Waits until the hold ends. */
    private Then held(CompletableFuture<@Nullable Void> left) throws InterruptedException {
        state(BaselineState.held, null);
        left.complete(null);
        while (true) {
            switch (orders.take()) {
                case SupervisorOrder.Release _ -> {
                    mustBind = true;
                    return new Then.Next();
                }
                case SupervisorOrder.Stop _ -> {
                    return new Then.End(STOPPED);
                }
                case SupervisorOrder.Exit(int code, StopWay _) -> {
                    return new Then.End(code);
                }
                case SupervisorOrder.Hold(StopWay _, var again) -> again.complete(null);
                case SupervisorOrder.Restart _, SupervisorOrder.Ended _ -> {}
            }
        }
    }

    private void stop(int generation, StopWay way) {
        Stop stop = agent.stop(generation, way, plan.gracePeriod());
        out.accept(SupervisorLine.stopped(generation, way, stop, agent.look(plan.place()), Instant.now()));
    }

    private Then failed(Start.Failed failed, PortView before) throws InterruptedException {
        ExplainedFailure failure = agent.explain(failed);
        refused = failure;
        String sentence =
                sentences.failed("The server", failed, failure.explanation()).whole();
        out.accept(SupervisorLine.failed(failed, failure.explanation(), sentence));
        history.add(failed, new Failure(failed, failure.explanation(), failure.view(), sentence), before);
        state(BaselineState.failing, failed.generation());
        return plan.retry() || mustBind ? pause(new Then.Again()) : new Then.End(exitCode(failed));
    }

    private Then broken(Start.Broken broken, PortView before) throws InterruptedException {
        out.accept(SupervisorLine.broken(broken.generation(), broken.why(), Instant.now()));
        history.add(broken, null, before);
        state(BaselineState.failing, broken.generation());
        return plan.retry() || mustBind ? pause(new Then.Again()) : new Then.End(BROKEN);
    }

    private static int exitCode(Start.Failed failed) {
        if (failed.errno() == null || failed.errnoNumber() == null) {
            return BIND_FAILED;
        }
        return switch (failed.errno()) {
            case "EADDRINUSE", "EADDRNOTAVAIL", "EACCES" -> failed.errnoNumber();
            default -> BIND_FAILED;
        };
    }

    /** Waits for the pause between two attempts. An order to stop or exit ends the pause and the supervisor. */
    private Then pause(Then then) throws InterruptedException {
        long deadline = System.nanoTime() + plan.pause().toNanos();
        while (true) {
            switch (orders.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                case null -> {
                    return then;
                }
                case SupervisorOrder.Stop _ -> {
                    return new Then.End(STOPPED);
                }
                case SupervisorOrder.Exit(int code, StopWay _) -> {
                    return new Then.End(code);
                }
                case SupervisorOrder.Hold(StopWay _, var left) -> {
                    return held(left);
                }
                case SupervisorOrder.Restart _, SupervisorOrder.Ended _, SupervisorOrder.Release _ -> {}
            }
        }
    }
}
