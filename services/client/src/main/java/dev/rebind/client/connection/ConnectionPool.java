package dev.rebind.client.connection;

import dev.rebind.child.LeanVertx;
import dev.rebind.child.LoopTurn;
import dev.rebind.client.measure.MeasurementBuffer;
import dev.rebind.client.measure.Observer;
import dev.rebind.client.protocol.ClientEvent;
import dev.rebind.client.protocol.ClientEvent.Connected;
import dev.rebind.client.protocol.ClientEvent.Misunderstood;
import dev.rebind.client.protocol.ClientEvent.Said;
import dev.rebind.client.protocol.ClientEvent.Stopped;
import dev.rebind.client.protocol.ClientOrder;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
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
    private final List<ClientConnection> slots = new ArrayList<>();
    private final List<Conversation> leaving = new ArrayList<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    /** Done when all orders so far have been handed to the event loop. */
    private CompletableFuture<Void> turn = CompletableFuture.completedFuture(null);

    /** What is said again and again; null: nothing is. Of the event loop. */
    private @Nullable MeasurementBuffer measured;

    private boolean complete;
    private boolean stopping;

    public ConnectionPool(ClientSettings settings, Consumer<ClientEvent> events) {
        this(settings, events, Observer.NONE, new VertxOptions(), UnaryOperator.identity());
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
            Observer observer,
            VertxOptions vertxOptions,
            UnaryOperator<VertxBuilder> extras) {
        this.events = events;
        this.measures = new Measures(observer);
        this.reporter = new Reporter(settings, measures);
        var transport = new BoundTransport(settings.reuseAddress());
        this.vertx = extras.apply(LeanVertx.builder(vertxOptions))
                .withTransport(transport)
                .build();
        this.context = vertx.getOrCreateContext();
        var options = new NetClientOptions()
                .setReuseAddress(settings.reuseAddress())
                .setConnectTimeout((int) Math.min(settings.connectTimeout().toMillis(), Integer.MAX_VALUE));
        if (settings.localAddress() != null && settings.localPort() == 0) {
            options.setLocalAddress(settings.localAddress().getHostAddress());
        }
        NetClient client = vertx.createNetClient(options);
        for (int index = 0; index < settings.connections(); index++) {
            slots.add(new ClientConnection(vertx, client, transport, settings, measures, index, this::changed));
        }
    }

    public void start() {
        context.runOnContext(_ -> slots.forEach(ClientConnection::connect));
    }

    /**
     * Orders are carried out one after the other. What asks is answered when everything has been seen that had come to the
     * client's sockets before.
     */
    public void obey(ClientOrder order) {
        switch (order) {
            case report, print -> inTurn(true, () -> follow(order));
            case close, reset, stall, resume, mark, stop -> inTurn(false, () -> follow(order));
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
            case close -> leave(Conversation::finish);
            case reset -> leave(Conversation::reset);
            case stall -> slots.forEach(ClientConnection::stall);
            case resume -> slots.forEach(ClientConnection::resume);
            case print -> events.accept(new Said(open().map(Conversation::quote).toList(), Instant.now()));
            case mark -> measures.mark();
            case report -> report();
            case stop -> stop();
        }
    }

    private void report() {
        MeasurementBuffer buffer = measured;
        if (buffer != null) {
            events.accept(buffer.take());
        }
        events.accept(reporter.report(open().toList()));
    }

    private Stream<Conversation> open() {
        return slots.stream().map(ClientConnection::conversation).filter(Objects::nonNull);
    }

    private void leave(Consumer<Conversation> how) {
        for (ClientConnection slot : slots) {
            Conversation conversation = slot.hold();
            if (conversation != null) {
                leaving.add(conversation);
                conversation.whenEnded(() -> {
                    leaving.remove(conversation);
                    changed();
                });
                how.accept(conversation);
            }
        }
        changed();
    }

    private void changed() {
        boolean now = open().filter(Conversation::isServed).count() == slots.size();
        measures.observer().open((int) open().count());
        if (now && !complete) {
            events.accept(new Connected(slots.size(), Instant.now()));
        }
        complete = now;
        if (stopping && leaving.isEmpty()) {
            end();
        }
    }

    private void stop() {
        stopping = true;
        vertx.setTimer(FAREWELL.toMillis(), _ -> List.copyOf(leaving).forEach(Conversation::cut));
        leave(Conversation::finish);
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
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
