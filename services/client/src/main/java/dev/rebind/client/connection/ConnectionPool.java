package dev.rebind.client.connection;

import dev.rebind.child.LeanVertx;
import dev.rebind.child.LoopTurn;
import dev.rebind.client.measure.MeasurementBuffer;
import dev.rebind.client.measure.MeasurementObserver;
import dev.rebind.client.protocol.ClientEvent;
import dev.rebind.client.protocol.ClientEvent.Connected;
import dev.rebind.client.protocol.ClientEvent.Misunderstood;
import dev.rebind.client.protocol.ClientEvent.Said;
import dev.rebind.client.protocol.ClientEvent.Stopped;
import dev.rebind.client.protocol.ClientOrder;
import dev.rebind.client.traffic.Traffic;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * All connections of the client, on one event loop. Orders may come from any thread; events are said on the event loop, one after
 * the other, in the order in which they happened.
 */
public final class ConnectionPool {
    /** How long an orderly close may wait for the server's FIN when the client stops. */
    private static final Duration FAREWELL = Duration.ofMillis(250);

    private final Consumer<ClientEvent> events;
    private final Vertx vertx;
    private final Context context;
    private final Measures measures;
    private final Reporter reporter;
    private final Load load;
    private final int wanted;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    /** Done when all orders so far have been handed to the event loop. */
    private CompletableFuture<Void> turn = CompletableFuture.completedFuture(null);

    /** What is said again and again; null: nothing is. Of the event loop. */
    private @Nullable MeasurementBuffer measured;

    private boolean complete;
    private boolean stopping;

    public ConnectionPool(ClientSettings settings, Consumer<ClientEvent> events) {
        this(settings, events, MeasurementObserver.NONE, new VertxOptions(), UnaryOperator.identity());
    }

    /**
     * With more that measures.
     *
     * @param observer told of everything, on the event loop
     * @param vertxOptions of the Vert.x that is made
     * @param extras what else goes into it
     */
    public ConnectionPool(
            ClientSettings settings,
            Consumer<ClientEvent> events,
            MeasurementObserver observer,
            VertxOptions vertxOptions,
            UnaryOperator<VertxBuilder> extras) {
        this.events = events;
        this.measures = new Measures(observer);
        this.reporter = new Reporter(settings, measures);
        var transport = new BoundTransport(settings.source().reuseAddress());
        this.vertx = extras.apply(LeanVertx.builder(vertxOptions))
                .withTransport(transport)
                .build();
        this.context = vertx.getOrCreateContext();
        this.wanted = settings.connections();
        this.load = switch (settings.traffic()) {
            case Traffic.Rebind _, Traffic.Tcp _ ->
                new HeldConnections(vertx, transport, settings, measures, this::changed);
            case Traffic.Http http ->
                new HttpRequests(
                        vertx,
                        ((ContextInternal) context).nettyEventLoop(),
                        transport,
                        settings,
                        http,
                        measures,
                        this::changed);
        };
    }

    public void start() {
        context.runOnContext(_ -> load.start());
    }

    /**
     * Orders are carried out one after the other. What asks is answered when everything has been seen that had come to the
     * client's sockets before.
     */
    public void obey(ClientOrder order) {
        switch (order) {
            case report, print -> inTurn(true, () -> follow(order));
            case close, reset, stall, resume, observe, mark, bound, stop -> inTurn(false, () -> follow(order));
        }
    }

    private synchronized void inTurn(boolean afterIo, Runnable action) {
        turn = turn.thenCompose(_ -> afterIo
                        ? LoopTurn.after(((ContextInternal) context).nettyEventLoop())
                        : CompletableFuture.completedFuture(null))
                .thenRun(() -> context.runOnContext(_ -> action.run()));
    }

    /**
     * Says again and again, so long after the last time, what was gathered meanwhile. A report has it said before as well:
     * whoever asked for one may end this process next.
     */
    public void sayEvery(Duration interval, MeasurementBuffer buffer) {
        context.runOnContext(_ -> {
            measured = buffer;
            vertx.setPeriodic(Math.max(1, interval.toMillis()), _ -> events.accept(buffer.take()));
        });
    }

    /** A line that is no order; said in its turn among the answers to orders. */
    public void misunderstood(String line) {
        inTurn(true, () -> events.accept(new Misunderstood(line, Instant.now())));
    }

    /** Completes when a stop has been carried out. */
    public CompletableFuture<Void> ended() {
        return ended;
    }

    private void follow(ClientOrder order) {
        if (stopping) {
            return;
        }
        switch (order) {
            case close -> leave(Load.Ending.finish);
            case reset -> leave(Load.Ending.reset);
            case stall -> load.stall();
            case resume -> load.resume();
            case print -> events.accept(new Said(load.quotes(), Instant.now()));
            case observe -> measures.requests().observe();
            case mark -> {
                measures.mark(load.underWay(), load.unansweredConnections());
                load.marked();
            }
            case bound -> {
                measures.requests().bound();
                load.bound();
                changed();
            }
            case report -> report();
            case stop -> stop();
        }
    }

    private void report() {
        MeasurementBuffer buffer = measured;
        if (buffer != null) {
            events.accept(buffer.take());
        }
        events.accept(reporter.report(load.state()));
    }

    private void leave(Load.Ending how) {
        load.leave(how);
        changed();
    }

    private void changed() {
        Load.State state = load.state();
        boolean now = state.served() == wanted;
        measures.observer().open(state.connections());
        if (now && !complete) {
            events.accept(new Connected(wanted, Instant.now()));
        }
        complete = now;
        if (stopping && load.left()) {
            end();
        }
    }

    private void stop() {
        stopping = true;
        vertx.setTimer(FAREWELL.toMillis(), _ -> load.cut());
        leave(Load.Ending.finish);
    }

    private void end() {
        if (ended.isDone()) {
            return;
        }
        measures.observer().open(0);
        events.accept(new Stopped(Instant.now()));
        ended.complete(null);
    }

    /** Ends the event loop; call it when {@link #ended()}, or to cut everything off. Blocks. */
    public void release() {
        Promise<Void> halted = Promise.promise();
        context.runOnContext(_ -> {
            load.end();
            halted.complete();
        });
        // In this order: a connection that is begun after the HTTP client has been closed is an exception that nobody
        // handles.
        halted.future()
                .compose(_ -> vertx.close())
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }
}
