package dev.rebind.engine;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Explanation;
import dev.rebind.agent.GenerationSettings;
import dev.rebind.agent.PortView;
import dev.rebind.agent.Sentences;
import dev.rebind.child.Moment;
import dev.rebind.client.protocol.ClientReport;
import dev.rebind.diagnosis.Cause;
import dev.rebind.plan.PlannedCycle;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.CycleRecord.Blocking;
import dev.rebind.record.CycleRecord.ClientView;
import dev.rebind.record.CycleRecord.Generations;
import dev.rebind.record.CycleRecord.Outcome;
import dev.rebind.record.CycleRecord.Reuse;
import dev.rebind.record.CycleRecord.Verdict;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Collects what a cycle sees and makes its record: facts that were not seen stay absent. For one thread. */
final class CycleRecorder {
    private final String experiment;
    private final PlannedCycle plan;
    private final Place place;
    private final Backend backend;
    private final List<String> warnings = new ArrayList<>();

    private @Nullable RunningGeneration old;
    private @Nullable Integer fresh;
    private @Nullable Moment stopped;
    private @Nullable PortView residue;
    private Start.@Nullable Bound bound;
    private Start.@Nullable Failed failed;
    private @Nullable Explanation explanation;
    private @Nullable PortView atFailure;
    private int retries;
    private long lastFailed;
    /** Owner of the port of the old generation. */
    private @Nullable String oldHost;

    private @Nullable Integer cleared;
    private @Nullable ClientReport clients;
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

    /** Times of day are in this machine's zone. */
    static Sentences sentences() {
        return new Sentences(ZoneId.systemDefault());
    }

    void old(RunningGeneration running) {
        old = running;
    }

    void stopping() {
        stopped = Moment.now();
        oldHost = backend.host();
    }

    void residue(PortView view) {
        residue = view;
    }

    void bound(GenerationSettings settings, Start.Bound start) {
        fresh = settings.generation();
        bound = start;
    }

    void failed(GenerationSettings settings, Start.Failed start, Explanation why, PortView view) {
        fresh = settings.generation();
        failed = start;
        explanation = why;
        atFailure = view;
    }

    /**
     * @param lastFailedNanos when the last failed bind began, {@link System#nanoTime()}; meaningless if there were none
     */
    void retried(int failures, long lastFailedNanos) {
        retries = failures;
        lastFailed = lastFailedNanos;
    }

    void cleared(int sockets) {
        cleared = sockets;
    }

    void clients(@Nullable ClientReport seen) {
        clients = seen;
    }

    void warning(String sentence) {
        warnings.add(sentence);
    }

    void broken(String sentence) {
        broken = sentence;
    }

    boolean isBound() {
        return bound != null;
    }

    /** Whether a look shows at both ends what the cycle is meant to leave. */
    boolean asMeant(PortView view) {
        return Judge.arranged(plan.expect(), counts(view.local()), counts(view.remote()));
    }

    /** The failed bind in words. */
    String failure() {
        if (failed == null || explanation == null) {
            return "";
        }
        return sentences().failed(failed, explanation);
    }

    private static @Nullable Map<String, Integer> counts(Reading reading) {
        return reading instanceof Reading.Snapshot snapshot ? StateCounts.count(snapshot.sockets()) : null;
    }

    CycleRecord record(Sampler sampler) {
        Map<String, Integer> left = residue == null ? null : counts(residue.local());
        Map<String, Integer> peers = residue == null ? null : counts(residue.remote());
        String unreadable = residue == null ? null : unreadable(residue);
        Reuse reuse = backend.reuse(
                new Reuse(old == null ? plan.oldReuse() : old.settings().reuseAddress(), plan.newReuse()));
        Outcome outcome = failed != null ? Outcome.failed : bound != null ? Outcome.bound : null;
        Integer bindFailures = outcome == null ? null : (failed == null ? 0 : 1 + retries);
        Double downtime = clients == null ? null : clients.downtimeMs();
        Judge.Judgement judgement = (broken != null || outcome == null)
                ? new Judge.Judgement(Verdict.Error, null)
                : Judge.judge(
                        plan.expect(),
                        elsewhere(),
                        new Judge.Seen(
                                left,
                                peers,
                                unreadable,
                                outcome,
                                bound != null,
                                failed == null ? null : failed.errno(),
                                explanation == null ? null : explanation.cause(),
                                failed == null ? null : failed.call(),
                                bindFailures == null ? 0 : bindFailures,
                                downtime));
        return new CycleRecord(
                experiment,
                plan.number(),
                plan.name(),
                backend.name(),
                plan.mode().name(),
                plan.close().name(),
                place.address(),
                place.port(),
                null,
                old == null || fresh == null ? null : new Generations(old.generation(), fresh),
                reuse,
                left,
                peers,
                residue == null ? null : sum(residue.remote(), true),
                residue == null ? null : sum(residue.local(), false),
                unreadable,
                outcome,
                failed == null ? null : failed.errno(),
                failed == null ? null : failed.errnoNumber(),
                failed == null ? null : failed.call(),
                cause(),
                blocking(),
                release(),
                bindFailures,
                downtime,
                clients == null
                        ? null
                        : new ClientView(
                                clients.connections(),
                                clients.answers(),
                                clients.resets(),
                                clients.ends(),
                                new TreeMap<>(clients.failedConnects()),
                                clients.bytesLost()),
                null,
                stopped == null ? null : stopped.at(),
                failed == null ? null : failed.at(),
                bound == null ? null : bound.at(),
                explanation == null ? null : explanation.prevention(),
                BlockingSockets.remedies(explanation),
                BlockingSockets.beside(bound),
                stopped == null ? null : sampler.samples(stopped),
                warnings.isEmpty() ? null : warnings,
                backend.cluster(),
                judgement.verdict(),
                explanation(judgement, left, reuse));
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
                        + ": another node's port was bound, so nothing that was left could stand in the way. Keep the pod on"
                        + " one node (nodeSelector).";
    }

