package dev.rebind.server;

import dev.rebind.child.protocol.StopWay;
import dev.rebind.server.listener.Listener;
import dev.rebind.server.listener.Listener.Opening;
import dev.rebind.server.listener.ServerSettings;
import dev.rebind.server.process.ProcessListener;
import dev.rebind.server.protocol.ServerEvent.Attempt;
import dev.rebind.server.protocol.ServerEvent.BindFailed;
import dev.rebind.server.protocol.ServerEvent.BindReport;
import dev.rebind.server.protocol.ServerEvent.Bound;
import dev.rebind.server.protocol.ServerEvent.Refused;
import dev.rebind.server.protocol.ServerEvent.Report;
import dev.rebind.server.protocol.ServerEvent.Stopped;
import dev.rebind.server.protocol.ServerEvent.Unbound;
import dev.rebind.server.vertx.VertxListener;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One life of the server inside this process: {@link #start} once, {@link #stop} when it was bound. Any number can live side by
 * side, on one port too: while it lives, each has a Vert.x to itself, so that none joins another instead of binding.
 *
 * <p>Handler processes may live on when the server has stopped, never when this process has ended.
 *
 * <p>Methods block; call them from virtual threads. When they return, the kernel has done what they say.
 */
public final class ServerInProcess implements AutoCloseable {
    private static final Duration FOREVER = Duration.ofDays(10_000);

    private final ServerSettings settings;
    private final OptionalLong guardian;
    /** Volatile, so that a look at it does not wait for a stop. */
    private volatile @Nullable Listener listener;

    private boolean started;
    private @Nullable Stopped stopped;

    public ServerInProcess(ServerSettings settings) {
        this(settings, OptionalLong.of(ProcessHandle.current().pid()));
    }

    /** @param guardian the process without which handler processes must not live on; empty: they need none */
    ServerInProcess(ServerSettings settings, OptionalLong guardian) {
        this.settings = settings;
        this.guardian = guardian;
    }

    /**
     * Binds and listens.
     *
     * @throws IllegalStateException when called again: a generation lives once
     */
    public BindReport start() {
        return start(() -> VertxListener.open(settings));
    }

    /** As {@link #start()}, on a Vert.x with more to it: metrics. */
    BindReport start(VertxOptions options, UnaryOperator<VertxBuilder> extras) {
        return start(() -> VertxListener.open(settings, options, extras));
    }

    private BindReport start(Supplier<Opening> vertx) {
        synchronized (this) {
            if (started) {
                throw new IllegalStateException("a server is started once; make another");
            }
            started = true;
        }
        Opening opening = switch (settings.handler()) {
            case own -> vertx.get();
            case process -> ProcessListener.open(settings, guardian, HandlerMain.class.getName());
        };
        return switch (opening) {
            case Opening.Opened opened -> {
                listener = opened.listener();
                yield new Bound(attempt(opened.port()), Instant.now());
            }
            case Opening.Failed failed ->
                new BindFailed(
                        attempt(settings.port()),
                        Instant.now(),
                        failed.failure().errno(),
                        failed.failure().errnoNumber(),
                        failed.failure().call(),
                        failed.failure().message());
            case Opening.Refused refused -> new Refused(attempt(settings.port()), Instant.now(), refused.why());
        };
    }

    private Attempt attempt(int port) {
        return new Attempt(
                settings.address(),
                port,
                settings.reuseAddress(),
                settings.reusePort(),
                settings.handler() == ServerSettings.HandlerKind.process
                        ? "posix"
                        : settings.transport().name(),
                settings.generation(),
                ProcessHandle.current().pid());
    }

    /** Closes the listening socket only; connections are served on. Does nothing when that was done. */
    public Unbound closeListener() {
        Listener bound = bound();
        bound.closeListener();
        return new Unbound(bound.connections(), Instant.now());
    }

    /** As {@link #stop(StopWay, Duration)}; with {@link StopWay#keep} for as long as it takes. */
    public Stopped stop(StopWay way) throws InterruptedException {
        return stop(way, FOREVER);
    }

    /**
     * Closes the listening socket, then the connections in the way asked for, and returns when all are gone from this process. A
     * second call, from another thread too, may order another way for the connections that are left.
     *
     * @param way one that {@link StopWay#isOrder}
     * @param limit with {@link StopWay#keep}, how long connections may go on; those that are left then are closed
     */
    public Stopped stop(StopWay way, Duration limit) throws InterruptedException {
        if (!way.isOrder()) {
            throw new IllegalArgumentException(way + " is no order");
        }
        synchronized (this) {
            if (stopped != null) {
                return stopped;
            }
        }
        Listener bound = bound();
        bound.closeListener();
        int connections = bound.connections();
        bound.endConnections(way);
        Duration patience = switch (way) {
            case close, reset -> settings.linger();
            case keep, kill -> limit;
        };
        if (way != StopWay.keep || settings.handler() != ServerSettings.HandlerKind.process) {
            bound.awaitNoConnections(patience);
        }
        synchronized (this) {
            if (stopped == null) {
                bound.release();
                stopped = new Stopped(way, connections, bound.accepted(), Instant.now());
            }
            return stopped;
        }
    }

    /** What is open now. */
    public Report report() {
        Listener bound = bound();
        return new Report(bound.listening(), bound.connections(), bound.accepted(), Instant.now());
    }

    /** Whether the listener is open: listen has succeeded, and no order to stop has come. */
    public boolean listening() {
        Listener bound = listener;
        return bound != null && bound.listening();
    }

    /** Cuts off whatever is left: for the end of a program that did not stop its server. */
    @Override
    public void close() {
        Listener bound = listener;
        synchronized (this) {
            if (bound == null || stopped != null) {
                return;
            }
            bound.closeListener();
            int connections = bound.connections();
            bound.endConnections(StopWay.reset);
            bound.release();
            stopped = new Stopped(StopWay.reset, connections, bound.accepted(), Instant.now());
        }
    }

    private Listener bound() {
        Listener bound = listener;
        if (bound == null) {
            throw new IllegalStateException("the server is not bound");
        }
        return bound;
    }
}
