package dev.rebind.plan;

import dev.rebind.agent.command.CommandSettings;
import dev.rebind.experiment.ExperimentSpec;
import dev.rebind.experiment.clients.Behaviour;
import dev.rebind.experiment.clients.Clients;
import dev.rebind.experiment.clients.TargetProtocol;
import dev.rebind.experiment.expect.Expect;
import dev.rebind.experiment.expect.Outcome;
import dev.rebind.experiment.restart.Close;
import dev.rebind.experiment.restart.Mode;
import dev.rebind.experiment.restart.Obstacle;
import dev.rebind.experiment.restart.OnFailure;
import dev.rebind.experiment.restart.Restart;
import dev.rebind.experiment.restart.Retry;
import dev.rebind.experiment.restart.ReusePair;
import dev.rebind.experiment.server.BuiltinServer;
import dev.rebind.experiment.server.Command;
import dev.rebind.experiment.server.Handler;
import dev.rebind.experiment.server.Readiness;
import dev.rebind.experiment.server.Service;
import dev.rebind.experiment.server.Transport;
import dev.rebind.plan.PlannedCycle.Load;
import dev.rebind.plan.PlannedCycle.Server;
import dev.rebind.sockets.TcpState;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Fills in the default of every field that was not written. */
final class Defaults {
    static final String ADDRESS = "127.0.0.1";
    static final Duration GRACE_PERIOD = Duration.ofSeconds(5);
    static final Duration RETRY_INTERVAL = Duration.ofSeconds(1);
    static final Duration START_TIMEOUT = Duration.ofSeconds(30);

    private static final Readiness NO_READINESS = new Readiness(null, null, null);
    private static final BuiltinServer NO_SERVER = new BuiltinServer(null, null, null, null, null, null, null, null);
    private static final Restart NO_RESTART = new Restart(null, null, null, null, null);
    private static final Clients NO_CLIENTS = new Clients(null, null, null, null, null, null, null, null, null);
    private static final Retry NO_RETRY = new Retry(null, null);
    private static final Expect NO_EXPECT = Expect.of(null, null, null);

    private Defaults() {}

    static PlannedCycle cycle(
            @Nullable String name,
            ExperimentSpec spec,
            ReusePair reuse,
            OnFailure onFailure,
            @Nullable TargetProtocol spoken) {
        Restart restart = or(spec.restart(), NO_RESTART);
        Close close = close(spec);
        Command command = command(spec);
        Server server = server(spec);
        Load load = load(spec, spoken, server.service(), close);
        Retry retry = or(spec.retry(), NO_RETRY);
        return new PlannedCycle(
                0,
                name,
                server,
                or(restart.mode(), Mode.process),
                close,
                or(restart.gracePeriod(), GRACE_PERIOD),
                or(restart.interval(), Duration.ZERO),
                reuse.old(),
                reuse.fresh(),
                load,
                obstacle(spec.obstacle()),
                new PlannedCycle.Retry(or(retry.interval(), RETRY_INTERVAL), or(retry.timeout(), Retry.TIMEOUT)),
                onFailure,
                // What a user's own server leaves is not known in advance, so it has no default.
                expect(or(spec.expect(), NO_EXPECT), command == null ? residue(close, server, load) : null),
                command == null ? null : start(command));
    }

    private static CommandSettings start(Command command) {
        Readiness readiness = or(command.readiness(), NO_READINESS);
        return new CommandSettings(
                command.argv(),
                or(command.environment(), Map.of()),
                Optional.ofNullable(command.workingDirectory()),
                readiness.http() != null
                        ? new CommandSettings.Readiness.Http(URI.create(readiness.http()))
                        : readiness.log() != null
                                ? new CommandSettings.Readiness.Log(readiness.log())
                                : new CommandSettings.Readiness.Listening(),
                or(readiness.timeout(), START_TIMEOUT));
    }

