package dev.rebind.agent;

import dev.rebind.agent.Agent.Place;
import org.jspecify.annotations.Nullable;

/**
 * One generation of Rebind's own server.
 *
 * @param generation number within the experiment, from 1
 * @param mode listener (in the agent's process) or process (a child)
 * @param backlog null: the server's default
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

    /** The same at another place. */
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
