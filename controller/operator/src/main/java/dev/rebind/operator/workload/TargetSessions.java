package dev.rebind.operator.workload;

import dev.rebind.agent.remote.AgentException;
import dev.rebind.agent.remote.RemoteAgent;
import dev.rebind.agent.wire.Messages.BaselineUnderHold;
import dev.rebind.agent.wire.Messages.Holder;
import dev.rebind.experiment.ExperimentSpec.Mode;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** All targets of an experiment, held by it, and the agent of its clients. Closing it gives them back. */
public final class TargetSessions implements AutoCloseable {
    private final List<TargetSession> all;
    private final @Nullable RemoteAgent clients;

    /** @param clients agent of the clients of all of them, closed with them; null where none are wanted */
    public TargetSessions(List<TargetSession> all, @Nullable RemoteAgent clients) {
        this.all = List.copyOf(all);
        this.clients = clients;
    }

    /**
     * Takes all of them, or none.
     *
     * @param targets one or more, of one workload
     * @throws AgentException when an agent cannot be reached, refuses, or is held by another experiment
     */
    public static TargetSessions take(
            List<TargetPod> targets,
            Cluster cluster,
            Mode mode,
            Holder holder,
            Supplier<String> token,
            boolean wantsClients,
            ToggleBackup backup)
            throws AgentException, InterruptedException {
        URI place = targets.getFirst().clients();
        RemoteAgent clients = null;
        var taken = new ArrayList<TargetSession>();
        boolean whole = false;
        try {
            if (wantsClients && place != null) {
                clients = RemoteAgent.connect(place, token);
                clients.hold(holder, HeldTarget.LEASE, BaselineUnderHold.keep);
            }
            for (TargetPod target : targets) {
                taken.add(HeldTarget.take(target, cluster, mode, holder, token, clients, backup));
            }
            whole = true;
            return new TargetSessions(taken, clients);
        } finally {
            if (!whole) {
                new TargetSessions(taken, clients).close();
            }
        }
    }

    /** By the names of their pods when they were taken. */
    public List<TargetSession> all() {
        return all;
    }

    /** Side by side: a container that must read its own setting again takes a while. */
    @Override
    public void close() {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            all.forEach(session -> threads.execute(session::close));
        } finally {
            if (clients != null) {
                clients.close();
            }
        }
    }
}
