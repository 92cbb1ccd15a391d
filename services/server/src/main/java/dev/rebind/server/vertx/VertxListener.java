package dev.rebind.server.vertx;

import dev.rebind.child.IoFailure;
import dev.rebind.child.LeanVertx;
import dev.rebind.child.TransportKind;
import dev.rebind.child.TransportKind.Availability;
import dev.rebind.server.listener.Listener;
import dev.rebind.server.listener.ServerSettings;
import dev.rebind.server.protocol.StopWay;
import io.netty.channel.ServerChannel;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A NetServer on a Vert.x of its own. Never two on one: a second {@code listen} on a port inside one Vert.x does not bind, it
 * joins the first server.
 */
public final class VertxListener implements Listener {
    /** Longest wait for a connection to be closed in order; the end of the event loops closes it then. */
    private static final long CLOSE_MILLIS = 1000;

    private final Vertx vertx;
    private final ServerSettings settings;
    private final Set<Connection> open = new HashSet<>();
    private long accepted;
    private @Nullable StopWay ending;
    private @Nullable ServerChannel listener;
    private boolean listening;

    private VertxListener(Vertx vertx, ServerSettings settings) {
        this.vertx = vertx;
        this.settings = settings;
    }

    /**
     * Binds and listens; blocks until that has succeeded or failed.
     *
     * @param options of the Vert.x that is made, for metrics
     * @param extras what else goes into it
     */
    public static Opening open(ServerSettings settings, VertxOptions options, UnaryOperator<VertxBuilder> extras) {
        if (settings.transport() == TransportKind.nio && settings.reusePort()) {
            return new Opening.Refused(
                    "The transport nio ignores SO_REUSEPORT; ask for epoll or io_uring, or leave it off.");
        }
        return switch (settings.transport().load()) {
            case Availability.Unavailable unavailable ->
                new Opening.Refused("The transport " + settings.transport() + " is not available here ("
                        + unavailable.why() + "); ask for nio.");
            case Availability.Available available -> {
                var transport = new TappedTransport(settings.transport().name(), available.transport());
                Vertx vertx = extras.apply(LeanVertx.builder(options))
                        .withTransport(transport)
                        .build();
                yield new VertxListener(vertx, settings).listen(transport);
            }
        };
    }

    private Opening listen(TappedTransport transport) {
        var address = new InetSocketAddress(settings.inetAddress(), settings.port());
        try {
            int port = vertx.createNetServer(new NetServerOptions()
                            .setReuseAddress(settings.reuseAddress())
                            .setReusePort(settings.reusePort())
                            .setAcceptBacklog(settings.backlog()))
                    .connectHandler(this::accept)
                    .listen(SocketAddress.inetSocketAddress(address))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join()
                    .actualPort();
            synchronized (this) {
                listener = transport.listener();
                listening = true;
            }
            return new Opening.Opened(this, port);
        } catch (CompletionException failed) {
            Throwable cause = failed.getCause() == null ? failed : failed.getCause();
            // A socket that is bound and failed to listen holds the port until its descriptor is closed.
            closeAndWait(transport.listener());
            release();
            return new Opening.Failed(IoFailure.of(cause));
        }
    }

    private void accept(NetSocket socket) {
        var connection = new Connection((NetSocketInternal) socket, settings);
        StopWay already;
        synchronized (this) {
            accepted++;
            already = ending;
            open.add(connection);
        }
        connection.channel().closeFuture().addListener(_ -> {
            synchronized (this) {
                open.remove(connection);
                notifyAll();
            }
        });
        connection.serve();
        if (already != null) {
            // It was in the listener's queue when the order to stop came.
            connection.end(already);
        }
    }

    @Override
    public void closeListener() {
        ServerChannel channel;
        synchronized (this) {
            channel = listener;
            listening = false;
        }
        closeAndWait(channel);
    }

    private static void closeAndWait(@Nullable ServerChannel channel) {
        if (channel != null) {
            channel.close().syncUninterruptibly();
            LoopTurn.after(channel.eventLoop()).join();
        }
    }

    @Override
    public void endConnections(StopWay way) {
        List<Connection> now;
        synchronized (this) {
            ending = way;
            now = List.copyOf(open);
        }
        now.forEach(connection -> connection.end(way));
    }

    @Override
    public synchronized boolean awaitNoConnections(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (!open.isEmpty()) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            wait(left / 1_000_000, (int) (left % 1_000_000));
        }
        return true;
    }

    @Override
    public void release() {
        List<Connection> left;
        synchronized (this) {
            left = List.copyOf(open);
            listening = false;
        }
        left.forEach(Connection::cut);
        left.forEach(connection -> connection.channel().closeFuture().awaitUninterruptibly(CLOSE_MILLIS));
        // Ends the event loops, which closes what Netty has closed already and the kernel not yet.
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Override
    public synchronized boolean listening() {
        return listening;
    }

    @Override
    public synchronized int connections() {
        return open.size();
    }

    @Override
    public synchronized long accepted() {
        return accepted;
    }
}
