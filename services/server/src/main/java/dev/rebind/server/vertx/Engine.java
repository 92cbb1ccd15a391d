package dev.rebind.server.vertx;

import dev.rebind.child.LeanVertx;
import dev.rebind.child.TransportKind;
import dev.rebind.child.TransportKind.Availability.Available;
import io.netty.channel.EventLoop;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.ContextInternal;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/**
 * A Vert.x for one listener at a time. Never two at once: a second {@code listen} on a port inside one Vert.x does not bind, it
 * joins the first server. One after the other they may share it, which saves a restart the making of threads and selectors.
 */
final class Engine {
    /** Kept for the next listener, for each transport. */
    private static final int IDLE = 4;

    /** A failed listen leaves an object behind in its Vert.x (a close hook): after so many the Vert.x is let go. */
    private static final int FAILURES = 256;

    private static final ConcurrentHashMap<TransportKind, LinkedBlockingDeque<Engine>> POOL = new ConcurrentHashMap<>();

    private final TransportKind kind;
    private final Vertx vertx;
    private final TappedTransport transport;
    private final EventLoop connections;
    private final boolean own;
    private final AtomicInteger failures = new AtomicInteger();

    private Engine(
            TransportKind kind,
            Available available,
            VertxOptions options,
            UnaryOperator<VertxBuilder> extras,
            boolean own) {
        this.kind = kind;
        this.transport = new TappedTransport(kind.name(), available.transport());
        this.vertx = extras.apply(LeanVertx.builder(options))
                .withTransport(transport)
                .build();
        this.connections = ((ContextInternal) vertx.getOrCreateContext()).nettyEventLoop();
        this.own = own;
    }

    /** One that nobody uses, made when there is none. */
    static Engine shared(TransportKind kind, Available available) {
        Engine idle = pool(kind).pollFirst();
        return idle != null ? idle : new Engine(kind, available, new VertxOptions(), UnaryOperator.identity(), false);
    }

    /** One with more to it, for a single listener. */
    static Engine own(
            TransportKind kind, Available available, VertxOptions options, UnaryOperator<VertxBuilder> extras) {
        return new Engine(kind, available, options, extras, true);
    }

    private static LinkedBlockingDeque<Engine> pool(TransportKind kind) {
        return POOL.computeIfAbsent(kind, _ -> new LinkedBlockingDeque<>(IDLE));
    }

    Vertx vertx() {
        return vertx;
    }

    TappedTransport transport() {
        return transport;
    }

    /** The one event loop that all accepted connections are on. */
    EventLoop connections() {
        return connections;
    }

    void failed() {
        failures.incrementAndGet();
    }

    /** @param clean whether its listener and all connections are closed */
    void giveBack(boolean clean) {
        if (own || !clean || failures.get() > FAILURES || !pool(kind).offerFirst(this)) {
            // Closes whatever is open still.
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }
}
