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
 * One restart, with every default filled in.
 *
 * @param number number within the experiment, from 1; parallel copies are counted together
 * @param name name of the step; null where the experiment has no steps
 * @param gracePeriod longest time for the old generation to stop, more than 0
 * @param interval pause after the cycle
 * @param oldReuse SO_REUSEADDR of the old generation
 * @param newReuse SO_REUSEADDR of the new generation
 * @param retry used only with {@link OnFailure#wait}
 * @param obstacle what is put on the port after the old generation has stopped; null for nothing
 * @param expect the expected result. Its outcome is null only where maxBindFailures or boundWithin replaces it. Its residue is what the old
 * generation must leave before the obstacle is put there; null where that is not known, empty for nothing
 * @param command how the server is started; null for Rebind's own server
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
     * The server without its place and SO_REUSEADDR.
     *
     * @param address the address as written; {@link Places} decides where the server is bound
     * @param port 0 for a free port
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
     * The clients.
     *
     * @param untilFull for stall: whether to wait until the server has data that no longer fits into the clients' windows
     * @param traffic what clients send; the behaviour applies only to Rebind's own protocol
     * @param observe how long latencies are measured before and after the restart; zero where there are no requests
     */
    public record Load(
            int connections,
            Behaviour behaviour,
            boolean untilFull,
            boolean reconnect,
            Traffic traffic,
            Duration observe) {}

    /**
     * Whether clients count as served only after an answer, and not already when they are connected. A user's own server need not answer.
     */
    public boolean isAnswered() {
        return switch (clients.traffic()) {
            case Traffic.Rebind _ -> command == null && server.reading();
            case Traffic.Tcp _, Traffic.Http _ -> true;
        };
    }

    /** Whether clients only connect and expect no data. An open connection is then all the service that they see. */
    public boolean isHeldOpen() {
        return clients.traffic() instanceof Traffic.Tcp tcp && tcp.expect() == null;
    }

    /** Whether the new generation is expected to serve the clients. */
    public boolean clientsComeBack() {
        return clients.reconnect() && close != Close.stall && close != Close.keep;
    }

    /** @param address null for the address of the cycle's place */
    public record Obstacle(ObstacleKind kind, @Nullable String address, boolean reuseAddress, boolean reusePort) {}

    /** How a failed bind is repeated; both durations are more than 0. */
    public record Retry(Duration interval, Duration timeout) {}

    /** The settings for starting a generation of this cycle. */
    public GenerationSettings generation(int generation, Place place, boolean reuseAddress) {
        return new GenerationSettings(
                generation,
                place,
                switch (mode) {
                    case listener -> GenerationSettings.Mode.listener;
                    // In a container, the agent runs the server as a child process, so it starts a process in all of
                    // these modes.
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

    /** Returns a copy that expects no particular residue, because nobody knows what the old generation leaves. */
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
