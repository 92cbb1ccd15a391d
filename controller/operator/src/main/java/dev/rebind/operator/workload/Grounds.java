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
public final class Grounds implements AutoCloseable {
    private final List<Ground> all;
    private final @Nullable RemoteAgent clients;

    private Grounds(List<Ground> all, @Nullable RemoteAgent clients) {
        this.all = List.copyOf(all);
        this.clients = clients;
    }

    /**
     * Takes all of them, or none.
     *
     * @param targets one or more, of one workload
     * @throws AgentException when an agent cannot be reached, refuses, or is held by another experiment
     */
    public static Grounds take(
            List<Target> targets,
            Cluster cluster,
            Mode mode,
            Holder holder,
            Supplier<String> token,
            boolean wantsClients,
            Former former)
            throws AgentException, InterruptedException {
        URI place = targets.getFirst().clients();
        RemoteAgent clients = null;
        var taken = new ArrayList<Ground>();
        boolean whole = false;
        try {
            if (wantsClients && place != null) {
                clients = RemoteAgent.connect(place, token);
                clients.hold(holder, Ground.LEASE, BaselineUnderHold.keep);
            }
            for (Target target : targets) {
                taken.add(Ground.take(target, cluster, mode, holder, token, clients, former));
            }
            whole = true;
            return new Grounds(taken, clients);
        } finally {
            if (!whole) {
                new Grounds(taken, clients).close();
            }
        }
    }

    /** By the names of their pods when they were taken. */
    public List<Ground> all() {
        return all;
    }

    /** Side by side: a container that must read its own setting again takes a while. */
    @Override
    public void close() {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            all.forEach(ground -> threads.execute(ground::close));
        } finally {
            if (clients != null) {
                clients.close();
            }
        }
    }
}
