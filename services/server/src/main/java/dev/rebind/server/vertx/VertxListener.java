package dev.rebind.server.vertx;

import dev.rebind.child.IoFailure;
import dev.rebind.child.LoopTurn;
import dev.rebind.child.TransportKind;
import dev.rebind.child.TransportKind.Availability;
import dev.rebind.child.protocol.StopWay;
import dev.rebind.server.listener.Listener;
import dev.rebind.server.listener.OpenConnections;
import dev.rebind.server.listener.ServerSettings;
import io.netty.channel.ServerChannel;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A NetServer, alone on its Vert.x while it lives. */
public final class VertxListener implements Listener {
    /** Longest wait for a connection to be closed in order; the end of the event loops closes it then. */
    private static final long CLOSE_MILLIS = 1000;

    private final Engine engine;
    private final NetServer server;
    private final ServerSettings settings;
    private final OpenConnections<AcceptedConnection> open = new OpenConnections<>();
    private @Nullable ServerChannel listener;
    private boolean listening;

    private VertxListener(Engine engine, ServerSettings settings) {
        this.engine = engine;
        this.settings = settings;
        this.server = engine.vertx()
                .createNetServer(new NetServerOptions()
                        .setReuseAddress(settings.reuseAddress())
                        .setReusePort(settings.reusePort())
                        .setAcceptBacklog(settings.backlog()))
                .connectHandler(this::accept);
    }

    /** Binds and listens; blocks until that has succeeded or failed. */
    public static Opening open(ServerSettings settings) {
        return open(settings, available -> Engine.shared(settings.transport(), available));
    }

    /**
     * As {@link #open(ServerSettings)}, on a Vert.x with more to it.
     *
     * @param options of the Vert.x that is made, for metrics
     * @param extras what else goes into it
     */
    public static Opening open(ServerSettings settings, VertxOptions options, UnaryOperator<VertxBuilder> extras) {
        return open(settings, available -> Engine.own(settings.transport(), available, options, extras));
    }

    private static Opening open(ServerSettings settings, Function<Availability.Available, Engine> engines) {
        if (settings.transport() == TransportKind.nio && settings.reusePort()) {
            return new Opening.Refused(
                    "The transport nio ignores SO_REUSEPORT; ask for epoll or io_uring, or leave it off.");
        }
        return switch (settings.transport().load()) {
            case Availability.Unavailable unavailable ->
                new Opening.Refused("The transport " + settings.transport() + " is not available here ("
                        + unavailable.why() + "); ask for nio.");
            case Availability.Available available -> new VertxListener(engines.apply(available), settings).listen();
        };
    }

    private Opening listen() {
        var address = new InetSocketAddress(settings.inetAddress(), settings.port());
        try {
            int port = server.listen(SocketAddress.inetSocketAddress(address))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join()
                    .actualPort();
            synchronized (this) {
                listener = engine.transport().listener();
                listening = true;
                if (listener != null) {
                    listener.pipeline().addLast(new AcceptFailures());
                }
            }
            return new Opening.Opened(this, port);
        } catch (CompletionException failed) {
            Throwable cause = failed.getCause() == null ? failed : failed.getCause();
            // A socket that is bound and failed to listen holds the port until its descriptor is closed.
            closeAndWait(engine.transport().listener());
            engine.failed();
            engine.giveBack(true);
            return new Opening.Failed(IoFailure.of(cause));
        }
    }

    private void accept(NetSocket socket) {
        var connection = new AcceptedConnection((NetSocketInternal) socket, settings);
        StopWay already = open.add(connection);
        connection.channel().closeFuture().addListener(_ -> open.remove(connection));
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
        // What was accepted before and is on its way to the handler is among the connections then.
        LoopTurn.after(engine.connections()).join();
    }

    private static void closeAndWait(@Nullable ServerChannel channel) {
        if (channel != null) {
            channel.close().syncUninterruptibly();
            LoopTurn.after(channel.eventLoop()).join();
        }
    }

    @Override
    public void endConnections(StopWay way) {
        open.end(way).forEach(connection -> connection.end(way));
    }

    @Override
    public boolean awaitNoConnections(Duration limit) throws InterruptedException {
        return open.awaitNone(limit);
    }

    @Override
    public void release() {
        synchronized (this) {
            listening = false;
        }
        List<AcceptedConnection> left = open.all();
        left.forEach(AcceptedConnection::cut);
        boolean clean = true;
        for (AcceptedConnection connection : left) {
            clean &= connection.channel().closeFuture().awaitUninterruptibly(CLOSE_MILLIS);
        }
        // Without waiting: the channel is closed, and this only has Vert.x forget the server.
        var _ = server.close();
        LoopTurn.after(engine.connections()).join();
        engine.giveBack(clean);
    }

    @Override
    public synchronized boolean listening() {
        return listening;
    }

    @Override
    public int connections() {
        return open.size();
    }

    @Override
    public long accepted() {
        return open.accepted();
    }
}