    private static @Nullable Command command(ExperimentSpec spec) {
        return spec.target() == null ? null : spec.target().command();
    }

    static Server server(ExperimentSpec spec) {
        BuiltinServer server =
                spec.target() == null ? NO_SERVER : or(spec.target().server(), NO_SERVER);
        Command command = command(spec);
        return new Server(
                or(command == null ? server.address() : command.address(), ADDRESS),
                command == null ? or(server.port(), 0) : command.port(),
                or(server.service(), service(spec)),
                or(server.reading(), true),
                or(server.handler(), Handler.own),
                or(server.transport(), Transport.nio),
                or(server.reusePort(), false),
                server.backlog());
    }

    /**
     * A server that sends unasked is needed by clients that read all data, and by those that stop reading until their windows are full. For
     * all others, the server echoes.
     */
    private static Service service(ExperimentSpec spec) {
        Clients clients = or(spec.clients(), NO_CLIENTS);
        boolean stream = clients.behaviour() == Behaviour.read || or(clients.untilFull(), false);
        return stream ? Service.stream : Service.echo;
    }

    private static Close close(ExperimentSpec spec) {
        return or(or(spec.restart(), NO_RESTART).close(), Close.server);
    }

    private static Load load(ExperimentSpec spec, @Nullable TargetProtocol spoken, Service service, Close close) {
        Clients written = or(spec.clients(), NO_CLIENTS);
        Clients clients = spoken == null ? written : written.speaking(spoken);
        Behaviour usual = switch (close) {
            case client -> Behaviour.close_first;
            case stall -> Behaviour.stall;
            case server, reset, kill, keep, none ->
                switch (service) {
                    case stream -> Behaviour.read;
                    case echo -> Behaviour.echo;
                };
        };
        return new Load(
                or(clients.connections(), Clients.CONNECTIONS),
                or(clients.behaviour(), usual),
                or(clients.untilFull(), false),
                or(clients.reconnect(), true),
                ClientTraffic.of(clients, spec.target()),
                ClientTraffic.observe(clients, spec.target()));
    }

    private static PlannedCycle.@Nullable Obstacle obstacle(@Nullable Obstacle obstacle) {
        return obstacle == null
                ? null
                : new PlannedCycle.Obstacle(
                        obstacle.kind(),
                        obstacle.address(),
                        or(obstacle.reuseAddress(), false),
                        or(obstacle.reusePort(), false));
    }

    private static Expect expect(Expect expect, @Nullable List<TcpState> residue) {
        Outcome usual = expect.cause() != null || expect.call() != null ? Outcome.failed : Outcome.bound;
        return new Expect(
                expect.retriesDecide() ? null : or(expect.outcome(), usual),
                expect.cause(),
                expect.call(),
                expect.residue() != null ? expect.residue() : residue,
                expect.peers(),
                expect.maxDowntime(),
                expect.maxBindFailures(),
                expect.boundWithin(),
                expect.servedWithin());
    }

    /** The sockets that a close leaves by the rules of TCP; null where that depends on the data in the kernel at that moment. */
    private static @Nullable List<TcpState> residue(Close close, Server server, Load load) {
        return switch (close) {
            case server ->
                load.connections() == 0 ? List.of() : unread(server, load) ? null : List.of(TcpState.TIME_WAIT);
            case client, reset -> List.of();
            case stall ->
                unread(server, load) ? null : List.of(load.untilFull() ? TcpState.FIN_WAIT_1 : TcpState.FIN_WAIT_2);
            case keep -> List.of(TcpState.ESTABLISHED);
            case none -> List.of(TcpState.LISTEN);
            case kill -> null;
        };
    }

    /** Whether the close finds unread data in the receive queue. It then sends RST instead of FIN (RFC 2525, section 2.17). */
    private static boolean unread(Server server, Load load) {
        return !server.reading() && load.connections() > 0;
    }

    private static <T> T or(@Nullable T written, T usual) {
        return written != null ? written : usual;
    }
}
