package dev.rebind.plan;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.GenerationSettings;
import dev.rebind.agent.command.CommandSettings;
import dev.rebind.client.traffic.Traffic;
import dev.rebind.experiment.clients.Behaviour;
import dev.rebind.experiment.expect.Expect;
import dev.rebind.experiment.restart.Close;
import dev.rebind.experiment.restart.Mode;
import dev.rebind.experiment.restart.ObstacleKind;
import dev.rebind.experiment.restart.OnFailure;
import dev.rebind.experiment.server.Handler;
import dev.rebind.experiment.server.Service;
import dev.rebind.experiment.server.Transport;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One restart, every default filled in.
 *
 * @param number within the experiment, from 1; with parallel copies, counted across them
 * @param name of the step; null where the experiment has no steps
 * @param gracePeriod how long the old generation may take to stop, more than 0
 * @param interval pause after the cycle
 * @param oldReuse SO_REUSEADDR of the old generation
 * @param newReuse SO_REUSEADDR of the new generation
 * @param retry used with {@link OnFailure#wait} only
 * @param obstacle put on the port after the old generation has stopped; null: none
 * @param expect outcome is null with maxBindFailures or boundWithin, which replace it, and never otherwise; residue is what the old generation
 *     must have left before the obstacle is put there (null: nothing is known of it beforehand, empty: nothing)
 * @param command how the server is started; null: it is Rebind's own
 */
public record PlannedCycle(
        int number,
        @Nullable String name,
        Server server,
        Mode mode,
        Close close,
        Duration gracePeriod,
        Duration interval,
        boolean oldReuse,
        boolean newReuse,
        Load clients,
        @Nullable Obstacle obstacle,
        Retry retry,
        OnFailure onFailure,
        Expect expect,
        @Nullable CommandSettings command)
        implements Planned {

    /**
     * The server but for its place and SO_REUSEADDR.
     *
     * @param address as written; where it is to be bound is for {@link Places} to say
     * @param port 0: a free one
     */
    public record Server(
            String address,
            int port,
            Service service,
            boolean reading,
            Handler handler,
            Transport transport,
            boolean reusePort,
            @Nullable Integer backlog) {}

    /**
     * @param untilFull with stall: until the server has data that the clients' windows do not take
     * @param traffic what clients say; the behaviour is for Rebind's words
     * @param observe how long latencies are measured before and after the restart; zero where there are no requests
     */
    public record Load(
            int connections,
            Behaviour behaviour,
            boolean untilFull,
            boolean reconnect,
            Traffic traffic,
            Duration observe) {}

    /** Whether clients count as served with an answer, not as soon as they are connected: a stranger's server answers as it likes. */
    public boolean isAnswered() {
        return switch (clients.traffic()) {
            case Traffic.Rebind _ -> command == null && server.reading();
            case Traffic.Tcp _, Traffic.Http _ -> true;
        };
    }

    /** Whether clients connect and wait for nothing, so that a connection that stays is all the service that they see. */
    public boolean isHeldOpen() {
        return clients.traffic() instanceof Traffic.Tcp tcp && tcp.expect() == null;
    }

    /** Whether clients are to be served by the new generation. */
    public boolean clientsComeBack() {
        return clients.reconnect() && close != Close.stall && close != Close.keep;
    }

    /** @param address null: that of the place where the cycle runs */
    public record Obstacle(ObstacleKind kind, @Nullable String address, boolean reuseAddress, boolean reusePort) {}

    /** Both more than 0. */
    public record Retry(Duration interval, Duration timeout) {}

    /** The settings that a generation of this cycle is started with. */
    public GenerationSettings generation(int generation, Place place, boolean reuseAddress) {
        return new GenerationSettings(
                generation,
                place,
                switch (mode) {
                    case listener -> GenerationSettings.Mode.listener;
                    // A container runs the server as a process of the agent, which is what starts it anew.
                    case process, container, pod, rollout -> GenerationSettings.Mode.process;
                },
                reuseAddress,
                server.reusePort(),
                server.service().name(),
                server.transport().name(),
                server.reading(),
                server.handler() == Handler.process,
                server.backlog());
    }

    PlannedCycle numbered(int number) {
        return with(number, expect);
    }

    /** The same where nobody knows beforehand what the old generation leaves. */
    PlannedCycle leavingAnything() {
        return with(number, expect.leaving(null));
    }

    private PlannedCycle with(int number, Expect expect) {
        return new PlannedCycle(
                number,
                name,
                server,
                mode,
                close,
                gracePeriod,
                interval,
                oldReuse,
                newReuse,
                clients,
                obstacle,
                retry,
                onFailure,
                expect,
                command);
    }
}
