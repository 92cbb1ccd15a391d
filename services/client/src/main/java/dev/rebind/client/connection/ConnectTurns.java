package dev.rebind.client.connection;

import io.netty.channel.Channel;
import io.netty.channel.ConnectTimeoutException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks for connections one after the other, so that each has the channel that is its own: a {@link BoundTransport} gives the next channel
 * to whoever asked last. With TLS Vert.x makes a channel later than in the call that asks for it, as it loads certificates first. On the
 * event loop.
 *
 * <p>An attempt has a time limit from its channel on: its time for TCP, and as much for the handshakes of TLS and HTTP/2. Vert.x limits
 * the handshake of TLS by a time of its own, and waits for the SETTINGS of HTTP/2 without end.
 */
final class ConnectTurns {
    private final Vertx vertx;
    private final BoundTransport transport;
    private final Duration limit;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    /** Of the connection that has been asked for and has no channel yet. */
    private @Nullable Object turn;

    /** @param connectTimeout of TCP */
    ConnectTurns(Vertx vertx, BoundTransport transport, Duration connectTimeout) {
        this.vertx = vertx;
        this.transport = transport;
        this.limit = connectTimeout.multipliedBy(2);
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
            limit(channel, made);
        });
        connection.get().onComplete(result -> {
            over(mine);
            if (result.succeeded()) {
                made.tryComplete(result.result());
            } else {
                made.tryFail(result.cause());
            }
        });
    }

    private void limit(Channel channel, Promise<?> made) {
        long timer = vertx.setTimer(Math.max(1, limit.toMillis()), _ -> {
            if (made.tryFail(channel.isActive() ? new HandshakeTimeout() : new ConnectTimeoutException())) {
                TcpChannels.reset(channel);
            }
        });
        made.future().onComplete(_ -> vertx.cancelTimer(timer));
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
