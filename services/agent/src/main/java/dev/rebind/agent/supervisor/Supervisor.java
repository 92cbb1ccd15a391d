package dev.rebind.agent.supervisor;

import dev.rebind.agent.Agent;
import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Agent.Stop;
import dev.rebind.agent.Agent.StopWay;
import dev.rebind.agent.Explanation;
import dev.rebind.agent.GenerationSettings;
import dev.rebind.agent.PortView;
import dev.rebind.agent.Sentences;
import dev.rebind.sockets.proc.Namespace;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one server running on one port: starts it, and at each order to restart stops it and starts the next generation.
 * {@link #run} blocks for as long as the server is to run; orders may come from any thread.
 */
final class Supervisor {
    static final int STOPPED = 0;
    static final int BROKEN = 1;
    /** Another errno than those that are exit codes themselves. 71: EX_OSERR of sysexits.h. */
    static final int BIND_FAILED = 71;

    private final Agent agent;
    private final Plan plan;
    private final Consumer<JsonObject> out;
    private final Sentences sentences = new Sentences(ZoneId.systemDefault());
    private final BlockingQueue<Order> orders = new LinkedBlockingQueue<>();

    /**
     * @param settings of each generation
     * @param way in which the server is stopped
     * @param retry pause between two attempts; null: the first failed bind is the end
     */
    record Plan(
            Place place,
            IntFunction<GenerationSettings> settings,
            StopWay way,
            Duration gracePeriod,
            @Nullable Duration retry) {}

    /** What comes after a generation. */
    private sealed interface Then {
        /** The next generation. */
        record Next() implements Then {}

        /** The same again. */
        record Again() implements Then {}

        record End(int exitCode) implements Then {}
    }

    Supervisor(Agent agent, Plan plan, Consumer<JsonObject> out) {
        this.agent = agent;
        this.plan = plan;
        this.out = out;
    }

    void order(Order order) {
        orders.add(order);
    }

    /** A line of standard input. */
    void order(String line) {
        Order.parse(line)
                .ifPresentOrElse(orders::add, () -> out.accept(SupervisorLine.misunderstood(line, Instant.now())));
    }

    /** @return exit code */
    int run() throws InterruptedException {
        int generation = 1;
        while (true) {
            Then then = switch (agent.start(plan.settings().apply(generation))) {
                case Start.Bound bound -> serve(bound);
                case Start.Failed failed -> failed(failed);
                case Start.Broken broken -> broken(broken);
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

    private Then serve(Start.Bound bound) throws InterruptedException {
        out.accept(SupervisorLine.bound(
                bound, new Namespace().ephemeral(plan.place().port())));
        for (long pid : bound.pids()) {
            var _ = ProcessHandle.of(pid)
                    .map(ProcessHandle::onExit)
                    .orElseGet(() -> CompletableFuture.completedFuture(null))
                    .thenRun(() -> order(new Order.Ended(bound.generation())));
        }
        while (true) {
            switch (orders.take()) {
                case Order.Restart _ -> {
                    stop(bound.generation());
                    return new Then.Next();
                }
                case Order.Stop _ -> {
                    stop(bound.generation());
                    return new Then.End(STOPPED);
                }
                case Order.Ended(int generation)
                when generation == bound.generation() -> {
                    stop(generation);
                    return plan.retry() == null ? new Then.End(BROKEN) : pause(new Then.Next());
                }
                case Order.Ended _ -> {}
            }
        }
    }

    private void stop(int generation) {
        Stop stop = agent.stop(generation, plan.way(), plan.gracePeriod());
        out.accept(SupervisorLine.stopped(generation, plan.way(), stop, agent.look(plan.place()), Instant.now()));
    }

    private Then failed(Start.Failed failed) throws InterruptedException {
        PortView at = agent.look(plan.place());
        Explanation explanation = agent.explain(failed, at);
        String sentence = sentences.failed(
                failed, explanation, earlier -> plan.settings().apply(earlier).reuseAddress());
        out.accept(SupervisorLine.failed(failed, explanation, sentence));
        return plan.retry() == null ? new Then.End(exitCode(failed)) : pause(new Then.Again());
    }

    private Then broken(Start.Broken broken) throws InterruptedException {
        out.accept(SupervisorLine.broken(broken.generation(), broken.why(), Instant.now()));
        return plan.retry() == null ? new Then.End(BROKEN) : pause(new Then.Again());
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

    /** The pause between two attempts; an order to stop ends it, and the supervisor. */
    private Then pause(Then then) throws InterruptedException {
        Duration retry = plan.retry();
        long deadline = System.nanoTime() + (retry == null ? 0 : retry.toNanos());
        while (true) {
            switch (orders.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                case null -> {
                    return then;
                }
                case Order.Stop _ -> {
                    return new Then.End(STOPPED);
                }
                case Order.Restart _, Order.Ended _ -> {}
            }
        }
    }
}
