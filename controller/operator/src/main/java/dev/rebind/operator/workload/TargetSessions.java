package dev.rebind.operator.workload;

import dev.rebind.agent.remote.AgentException;
import dev.rebind.agent.remote.RemoteAgent;
import dev.rebind.agent.wire.WireMessages.BaselineUnderHold;
import dev.rebind.agent.wire.WireMessages.Holder;
import dev.rebind.agent.wire.WireMessages.Problem;
import dev.rebind.experiment.restart.Mode;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** All targets that an experiment holds, and the agent of its clients. {@link #close} ends the holds. */
public final class TargetSessions implements AutoCloseable {
    private final List<TargetSession> all;
    private final @Nullable RemoteAgent clients;

    /**
     * Takes over targets that are already held.
     *
     * @param clients the agent of the clients of all targets, which {@link #close} closes too; null if no clients are
     *     wanted
     */
    public TargetSessions(List<TargetSession> all, @Nullable RemoteAgent clients) {
        this.all = List.copyOf(all);
        this.clients = clients;
    }

    /** The clients work for another experiment. */
    public static final class ClientsHeldException extends Exception {
        private static final long serialVersionUID = 1;

        private final String holder;

        /** @param holder the other experiment */
        public ClientsHeldException(String holder) {
            super("the clients are held by experiment " + holder);
            this.holder = holder;
        }

        public String holder() {
            return holder;
        }
    }

    /**
     * Takes all targets, or none.
     *
     * @param targets one or more, of one workload
     * @throws AgentException when an agent cannot be reached or refuses, or another experiment holds a target's agent
     * @throws ClientsHeldException when another experiment holds the clients' agent
     */
    public static TargetSessions take(
            List<TargetPod> targets,
            ClusterPodControl cluster,
            Mode mode,
            Holder holder,
            Supplier<String> token,
            boolean wantsClients,
            ToggleBackup backup)
            throws AgentException, ClientsHeldException, InterruptedException {
        return take(targets, new RetryingPodControl(cluster), mode, holder, token, wantsClients, backup);
    }

    static TargetSessions take(
            List<TargetPod> targets,
            RetryingPodControl pods,
            Mode mode,
            Holder holder,
            Supplier<String> token,
            boolean wantsClients,
            ToggleBackup backup)
            throws AgentException, ClientsHeldException, InterruptedException {
        URI place = targets.getFirst().clients();
        RemoteAgent clients = null;
        var taken = new ArrayList<TargetSession>();
        boolean whole = false;
        try {
            if (wantsClients && place != null) {
                clients = clients(place, holder, token);
            }
            for (TargetPod target : targets) {
                taken.add(HeldTarget.take(target, pods, mode, holder, token, clients, backup));
            }
            whole = true;
            return new TargetSessions(taken, clients);
        } finally {
            if (!whole) {
                new TargetSessions(taken, clients).close();
            }
        }
    }

    private static RemoteAgent clients(URI place, Holder holder, Supplier<String> token)
            throws AgentException, ClientsHeldException, InterruptedException {
        RemoteAgent clients = null;
        boolean held = false;
        try {
            clients = RemoteAgent.connect(place, token, holder);
            clients.hold(holder, HeldTarget.LEASE, BaselineUnderHold.keep);
            held = true;
            return clients;
        } catch (AgentException e) {
            Problem problem = e.problem();
            Holder other = problem == null ? null : problem.holder();
            if (other == null) {
                throw e;
            }
            throw new ClientsHeldException(other.toString());
        } finally {
            if (!held && clients != null) {
                clients.close();
            }
        }
    }

    /** The targets, sorted by the names that their pods had when they were taken. */
    public List<TargetSession> all() {
        return all;
    }

    /**
     * Gives all targets back at the same time, and waits until their servers listen.
     *
     * @param atMost how long to wait for the servers; zero for one look
     */
    public Restoration giveBack(Duration atMost) {
        if (clients != null) {
            clients.release();
        }
        var given = new ArrayList<Future<Restoration>>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            all.forEach(session -> given.add(threads.submit(() -> session.giveBack(atMost))));
        }
        return Restoration.of(given.stream().map(TargetSessions::outcome).toList());
    }

    private static Restoration outcome(Future<Restoration> given) {
        return switch (given.state()) {
            case SUCCESS -> given.resultNow();
            case FAILED ->
                given.exceptionNow() instanceof InterruptedException
                        ? new Restoration.NotListening("the controller did not wait for it")
                        : new Restoration.Failed(String.valueOf(given.exceptionNow()));
            case CANCELLED, RUNNING -> new Restoration.NotListening("the controller did not wait for it");
        };
    }

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
