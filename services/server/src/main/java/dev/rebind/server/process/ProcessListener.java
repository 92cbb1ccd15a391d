package dev.rebind.server.process;

import dev.rebind.child.IoFailure;
import dev.rebind.child.TransportKind;
import dev.rebind.child.protocol.StopWay;
import dev.rebind.server.listener.Listener;
import dev.rebind.server.listener.OpenConnections;
import dev.rebind.server.listener.ServerSettings;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * A bare accept loop; each connection is served by a process of its own, which lives on when this server stops or is killed.
 *
 * <p>Unlike sshd, the server keeps its copy of each connection's descriptor while it runs: a FIN or a reset is a thing of the
 * socket, not of the process, so it needs no word with the handler.
 */
public final class ProcessListener implements Listener {
    /**
     * How often the accept loop looks whether it is to end, in milliseconds. A close from another thread would not wake it, and
     * the kernel keeps a listener that somebody accepts from.
     */
    private static final Duration TURN = Duration.ofMillis(10);

    private final PosixSocket socket;
    private final HandlerCommand command;
    private final boolean reading;
    private final OpenConnections<HandlerProcess> open = new OpenConnections<>();
    private final Thread loop;
    private boolean closing;

    private ProcessListener(PosixSocket socket, HandlerCommand command, boolean reading) {
        this.socket = socket;
        this.command = command;
        this.reading = reading;
        // A platform thread: poll(2) through a downcall would hold a virtual thread's carrier.
        this.loop = Thread.ofPlatform().daemon().name("accept").unstarted(this::acceptAll);
    }

    /**
     * Binds and listens.
     *
     * @param guardian the process without which handlers must not live; empty: they need none
     * @param handler the name of the handlers' main class
     */
    public static Opening open(ServerSettings settings, OptionalLong guardian, String handler) {
        if (settings.transport() != TransportKind.nio) {
            return new Opening.Refused(
                    "With a process for each connection the sockets are bare ones, and the transport "
                            + settings.transport() + " would be ignored; leave it off.");
        }
        try {
            PosixSocket socket = PosixSocket.open(Family.of(settings.inetAddress()));
            try {
                socket.reuseAddress(settings.reuseAddress())
                        .reusePort(settings.reusePort())
                        .bind(new Endpoint(settings.inetAddress(), settings.port()))
                        .listen(settings.backlog());
                int port = socket.local().port();
                var listener =
                        new ProcessListener(socket, HandlerCommand.of(settings, guardian, handler), settings.reading());
                listener.loop.start();
                return new Opening.Opened(listener, port);
            } catch (PosixException failed) {
                socket.close();
                return new Opening.Failed(IoFailure.of(failed));
            }
        } catch (PosixException failed) {
            return new Opening.Failed(IoFailure.of(failed));
        }
    }

    private void acceptAll() {
        try (socket) {
            while (!isClosing()) {
                if (socket.readable(TURN)) {
                    serve(socket.accept());
                }
            }
        } catch (PosixException failed) {
            // Too many open files, say: the listener is gone then, and a report says so.
            System.err.println("The server does not listen any more: " + failed.getMessage());
            synchronized (this) {
                closing = true;
            }
        }
    }

    private void serve(PosixSocket connection) {
        HandlerProcess handler;
        try {
            handler = HandlerProcess.start(connection, command);
        } catch (PosixException failed) {
            System.err.println(
                    "A connection was closed, as no process could be started for it: " + failed.getMessage());
            connection.close();
            return;
        }
        // The order to end comes after the accept loop is over.
        var _ = open.add(handler);
        var _ = handler.ended().thenRun(() -> open.remove(handler));
    }

    private synchronized boolean isClosing() {
        return closing;
    }

    @Override
    public void closeListener() {
        synchronized (this) {
            closing = true;
        }
        boolean interrupted = false;
        while (loop.isAlive()) {
            try {
                loop.join();
            } catch (InterruptedException wait) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void endConnections(StopWay way) {
        for (HandlerProcess handler : open.end(way)) {
            switch (way) {
                case close -> {
                    if (reading) {
                        handler.finish();
                    } else {
                        handler.cut();
                    }
                }
                case reset -> handler.reset();
                // Killed, it does nothing more itself.
                case keep, kill -> {}
            }
        }
    }

    @Override
    public boolean awaitNoConnections(Duration limit) throws InterruptedException {
        return open.awaitNone(limit);
    }

    @Override
    public void release() {
        boolean keeps = open.ending() == StopWay.keep;
        for (HandlerProcess handler : open.all()) {
            if (keeps) {
                handler.letGo();
            } else {
                handler.cut();
                handler.ended().join();
            }
        }
    }

    @Override
    public synchronized boolean listening() {
        return !closing;
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
