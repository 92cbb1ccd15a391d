package dev.rebind.agent.remote;

import dev.rebind.agent.Agent;
import dev.rebind.agent.ExplainedFailure;
import dev.rebind.agent.Explanation;
import dev.rebind.agent.GenerationSettings;
import dev.rebind.agent.PodPorts.PodView;
import dev.rebind.agent.PortForecast;
import dev.rebind.agent.PortView;
import dev.rebind.agent.clients.ClientGroup;
import dev.rebind.agent.wire.WireMessages.About;
import dev.rebind.agent.wire.WireMessages.BaselineUnderHold;
import dev.rebind.agent.wire.WireMessages.ClearRequest;
import dev.rebind.agent.wire.WireMessages.ClientsAnswer;
import dev.rebind.agent.wire.WireMessages.ClientsRequest;
import dev.rebind.agent.wire.WireMessages.Done;
import dev.rebind.agent.wire.WireMessages.ExitRequest;
import dev.rebind.agent.wire.WireMessages.ExplainAnswer;
import dev.rebind.agent.wire.WireMessages.ExplainRequest;
import dev.rebind.agent.wire.WireMessages.HoldAnswer;
import dev.rebind.agent.wire.WireMessages.HoldRequest;
import dev.rebind.agent.wire.WireMessages.Holder;
import dev.rebind.agent.wire.WireMessages.LeaveRequest;
import dev.rebind.agent.wire.WireMessages.OwnStart;
import dev.rebind.agent.wire.WireMessages.OwnStarts;
import dev.rebind.agent.wire.WireMessages.ReleasedRequest;
import dev.rebind.agent.wire.WireMessages.StopRequest;
import dev.rebind.child.protocol.StopWay;
import dev.rebind.sockets.release.Release;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An agent that runs in another process, used over HTTP. All times in its results are this process's {@link System#nanoTime()}. The object
 * belongs to one process of the agent. When that process cannot be reached or has been replaced, each method returns a failure in its own
 * result type. Nothing is started twice. {@link #hold} must come before start, stop and clear.
 */
public final class RemoteAgent implements Agent {
    static final Duration QUICK = Duration.ofSeconds(15);
    /** A timeout that is longer than the agent itself waits for a server, or for its own server to leave the port. */
    private static final Duration LONG = Duration.ofMinutes(2);

    private final AgentConnection connection;
    private final About about;
    private final Translation translation;
    private final RemoteLooks looks;
    private final RemotePorts ports;
    private @Nullable Renewal renewal;
    private boolean released;

    private RemoteAgent(AgentConnection connection, About about, ClockOffset offset) {
        this.connection = connection;
        this.about = about;
        this.translation = new Translation(offset);
        this.looks = new RemoteLooks(connection, translation);
        this.ports = new RemotePorts(connection);
    }

    /**
     * Connects, and measures the difference between the agent's clock and this process's clock.
     *
     * @param base such as {@code http://10.0.0.7:7070}
     * @param token the bearer token, asked for at each request
     * @throws AgentException when the agent cannot be reached, refuses, or speaks another version of the protocol, as it does until an
     *     upgrade has replaced its pod
     */
    public static RemoteAgent connect(URI base, Supplier<String> token) throws AgentException, InterruptedException {
        return connect(base, token, null, System::nanoTime);
    }

    /**
     * Connects like {@link #connect(URI, Supplier)}, for an experiment that is about to {@link #hold} the agent. Many experiments may wait
     * for one agent; this method finds out with one request that another one holds it.
     *
     * @throws AgentException also where another experiment holds the agent; its problem names the holder
     */
    public static RemoteAgent connect(URI base, Supplier<String> token, Holder holder)
            throws AgentException, InterruptedException {
        return connect(base, token, holder, System::nanoTime);
    }

    static RemoteAgent connect(URI base, Supplier<String> token, @Nullable Holder holder, LongSupplier nanoClock)
            throws AgentException, InterruptedException {
        var connection = new AgentConnection(base, token);
        try {
            About about = connection.get("/v1/agent", About.class, QUICK);
            FirstAnswer.check(base, about, holder);
            connection.pin(about.instance());
            ClockOffset offset = ClockOffset.measure(
                    nanoClock,
                    () -> connection.get("/v1/agent", About.class, QUICK).nanoTime());
            return new RemoteAgent(connection, about, offset);
        } catch (AgentException | InterruptedException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** Returns what the agent said about itself when this object connected. */
    public About about() {
        return about;
    }

    /** Asks the agent what it says about itself now. */
    public About ask() throws AgentException, InterruptedException {
        return connection.get("/v1/agent", About.class, QUICK);
    }

    public ClockOffset offset() {
        return translation.offset();
    }

    /**
     * Holds the agent for an experiment, and renews the lease until {@link #close}. If this process dies, the lease runs out, and the agent
     * ends what was started and restores its own server. What an earlier process started for the same holder is ended first, because this
     * process does not know it.
     *
     * @param lease 1 s to 1 h, in whole seconds
     * @throws AgentException where another experiment holds the agent; its problem names the holder
     */
    public HoldAnswer hold(Holder holder, Duration lease, BaselineUnderHold baseline)
            throws AgentException, InterruptedException {
        int seconds = Math.toIntExact(lease.toSeconds());
        Holder former = ask().holder();
        if (renewal == null && former != null && former.uid().equals(holder.uid())) {
            connection.hold(holder.uid());
            connection.send("DELETE", "/v1/hold", null, Done.class, LONG);
        }
        HoldAnswer answer = connection.send(
                "PUT", "/v1/hold", new HoldRequest(holder, seconds, baseline, null), HoldAnswer.class, LONG);
        connection.hold(holder.uid());
        if (renewal == null) {
            renewal = new Renewal(connection, new HoldRequest(holder, seconds, null, true));
        }
        return answer;
    }

    /** Returns why the agent is not held any more; null while it is, as far as is known. May ask the agent. */
    public @Nullable String lost() {
        return renewal == null ? "it was not held" : renewal.lost();
    }

    /**
     * Returns why the agent did not answer a request. One reason is that its pod is gone.
     *
     * @param nanos {@link System#nanoTime()}
     * @return null when it has answered every request since then
     */
    public @Nullable String unansweredSince(long nanos) {
        return connection.unansweredSince(nanos);
    }

    /** Returns the starts that the agent made by itself, the newest last. */
    public List<OwnStart> starts() throws AgentException, InterruptedException {
        return connection.get("/v1/starts", OwnStarts.class, QUICK).starts().stream()
                .map(translation::own)
                .toList();
    }

    /** Starts clients on the agent's machine. They end when they are closed, with the hold, or with this process. */
    public ClientGroup clients(Place place, ClientGroup.Wanted wanted) throws AgentException, InterruptedException {
        ClientsAnswer answer =
                connection.post("/v1/clients", new ClientsRequest(place, wanted), ClientsAnswer.class, QUICK);
        return new RemoteClients(connection, answer.id());
    }

    /**
     * Stops the agent's own server, which the hold has kept, so that it leaves the port. The agent goes on.
     *
     * @param way how the server is stopped
     */
    public void leave(StopWay way) throws AgentException, InterruptedException {
        connection.post("/v1/leave", new LeaveRequest(way), Done.class, LONG);
    }

    /**
     * Ends the agent's process in order, and with it its container.
     *
     * @param way how the agent's own server is stopped before; null for its usual way
     */
    public void exit(int code, @Nullable StopWay way) throws AgentException, InterruptedException {
        connection.post("/v1/exit", new ExitRequest(code, way), Done.class, QUICK);
    }

    @Override
    public long answeringNanos() {
        return System.nanoTime() - connection.outageNanos();
    }

    @Override
    public Start start(GenerationSettings settings) {
        try {
            return translation.start(connection.post("/v1/start", settings, Start.class, LONG));
        } catch (AgentException e) {
            return new Start.Broken(settings.generation(), message(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Start.Broken(settings.generation(), "interrupted while it was being started");
        }
    }

    @Override
    public Stop stop(int generation, StopWay way, Duration gracePeriod) {
        try {
            return connection.post(
                    "/v1/stop", new StopRequest(generation, way, gracePeriod), Stop.class, gracePeriod.plus(LONG));
        } catch (AgentException e) {
            return new Stop.Broken(message(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Stop.Broken("interrupted while it was being stopped");
        }
    }

    @Override
    public PortView look(Place place) {
        return looks.ask(place, "").view();
    }

    @Override
    public PortForecast forecast(Place place) {
        return looks.ask(place, RemoteLooks.FORECAST).forecast();
    }

    /**
     * Looks at a port in the network namespace of a pod of the agent's node. The agent must be able to see the node's processes.
     *
     * @param host whether the pod is on the host's network
     */
    public PodView look(Place place, String podUid, boolean host) {
        RemoteLooks.Looked looked = looks.ask(
                place,
                "&pod=" + URLEncoder.encode(podUid, StandardCharsets.UTF_8) + "&host=" + host + RemoteLooks.FORECAST);
        return new PodView(looked.forecast(), looked.containers());
    }

    /** Returns the questions about ports that the agent answers. */
    public RemotePorts ports() {
        return ports;
    }

    @Override
    public ExplainedFailure explain(Start.Failed failed) {
        try {
            ExplainAnswer answer = connection.post(
                    "/v1/explain", new ExplainRequest(translation.toAgent(failed)), ExplainAnswer.class, QUICK);
            return new ExplainedFailure(
                    failed,
                    translation.explanation(answer.explanation()),
                    translation.view(answer.view()),
                    answer.id());
        } catch (AgentException e) {
            return unexplained(failed, "The agent did not explain it: " + message(e) + ".", message(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return unexplained(failed, "Interrupted while the agent explained it.", "interrupted");
        }
    }

    private static ExplainedFailure unexplained(Start.Failed failed, String doubt, String why) {
        return new ExplainedFailure(
                failed,
                Explanation.unknown(new Release.Unbounded("the cause is not known"), doubt),
                RemoteLooks.unreadable(why));
    }

    /** Passes the release on to the agent. Does nothing where the agent did not explain the failure. */
    @Override
    public void released(ExplainedFailure failure, long releasedNanos, Duration exact) {
        Long id = failure.id();
        if (id == null) {
            return;
        }
        // This process knows the time only to the error of the clock offset.
        long error = offset().errorNanos();
        try {
            connection.post(
                    "/v1/released",
                    new ReleasedRequest(
                            id, offset().toAgent(releasedNanos) + error, exact.plusNanos(Math.multiplyExact(2, error))),
                    Done.class,
                    QUICK);
        } catch (AgentException e) {
            // Nothing depends on this call; it would only have made later predictions more exact.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Clearing clear(Place place) {
        try {
            return connection.post("/v1/clear", new ClearRequest(place), Clearing.class, QUICK);
        } catch (AgentException e) {
            return new Clearing.Refused(message(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Clearing.Refused("interrupted");
        }
    }

    /**
     * Ends the hold and everything that was started under it. The agent starts its own server again and still answers requests. Does
     * nothing where the agent is not held.
     */
    public void release() {
        Renewal held = renewal;
        if (held == null || released) {
            return;
        }
        released = true;
        held.close();
        connection.hurry();
        try {
            connection.send("DELETE", "/v1/hold", null, Done.class, LONG);
        } catch (AgentException e) {
            // The lease runs out by itself, or has already run out.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Releases the hold like {@link #release}, and ends the connection. */
    @Override
    public void close() {
        connection.hurry();
        release();
        connection.close();
    }

    private static String message(AgentException e) {
        return String.valueOf(e.getMessage());
    }
}