    private boolean isFreshNamespace() {
        CycleRecord.Cluster cluster = backend.cluster();
        return cluster != null && Boolean.TRUE.equals(cluster.freshNamespace());
    }

    private @Nullable Cause cause() {
        return explanation == null ? null : explanation.cause();
    }

    private static @Nullable Long sum(Reading reading, boolean received) {
        if (!(reading instanceof Reading.Snapshot snapshot)) {
            return null;
        }
        return snapshot.sockets().stream()
                .filter(socket -> socket.state() != TcpState.LISTEN)
                .mapToLong(received ? TcpSocket::recvQ : TcpSocket::sendQ)
                .sum();
    }

    private @Nullable List<Blocking> blocking() {
        return explanation == null ? null : BlockingSockets.of(explanation);
    }

    private CycleRecord.@Nullable Release release() {
        if (explanation == null || failed == null || atFailure == null) {
            return null;
        }
        Double actual = bound == null || cleared != null
                ? null
                : new Moment(failed.at(), failed.atNanos()).millisTo(bound.freeNanos());
        Double last = actual == null || retries == 0
                ? null
                : Double.valueOf(new Moment(failed.at(), failed.atNanos()).millisTo(lastFailed));
        return BlockingSockets.release(explanation.release(), failed.atNanos(), actual, last);
    }

    /**
     * Explains why the port came free before any timer could have freed it; empty if it did not. A reset destroys a
     * TIME_WAIT if {@code net.ipv4.tcp_rfc1337} is 0 ({@code tcp_timewait_state_process}, {@code
     * net/ipv4/tcp_minisocks.c}). Nobody saw the reset here, so the text calls it the usual reason.
     */
    private Optional<String> early() {
        List<Blocking> blocking = blocking();
        CycleRecord.Release release = release();
        OptionalDouble by = release == null ? OptionalDouble.empty() : release.endedEarlyMs(blocking);
        if (blocking == null || by.isEmpty()) {
            return Optional.empty();
        }
        boolean timeWait = blocking.stream().allMatch(socket -> socket.state().equals(TcpState.TIME_WAIT.name()));
        return Optional.of("That is " + Phrases.seconds(by.getAsDouble())
                + " before the timers of what was left. What ends it so early is, as a rule, a reset from "
                + (timeWait
                        ? "a client that tried again from the same port while nobody listened (RFC 1337)."
                        : "the other end."));
    }

    private String explanation(Judge.Judgement judgement, @Nullable Map<String, Integer> left, @Nullable Reuse reuse) {
        var sentences = new ArrayList<String>();
        if (failed != null) {
            sentences.add(failure());
            if (cleared != null) {
                sentences.add(cleared + (cleared == 1 ? " socket was" : " sockets were") + " destroyed.");
            }
            if (bound != null) {
                sentences.add("Generation " + bound.generation() + " was bound after "
                        + Phrases.seconds((bound.atNanos() - failed.atNanos()) / 1e6) + " and " + (1 + retries)
                        + (retries == 0 ? " failed bind." : " failed binds."));
                early().ifPresent(sentences::add);
            }
        } else if (bound != null && left != null && isFreshNamespace()) {
            sentences.add("Generation " + bound.generation() + " bound " + place
                    + " in another network namespace than the old one had"
                    + (left.isEmpty()
                            ? "."
                            : ": what was left on the port stayed behind (" + Phrases.counts(left) + ")."));
        } else if (bound != null && left != null && !left.isEmpty() && reuse == null) {
            sentences.add("Generation " + bound.generation() + " bound " + place + "; the old one had left "
                    + Phrases.counts(left) + ". Whether they set SO_REUSEADDR is not known.");
        } else if (bound != null) {
            sentences.add(
                    left == null
                            ? "Generation " + bound.generation() + " bound " + place
                                    + "; what was left on the port could not be read."
                            : Sentences.bound(
                                    bound, left, reuse != null && reuse.old(), reuse != null && reuse.fresh()));
        }
        if (broken != null) {
            sentences.add(broken);
        }
        if (judgement.reason() != null) {
            sentences.add(judgement.reason());
        }
        return sentences.isEmpty() ? "The cycle ended before anything could be seen." : String.join(" ", sentences);
    }
}
