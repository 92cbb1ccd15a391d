package dev.rebind.agent.command;

import dev.rebind.agent.Agent.Start;
import java.nio.file.Path;

/** A process with an agent whose command has left a child in a session of its own. Arguments: the port, a file for the output. */
final class CommandProcess {
    private CommandProcess() {}

    public static void main(String[] arguments) throws InterruptedException {
        int port = Integer.parseInt(arguments[0]);
        var commands = new Commands(port, Path.of(arguments[1]));
        CommandAgent agent = commands.agent(commands.withOrphan("reuse"));
        if (!(agent.start(commands.settings(1)) instanceof Start.Bound)) {
            throw new IllegalStateException("it was not bound");
        }
        System.out.println("bound");
        System.out.flush();
        Thread.currentThread().join();
    }
}
