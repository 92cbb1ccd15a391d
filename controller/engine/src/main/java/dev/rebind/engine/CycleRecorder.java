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

/** Collects what a cycle sees and makes its record: facts that were not seen stay absent. For one thread. */
final class CycleRecorder {
    /** How far apart the clocks of two processes may be read. */
    private static final Duration CLOCK_READING = Duration.ofMillis(1);

    private final String experiment;
    private final PlannedCycle plan;
    private final Place place;
    private final Backend backend;
    private final List<String> warnings = new ArrayList<>();
    private final BindAttempts binds = new BindAttempts();

    private @Nullable RunningGeneration old;
    private @Nullable Moment stopped;
    /** When the old server had ended, {@link System#nanoTime()}; null where it was not waited for. */
    private @Nullable Long ended;

    private @Nullable PortView residue;
    /** A part of what was left, where no look shows it. */
    private @Nullable Map<String, Integer> some;
    /** Owner of the port of the old generation. */
    private @Nullable String oldHost;

    /** {@link System#nanoTime()}. */
    private @Nullable Long othersFrom;

    private @Nullable Long firstTried;
    private @Nullable Long boundBy;
    private @Nullable ClientReport clients;
    private ClientClock clientClock = new ClientClock();
    /** As it was when the old server was told to stop: its clients are measured to the end of the cycle. */
    private @Nullable ClientRoute clientRoute;

    /** Whether the clients were served again; null where that was not waited for. */
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
            // Somebody else starts the new server, whenever the old one is gone.
            othersMayListen();
        }
    }

    /** The old server had ended so long after it was told to. */
    void ended(Duration took) {
        ended = stopped == null ? null : stopped.nanos() + took.toNanos();
    }

    /** From now on another server than the old one may come to listen on the port. */
    void othersMayListen() {
        if (othersFrom == null) {
            othersFrom = System.nanoTime();
        }
    }

    /** The first bind is over, whatever came of it. */
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

    /** What the backend knows by now of what was left, where no look could be read between the stop and the first bind. */
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

    /** The first bind of the new generation has failed; to be told before anything else is done about it. */
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
     * Whether the look at a failed bind shows what the old generation has left. The new one got EADDRINUSE, so it has accepted
     * nothing, and nobody else listens: what is on the port was there at the stop. What has gone since then is missing. A look that
     * shows nothing does not say that nothing was left, as something stood in the way.
     */
    private boolean isLeft(ExplainedFailure failure) {
        return failure.failed().addressInUse()
                && failure.view().local() instanceof Reading.Snapshot seen
                && !seen.sockets().isEmpty()
                && seen.sockets().stream().noneMatch(socket -> socket.state() == TcpState.LISTEN)
                // Another program was put there after the stop.
                && plan.obstacle() == null
                && isSamePort();
    }

    /** Whether the new generation is known to want the very port that the old one had: not one of another host or namespace. */
    private boolean isSamePort() {
        ClusterPlace cluster = backend.cluster();
        return elsewhere() == null && (cluster == null || Boolean.FALSE.equals(cluster.freshNamespace()));
    }

    /**
     * @param lastFailedNanos when the last failed bind began, {@link System#nanoTime()}; meaningless if there were none
     */
    void retried(int failures, long lastFailedNanos) {
        binds.retried(failures, lastFailedNanos);
    }

    void cleared(int sockets) {
        binds.cleared(sockets);
    }

    /** @param clock of the clients */
    void clients(@Nullable ClientReport seen, ClientClock clock) {
        clients = seen;
        clientClock = clock;
        String late = seen == null ? null : ClientReports.late(seen.requests());
        if (late != null) {
            warning(late);
        }
    }

    /** Whether the clients were served again. */
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
        // On this machine it is known more exactly than by when the agent has told it.
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

    /** Whether a look shows at both ends what the cycle is meant to leave. */
    boolean asMeant(PortView view) {
        return Judge.arranged(plan.expect(), StateCounts.of(view.local()), StateCounts.of(view.remote()));
    }

    CycleRecord record(Sampler sampler) {
        Map<String, Integer> whole = residue == null ? null : StateCounts.of(residue.local());
        Map<String, Integer> left = whole == null ? some : whole;
        // More may have been left, so that a part decides only that the intended states were there.
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

    /** Reason of the end that could not be read. */
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
