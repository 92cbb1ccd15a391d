package dev.rebind.agent.supervisor;

import dev.rebind.child.EnvironmentDefaults;

/** The agent's environment variables. */
final class AgentEnvironment extends EnvironmentDefaults {
    AgentEnvironment() {
        super("REBIND_AGENT_");
    }
}
