package dev.rebind.engine;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.ExplainedFailure;
import dev.rebind.agent.Explanation;
import dev.rebind.agent.GenerationSettings;
import dev.rebind.agent.PortView;
import dev.rebind.agent.clients.ClientGroup.Service;
import dev.rebind.child.Moment;
import dev.rebind.client.protocol.ClientReport;
import dev.rebind.experiment.expect.Outcome;
import dev.rebind.experiment.restart.Close;
import dev.rebind.plan.PlannedCycle;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.CycleRecordBuilder;
import dev.rebind.record.Verdict;
import dev.rebind.record.bind.Reuse;
import dev.rebind.record.server.ClusterPlace;
import dev.rebind.record.server.Generations;
import dev.rebind.record.server.Program;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.TcpState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Collects the observations of one cycle and makes its record. A fact that nobody observed is absent from the record. For one thread. */
final class CycleRecorder {
    /** The largest difference between readings of the monotonic clock by two processes at the same moment. */
    private static final Duration CLOCK_READING = Duration.ofMillis(1);

    private final String experiment;
    private final PlannedCycle plan;
    private final Place place;
    private final Backend backend;
    private final List<String> warnings = new ArrayList<>();
    private final BindAttempts binds = new BindAttempts();

    private @Nullable RunningGeneration old;
    private @Nullable Moment stopped;
    /** When the old server had ended, by {@link System#nanoTime()}; null if the cycle did not wait for it. */
    private @Nullable Long ended;

    private @Nullable PortView residue;
    /** Sockets of the residue, counted by state, that became known although no look showed the residue. There may have been more. */
    private @Nullable Map<String, Integer> some;
    /** The host that the old generation's port belonged to, as {@link Backend#host} names it. */
    private @Nullable String oldHost;

    /** From when another server than the old one may listen on the port, by {@link System#nanoTime()}. */
    private @Nullable Long othersFrom;

    private @Nullable Long firstTried;
    private @Nullable Long boundBy;
    private @Nullable ClientReport clients;
    private ClientClock clientClock = new ClientClock();
    /** The clients' route at the moment when the old server was told to stop. The same clients are measured to the end of the cycle. */
    private @Nullable ClientRoute clientRoute;

    /** Whether the clients were served again; null if the cycle did not wait for it. */
    private @Nullable Service service;

    private @Nullable String broken;

    CycleRecorder(String experiment, PlannedCycle plan, Place place, Backend backend) {
        this.experiment = experiment;
        this.plan = plan;
        this.place = place;
        this.backend = backend;
        if (backend.ephemeral(place.port())) {
            warnings.add(
                    "Port " + place.port() + " lies in net.ipv4.ip_local_port_range: any outgoing connection may be"
                            + " given it. List it in net.ipv4.ip_local_reserved_ports, or use another.");
        }
    }

    void old(RunningGeneration running) {
        old = running;
    }

    void stopping() {
        stopped = Moment.now();
        oldHost = backend.host();
        clientRoute = backend.clientRoute();
        if (plan.mode().isFresh()) {
            // Here the kubelet or a controller starts the new server, at any moment after the old one is gone.
            othersMayListen();
        }
    }

    /**
     * Notes that the old server had ended.
     *
     * @param took from the order to stop until the server had ended
     */
    void ended(Duration took) {
        ended = stopped == null ? null : stopped.nanos() + took.toNanos();
    }

    /** Notes that from now on another server than the old one may listen on the port. */
    void othersMayListen() {
        if (othersFrom == null) {
            othersFrom = System.nanoTime();
        }
    }

    /** Notes that the first bind is over, whether it succeeded or not. */
    void tried() {
        firstTried = System.nanoTime();
    }

    void residue(PortView view) {
        residue = view;
    }

    void bound(GenerationSettings settings, Start.Bound start) {
        boundBy = System.nanoTime();
        leftBefore();
        binds.bound(settings.generation(), start);
    }

    /** If no look between the stop and the first bind could be read, takes the residue that the backend has learned of since then. */
    private void leftBefore() {
        InferredResidue before = backend.leftBefore();
        if (before != null
                && binds.failure() == null
                && residue != null
                && residue.local() instanceof Reading.Unreadable(String what, String why)
                && plan.obstacle() == null
                && isSamePort()) {
            some = StateCounts.count(before.sockets());
            warning("No look at the port could be read between the stop and the start of the new server (" + what + ": "
                    + why + "). The residue is " + before.how() + ". There may have been more.");
        }
    }

