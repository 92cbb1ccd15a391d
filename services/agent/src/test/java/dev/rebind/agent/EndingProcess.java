package dev.rebind.agent;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.GenerationSettings.Mode;

/** A process that makes an agent while it is ending, and says what the agent answers. Argument: the port. */
final class EndingProcess {
    private EndingProcess() {}

    public static void main(String[] arguments) {
        var place = new Place("127.0.0.1", Integer.parseInt(arguments[0]));
        // A shutdown hook runs once the JVM has begun to end.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try (var agent = new LocalAgent()) {
                System.out.println(agent.start(new GenerationSettings(
                        1, place, Mode.listener, true, false, "echo", "nio", true, false, null)));
                System.out.flush();
            }
        }));
    }
}
