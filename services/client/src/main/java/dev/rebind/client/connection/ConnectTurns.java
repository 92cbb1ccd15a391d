package dev.rebind.client.connection;

import io.netty.channel.Channel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks for connections one after the other, so that each has the channel that is its own: a {@link BoundTransport} gives the next channel
 * to whoever asked last. With TLS Vert.x makes a channel later than in the call that asks for it, as it loads certificates first. On the
 * event loop.
 */
final class ConnectTurns {
    private final Vertx vertx;
    private final BoundTransport transport;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    /** Of the connection that has been asked for and has no channel yet. */
    private @Nullable Object turn;

    ConnectTurns(Vertx vertx, BoundTransport transport) {
        this.vertx = vertx;
        this.transport = transport;
    }

    /**
     * @param from its local address; null: any
     * @param seen is told its channel as soon as that is made
     * @param connection asks for it
     */
    <T> Future<T> connect(@Nullable InetSocketAddress from, Consumer<Channel> seen, Supplier<Future<T>> connection) {
        Promise<T> made = Promise.promise();
        waiting.add(() -> ask(from, seen, connection, made));
        next();
        return made.future();
    }

    private <T> void ask(
            @Nullable InetSocketAddress from, Consumer<Channel> seen, Supplier<Future<T>> connection, Promise<T> made) {
        var mine = new Object();
        turn = mine;
        if (from != null) {
            transport.bindNext(from);
        }
        transport.watchNext(channel -> {
            seen.accept(channel);
            over(mine);
        });
        connection.get().onComplete(result -> {
            over(mine);
            made.handle(result);
        });
    }

    private void over(Object whose) {
        if (whose.equals(turn)) {
            turn = null;
            if (!waiting.isEmpty()) {
                // Vert.x is in the midst of making a channel.
                vertx.runOnContext(_ -> next());
            }
        }
    }

    private void next() {
        if (turn == null && !waiting.isEmpty()) {
            waiting.remove().run();
        }
    }
}