    /** Notes that the first bind of the new generation failed. Call it before anything changes the sockets on the port. */
    void failed(GenerationSettings settings, ExplainedFailure failure) {
        binds.failed(settings.generation(), failure);
        PortView before = residue;
        if (before != null
                && before.local() instanceof Reading.Unreadable(String what, String why)
                && isLeft(failure)) {
            PortView then = failure.view();
            Reading peers = before.remote() instanceof Reading.Snapshot ? before.remote() : then.remote();
            residue = new PortView(then.local(), peers, then.listeners(), then.owners());
            warning("No look at the port could be read between the stop and the failed bind (" + what + ": " + why
                    + "): the residue is what was there right after that bind, without what had gone by then.");
        }
    }

    /**
     * Whether the look at a failed bind shows the residue of the old generation. The new generation got EADDRINUSE, so it has accepted no
     * connection, and nobody else listens. Therefore the sockets on the port were there at the stop; those that have ended since then are
     * missing. An empty look does not show that nothing was left, because something stood in the way of the bind.
     */
    private boolean isLeft(ExplainedFailure failure) {
        return failure.failed().addressInUse()
                && failure.view().local() instanceof Reading.Snapshot seen
                && !seen.sockets().isEmpty()
                && seen.sockets().stream().noneMatch(socket -> socket.state() == TcpState.LISTEN)
                // With an obstacle, the cycle put another program on the port after the stop.
                && plan.obstacle() == null
                && isSamePort();
    }

    /** Whether both generations are known to use the same port of the same host and network namespace. */
    private boolean isSamePort() {
        ClusterPlace cluster = backend.cluster();
        return elsewhere() == null && (cluster == null || Boolean.FALSE.equals(cluster.freshNamespace()));
    }

    /**
     * Notes the retries of a failed bind.
     *
     * @param failures failed binds after the first one
     * @param lastFailedNanos when the last failed bind began, by {@link System#nanoTime()}; meaningless if {@code failures} is 0
     */
    void retried(int failures, long lastFailedNanos) {
        binds.retried(failures, lastFailedNanos);
    }

    void cleared(int sockets) {
        binds.cleared(sockets);
    }

    /**
     * Takes the clients' last report.
     *
     * @param seen the report; null if the clients sent none
     * @param clock the clients' clock, compared with the clock of this process
     */
    void clients(@Nullable ClientReport seen, ClientClock clock) {
        clients = seen;
        clientClock = clock;
        String late = seen == null ? null : ClientReports.late(seen.requests());
        if (late != null) {
            warning(late);
        }
    }

    /** Notes whether the clients were served again. */
    void service(Service seen) {
        service = seen;
    }

    /** @param ended whether the new server had ended by itself */
    private RequestCauses.Moments moments(boolean ended) {
        Start.Bound bound = binds.bound();
        Start.Failed failed = binds.failedStart();
        return new RequestCauses.Moments(
                plan.close() == Close.none,
                othersFrom,
                failedBy(),
                failed != null && failed.errno() != null,
                boundBy,
                ended,
                bound != null && bound.beside().isEmpty(),
                clientRoute,
                backend.endpoints(),
                place.address());
    }

    private @Nullable Long failedBy() {
        Start.Failed failed = binds.failedStart();
        Long tried = firstTried;
        if (failed == null || tried == null) {
            return null;
        }
        // On this machine the bind's own time is more exact than the time when the agent's answer arrived.
        long told = failed.atNanos() + CLOCK_READING.toNanos();
        return backend.cluster() == null && tried - told > 0 ? Long.valueOf(told) : tried;
    }

    void warning(String sentence) {
        warnings.add(sentence);
    }

    void broken(String sentence) {
        broken = sentence;
    }

    boolean isBound() {
        return binds.bound() != null;
    }

    /** Whether the look shows the intended residue at both ends of the connections. */
    boolean asMeant(PortView view) {
        return Judge.arranged(plan.expect(), StateCounts.of(view.local()), StateCounts.of(view.remote()));
    }

