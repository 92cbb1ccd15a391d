package dev.rebind.agent;

import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Agent.Stop;
import dev.rebind.child.TransportKind;
import dev.rebind.child.protocol.StopWay;
import dev.rebind.server.ServerInProcess;
import dev.rebind.server.listener.ServerSettings;
import dev.rebind.server.listener.ServerSettings.HandlerKind;
import dev.rebind.server.listener.ServerSettings.Service;
import dev.rebind.sockets.posix.ProcessStarts;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;

/** A generation of the server that is a listener in this process. */
final class InProcess implements AutoCloseable {
    private final GenerationSettings settings;
    private final ServerInProcess server;

    InProcess(GenerationSettings settings) {
        this.settings = settings;
        this.server = new ServerInProcess(serverSettings(settings));
    }

    private static ServerSettings serverSettings(GenerationSettings settings) {
        try {
            return new ServerSettings(
                    settings.place().address(),
                    InetAddress.getByName(settings.place().address()),
                    settings.place().port(),
                    settings.reuseAddress(),
                    settings.reusePort(),
                    settings.backlog() == null ? ServerSettings.DEFAULT_BACKLOG : settings.backlog(),
                    TransportKind.valueOf(settings.transport()),
                    Service.valueOf(settings.service()),
                    settings.reading(),
                    settings.processPerConnection() ? HandlerKind.process : HandlerKind.own,
                    ServerSettings.DEFAULT_LINGER,
                    settings.generation());
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(settings.place().address() + " is no address", e);
        }
    }

    Start start() {
        return StartResults.of(
                settings,
                ProcessStarts.apart(server::start),
                ProcessHandle.current().pid());
    }

    /** @throws IllegalArgumentException for a way that the server cannot be ordered to stop in */
    Stop stop(StopWay way, Duration gracePeriod, long before) throws InterruptedException {
        server.stop(way, gracePeriod);
        Duration took = Duration.ofNanos(System.nanoTime() - before);
        // With keep, the server closes the connections that are still open at the end of the grace period.
        boolean cut = way == StopWay.keep && took.compareTo(gracePeriod) >= 0;
        return cut ? new Stop.Killed(took) : new Stop.Stopped(took, null);
    }

    @Override
    public void close() {
        server.close();
    }
}
