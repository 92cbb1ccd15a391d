package dev.rebind.agent;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.GenerationSettings.Mode;
import dev.rebind.child.protocol.StopWay;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A process with an agent that has every kind of child: a server, handlers of a living server and of a stopped one, handlers of a
 * listener of its own. Argument: the port. Says the pids of all of them, then waits to be ended.
 */
final class AgentProcess {
    /** Held for as long as the process lives. */
    static final List<RawClients> CLIENTS = new ArrayList<>();

    private AgentProcess() {}

    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(arguments[0]);
        var agent = new LocalAgent();
        for (int generation = 1; generation <= 4; generation++) {
            var place = new Place("127.0.0." + generation, port);
            Mode mode = generation == 4 ? Mode.listener : Mode.process;
            var settings = new GenerationSettings(
                    generation, place, mode, true, false, "echo", "nio", true, generation > 1, null);
            if (!(agent.start(settings) instanceof Start.Bound)) {
                throw new IllegalStateException("generation " + generation + " was not bound");
            }
            CLIENTS.add(new RawClients(place, 1));
        }
        agent.stop(2, StopWay.keep, Duration.ofSeconds(20));
        String pids = ProcessHandle.allProcesses()
                .filter(process -> Ancestors.of(process.pid())
                                .contains(ProcessHandle.current().pid())
                        || agent.look(new Place("127.0.0.2", port)).owners().values().stream()
                                .anyMatch(owner -> owner.pid() == process.pid()))
                .map(ProcessHandle::pid)
                .filter(pid -> pid != ProcessHandle.current().pid())
                .map(String::valueOf)
                .collect(Collectors.joining(" "));
        System.out.println(pids);
        System.out.flush();
        Thread.currentThread().join();
    }
}
