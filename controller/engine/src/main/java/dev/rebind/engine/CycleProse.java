package dev.rebind.engine;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.ExplainedFailure;
import dev.rebind.agent.Explanation;
import dev.rebind.agent.FailureText;
import dev.rebind.agent.Sentences;
import dev.rebind.record.Sentence;
import dev.rebind.record.Sentence.Subject;
import dev.rebind.record.bind.Blocking;
import dev.rebind.record.bind.ReleaseTimes;
import dev.rebind.record.bind.Reuse;
import dev.rebind.record.server.ClusterPlace;
import dev.rebind.sockets.TcpState;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Describes the observations of a cycle in plain sentences.
 *
 * @param left sockets on the port after the stop, by state; null if unknown
 * @param reuse SO_REUSEADDR of both generations; null if unknown
 * @param freshNamespace whether the new generation runs in another network namespace than the old one did
 * @param triesByItself whether the program or the kubelet retries after a failed bind, so that the number of tries is unknown
 */
record CycleProse(
        Place place,
        BindAttempts binds,
        @Nullable Map<String, Integer> left,
        @Nullable Reuse reuse,
        boolean freshNamespace,
        boolean triesByItself) {

    /** Kinds of remedies that change a socket option or the user of the server. */
    private static final Set<String> OPTIONS = Set.of(
            "reuse_address_here", "reuse_address_both", "reuse_port_here", "reuse_port_as_user", "reuse_port_perhaps");

    /**
     * Returns everything that is known about the cycle, as sentences marked by subject. Times of day are in this machine's zone.
     *
     * @param broken why the cycle could not be carried out; null if it was
     * @param reason why the verdict is not Pass; null if it is
     * @param cluster where in a cluster the cycle ran; null on one machine
     */
    List<Sentence> explanation(@Nullable String broken, @Nullable String reason, @Nullable ClusterPlace cluster) {
        Start.Bound bound = binds.bound();
        Integer cleared = binds.cleared();
        ExplainedFailure failure = binds.failure();
        var parts = new ArrayList<Sentence>();
        var sentences = new ArrayList<String>();
        if (failure != null) {
            parts.addAll(failed(Sentences.NEW, failure));
            whose(failure.explanation(), cluster).ifPresent(sentences::add);
            fewer().ifPresent(sentences::add);
            if (cleared != null) {
                sentences.add(cleared + (cleared == 1 ? " socket was" : " sockets were") + " destroyed.");
            }
            if (bound != null) {
                sentences.add(Sentences.NEW + " was bound after "
                        + Phrases.seconds(Objects.requireNonNull(binds.boundAfterMs()))
                        // The number of tries is unknown if the program or the kubelet makes them.
                        + (triesByItself
                                ? "."
                                : " and " + (1 + binds.retries())
                                        + (binds.retries() == 0 ? " failed bind." : " failed binds.")));
                early().ifPresent(sentences::add);
            }
        } else if (bound != null && left != null && freshNamespace) {
            sentences.add(Sentences.NEW + " bound " + place
                    + " in another network namespace than the old one had"
                    + (left.isEmpty()
                            ? "."
                            : ": what was left on the port stayed behind (" + Phrases.counts(left) + ")."));
        } else if (bound != null && left != null && !left.isEmpty() && reuse == null) {
            sentences.add(Sentences.NEW + " bound " + bound.place() + "; the old one had left " + Phrases.counts(left)
                    + ". Whether they set SO_REUSEADDR is not known.");
        } else if (bound != null) {
            sentences.add(
                    left == null
                            ? Sentences.NEW + " bound " + bound.place()
                                    + "; what was left on the port could not be read."
                            : Sentences.bound(
                                    bound, left, reuse != null && reuse.old(), reuse != null && reuse.fresh()));
        }
        backOff(cluster).ifPresent(sentences::add);
        if (broken != null) {
            sentences.add(broken);
        }
        if (reason != null) {
            sentences.add(reason);
        }
        if (parts.isEmpty() && sentences.isEmpty()) {
            sentences.add("The cycle ended before anything could be seen.");
        }
        if (failure == null) {
            return Sentence.of(sentences);
        }
        sentences.forEach(sentence -> parts.add(new Sentence(Subject.further, sentence)));
        return parts;
    }

    /**
     * Explains why a bind failed, as sentences marked by subject.
     *
     * @param who the server that failed, as the subject of the first sentence
     */
    static List<Sentence> failed(String who, ExplainedFailure failure) {
        FailureText text = new Sentences(ZoneId.systemDefault()).failed(who, failure.failed(), failure.explanation());
        var parts = new ArrayList<Sentence>();
        parts.add(new Sentence(Subject.event, text.event()));
        text.holders().forEach(holder -> parts.add(new Sentence(Subject.further, holder)));
        if (text.release() != null) {
            parts.add(new Sentence(Subject.release, text.release()));
        }
        if (text.prevention() != null) {
            parts.add(new Sentence(Subject.prevention, text.prevention()));
        }
        text.further().forEach(further -> parts.add(new Sentence(Subject.further, further)));
        return parts;
    }

    /**
     * Names the container of the server that could not bind, if the advice is to change that server's socket options. Empty if the advice
     * is another one, and on one machine.
     */
    static Optional<String> whose(Explanation why, @Nullable ClusterPlace cluster) {
        boolean options = why.told().remedies().stream().anyMatch(remedy -> OPTIONS.contains(remedy.kind()));
        return why.prevention() == null || !options || cluster == null || cluster.container() == null
                ? Optional.empty()
                : Optional.of("The server that could not bind is that of container " + cluster.container() + " in pod "
                        + cluster.pod() + " of namespace " + cluster.namespace() + ".");
    }

    /**
     * Tells how long the kubelet delayed the container's start, and how to avoid that delay. The kubelet doubles its back-off from 10 s to
     * 5 min each time a container ends, and resets it after the container has run for 10 min (Kubernetes documentation, Pod Lifecycle,
     * container restart policy).
     */
    static Optional<String> backOff(@Nullable ClusterPlace cluster) {
        if (cluster == null || cluster.containerStartMs() == null || !Boolean.TRUE.equals(cluster.backOff())) {
            return Optional.empty();
        }
        return Optional.of(
                "From the order to stop until the new container ran " + Phrases.seconds(cluster.containerStartMs())
                        + " went by: the kubelet held its start back (CrashLoopBackOff), as the container had ended too often in"
                        + " the last minutes. That time is not the port's. restart.mode: pod gives a new pod, which does not wait,"
                        + " and mode: process restarts the server of a pod with Rebind's agent without the kubelet; or leave"
                        + " 10 minutes between restarts.");
    }

    /**
     * Explains why the port was free before any timer could have freed it; empty if it did not. A reset destroys a TIME_WAIT if
     * {@code net.ipv4.tcp_rfc1337} is 0 ({@code tcp_timewait_state_process}, {@code net/ipv4/tcp_minisocks.c}). The cycle does not observe
     * the reset, so the text calls it the usual reason.
     */
    private Optional<String> early() {
        List<Blocking> blocking = binds.blocking();
        ReleaseTimes release = binds.release();
        OptionalDouble by = release == null ? OptionalDouble.empty() : release.endedEarlyMs(blocking);
        if (blocking == null || by.isEmpty()) {
            return Optional.empty();
        }
        boolean timeWait = blocking.stream().allMatch(socket -> socket.state().equals(TcpState.TIME_WAIT.name()));
        return Optional.of("The port was free " + Phrases.seconds(by.getAsDouble())
                + " before the timers of what was left. What ends it so early is, as a rule, a reset from "
                + (timeWait
                        ? "a client that tried again from the same port while nobody listened (RFC 1337)."
                        : "the other end."));
    }

    /**
     * Explains why fewer sockets stood in the way than the stop had left. Empty if there were not fewer, or if the sockets in the way were
     * in several states.
     */
    private Optional<String> fewer() {
        ExplainedFailure failure = binds.failure();
        List<Blocking> blocking = binds.blocking();
        if (left == null || blocking == null || blocking.isEmpty() || failure == null) {
            return Optional.empty();
        }
        String state = blocking.getFirst().state();
        int after = left.getOrDefault(state, 0);
        Map<String, Integer> then = StateCounts.of(failure.view().local());
        if (after <= blocking.size()
                || blocking.stream().anyMatch(one -> !one.state().equals(state))) {
            return Optional.empty();
        }
        String those = "Of the " + after + " sockets in " + state + " that the stop left, ";
        if (then == null) {
            return Optional.of(those + (after - blocking.size())
                    + " did not stand in the way; whether they were gone by then could not be read.");
        }
        int there = then.getOrDefault(state, 0);
        int gone = Math.max(0, after - Math.max(there, blocking.size()));
        int beside = Math.max(0, Math.min(there, after) - blocking.size());
        String ended = gone == 0
                ? ""
                : gone + (gone == 1 ? " was" : " were")
                        + " gone when the bind failed: what ends one early is, as a rule, a client"
                        + " that came back from the same port";
        String other = beside == 0
                ? ""
                : beside + (beside == 1 ? " does" : " do") + " not conflict with "
                        + failure.failed().settings().place()
                        + ": another local address, or SO_REUSEADDR on both";
        return Optional.of(those + ended + (gone > 0 && beside > 0 ? "; " : "") + other + ".");
    }
}