    CycleRecord record(Sampler sampler) {
        Map<String, Integer> whole = residue == null ? null : StateCounts.of(residue.local());
        Map<String, Integer> left = whole == null ? some : whole;
        // Where only a part of the residue is known, it can prove that the intended states were left, but not that they
        // are missing.
        boolean known = whole != null || some == null || Judge.isEnough(plan.expect(), some);
        Map<String, Integer> peers = residue == null ? null : StateCounts.of(residue.remote());
        String unreadable = residue == null ? null : unreadable(residue);
        Reuse reuse = backend.reuse(
                new Reuse(old == null ? plan.oldReuse() : old.settings().reuseAddress(), plan.newReuse()));
        Outcome outcome = binds.outcome();
        Integer bindFailures = binds.failures();
        Integer fresh = binds.generation();
        Start.Failed failed = binds.failedStart();
        Start.Bound bound = binds.bound();
        Explanation why = binds.why();
        Program program = backend.program();
        Double downtime = ClientReports.downtimeMs(clients, plan, program, service);
        Integer newExit = program == null ? null : program.newExitCode();
        var served = new ServiceRecovery(service, newExit);
        served.warnings().forEach(this::warning);
        Judge.Judgement judgement = (broken != null || outcome == null)
                ? new Judge.Judgement(Verdict.Error, null)
                : Judge.judge(
                        plan.expect(),
                        elsewhere(),
                        new Judge.Seen(
                                known ? left : null,
                                peers,
                                unreadable,
                                outcome,
                                binds.boundAfterMs(),
                                failed == null ? null : failed.errno(),
                                binds.cause(),
                                failed == null ? null : failed.call(),
                                bindFailures == null ? 0 : bindFailures,
                                downtime,
                                served.unserved(),
                                served.untold()));
        var prose = new CycleProse(place, binds, left, reuse, isFreshNamespace(), backend.triesByItself());
        return ListenerGaps.told(new CycleRecordBuilder(experiment, plan.number())
                .name(plan.name())
                .place(backend.name(), place.address(), place.port())
                .way(plan.mode().name(), plan.close().name())
                .generations(old == null || fresh == null ? null : new Generations(old.generation(), fresh))
                .reuse(reuse)
                .left(left, peers)
                .queues(
                        residue == null ? null : StateCounts.queued(residue.local(), false),
                        residue == null ? null : StateCounts.queued(residue.remote(), true))
                .unreadable(unreadable)
                .outcome(outcome)
                .failure(
                        failed == null ? null : failed.errno(),
                        failed == null ? null : failed.errnoNumber(),
                        failed == null ? null : failed.call())
                .cause(binds.cause())
                .blocking(binds.blocking())
                .release(binds.release())
                .bindFailures(bindFailures)
                .downtimes(downtime, downtime == null || clients == null ? null : clients.downtimeTotalMs())
                .unlistenedMs(
                        stopped == null || ended == null || bound == null || backend.cluster() != null
                                ? null
                                : sampler.unlistenedMs(stopped.nanos(), ended, bound.atNanos()))
                .clients(ClientReports.of(clients, plan, clientClock, moments(newExit != null), served.served()))
                .stoppedAt(stopped == null ? null : stopped.at())
                .failedAt(failed == null ? null : failed.at())
                .boundAt(bound == null ? null : bound.at())
                .prevention(why == null ? null : why.prevention())
                .remedies(BlockingSockets.remedies(why))
                .beside(BlockingSockets.beside(bound))
                .timeline(stopped == null ? null : sampler.samples(stopped))
                .warnings(warnings.isEmpty() ? null : warnings)
                .cluster(backend.cluster())
                .program(program)
                .build(judgement.verdict(), prose.explanation(broken, judgement.reason(), backend.cluster())));
    }

    /** Why one side of the port could not be read; null if both could. */
    private static @Nullable String unreadable(PortView view) {
        return Stream.of(view.local(), view.remote())
                .filter(Reading.Unreadable.class::isInstance)
                .map(Reading.Unreadable.class::cast)
                .map(none -> none.what() + ": " + none.why())
                .findFirst()
                .orElse(null);
    }

    /** Why the new generation bound another host's port than the old one; null if the host is the same. */
    private @Nullable String elsewhere() {
        String now = backend.host();
        return oldHost == null || oldHost.equals(now)
                ? null
                : "The pod came back on " + now + ", and the old one was on " + oldHost
                        + ": another node's port was bound, so nothing that was left could stand in the way. Keep the"
                        + " pod on one node (nodeSelector).";
    }

    private boolean isFreshNamespace() {
        ClusterPlace cluster = backend.cluster();
        return cluster != null && Boolean.TRUE.equals(cluster.freshNamespace());
    }
}
