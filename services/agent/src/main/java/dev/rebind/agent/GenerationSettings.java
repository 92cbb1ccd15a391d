package dev.rebind.agent;

import dev.rebind.agent.Agent.Place;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one generation of Rebind's own server.
 *
 * @param generation number within the experiment, from 1
 * @param mode listener (in the agent's process) or process (a child process)
 * @param backlog null for the server's default
 */
public record GenerationSettings(
        int generation,
        Place place,
        Mode mode,
        boolean reuseAddress,
        boolean reusePort,
        String service,
        String transport,
        boolean reading,
        boolean processPerConnection,
        @Nullable Integer backlog) {
    public enum Mode {
        listener,
        process
    }

    /** Returns a copy for another place. */
    public GenerationSettings at(Place elsewhere) {
        return new GenerationSettings(
                generation,
                elsewhere,
                mode,
                reuseAddress,
                reusePort,
                service,
                transport,
                reading,
                processPerConnection,
                backlog);
    }
}
