package dev.rebind.engine;

import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.GenerationSettings;

/** A generation that is bound, with its settings. */
record RunningGeneration(GenerationSettings settings, Start.Bound bound) {
    int generation() {
        return settings.generation();
    }
}
