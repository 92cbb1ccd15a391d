package dev.rebind.operator.workload;

import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.remote.AgentException;
import dev.rebind.agent.remote.RemoteAgent;
import dev.rebind.agent.wire.WireMessages.OwnStart;
import java.time.Duration;
import java.util.List;

/** Follows the starts of the server that the agent in a container runs by itself. */
record ContainerStarts(RemoteAgent agent) {
    /** The longest wait for a start. The kubelet's longest back-off is five minutes. */
    static final Duration LONGEST_START = Duration.ofMinutes(8);

    private static final Duration BETWEEN_TRIES = Duration.ofMillis(200);
    /** The longest wait for another start. The agent in the container tries again every second or two. */
    private static final Duration NEXT_TRY = Duration.ofSeconds(30);

    /** Waits until there is a start, and returns the newest one. */
    OwnStart await() throws AgentException, InterruptedException {
        long deadline = agent.answeringNanos() + LONGEST_START.toNanos();
        List<OwnStart> starts = agent.starts();
        while (starts.isEmpty() && agent.answeringNanos() - deadline < 0) {
            Thread.sleep(BETWEEN_TRIES);
            starts = agent.starts();
        }
        if (starts.isEmpty()) {
            throw new AgentException("the fresh container's agent has not tried to start its server");
        }
        return starts.getLast();
    }

    /** Waits up to 30 s for a later start than the given one; returns the given one if no later one comes. */
    OwnStart awaitNext(OwnStart before) throws AgentException, InterruptedException {
        long deadline = agent.answeringNanos() + NEXT_TRY.toNanos();
        OwnStart last = await();
        while (last.equals(before) && !(last.start() instanceof Start.Bound) && agent.answeringNanos() - deadline < 0) {
            Thread.sleep(BETWEEN_TRIES);
            last = await();
        }
        return last;
    }
}
