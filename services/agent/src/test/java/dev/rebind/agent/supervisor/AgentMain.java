package dev.rebind.agent.supervisor;

import picocli.CommandLine;

/** The agent's command as a program, as the command line runs it. */
final class AgentMain {
    private AgentMain() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new AgentCommand()).execute(arguments));
    }
}
