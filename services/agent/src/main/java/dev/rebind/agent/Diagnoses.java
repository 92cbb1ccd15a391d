package dev.rebind.agent;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.diagnosis.Question;
import dev.rebind.diagnosis.decide.Decision;
import dev.rebind.diagnosis.finding.Blocker;
import dev.rebind.diagnosis.look.PortObserver;
import dev.rebind.diagnosis.seen.Observation;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.posix.Errno;
import dev.rebind.sockets.release.Release;
import dev.rebind.sockets.release.ReleasePredictor;
import java.net.InetAddress;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Diagnoses the ports of an agent, with the help of what the agent knows of its generations. Calls block for milliseconds; safe for several
 * threads.
 */
final class Diagnoses {
    private final PortObserver observer;
    private final ReleasePredictor predictor;
    private final ConnectionHistory history;
    private final Explainer explainer = new Explainer(ZoneId.systemDefault());
    /** The manner of looking. It does not run other programs. */
    private final PortObserver.Manner manner;

    /** @param myself whether the servers are this process or its children */
    Diagnoses(PortObserver observer, ReleasePredictor predictor, ConnectionHistory history, boolean myself) {
        this.manner = new PortObserver.Manner(false, false, myself);
        this.observer = observer;
        this.predictor = predictor;
        this.history = history;
    }

    /**
     * @param question what the server asked the kernel for
     * @param around the sockets around the port right after the failure, from {@link PortObserver#sockets}
     */
    Explanation explain(Start.Failed failed, Question question, Reading around) {
        Observation seen = observer.of(question, around, Explainer.errno(failed), manner);
        return explainer.explain(failed, GenerationFacts.with(history, seen, Ancestors::of));
    }

    /**
     * Whether a bind must fail, as far as the sockets on the port are known.
     *
     * @param around from {@link PortObserver#sockets}
     */
    boolean isBlocked(Question question, Reading around) {
        Observation seen = observer.of(question, around, OptionalInt.empty(), manner);
        List<Blocker> blocking =
                Decision.of(GenerationFacts.with(history, seen, Ancestors::of)).blocking();
        return !blocking.isEmpty() && blocking.getFirst().certain();
    }

    /**
     * Whether a bind must fail with this errno for a reason other than a socket, as far as this process can tell for a server that it
     * starts.
     */
    boolean isRefused(Question question, Errno errno, Reading around) {
        Observation seen = observer.of(question, around, OptionalInt.empty(), manner);
        return Decision.of(seen).attempts().stream()
                .anyMatch(attempt -> attempt.errno().equals(OptionalInt.of(errno.number())));
    }

    /**
     * Learns when a port was really free.
     *
     * @param releasedNanos {@link System#nanoTime()}
     * @param exact how long before that the port may have been free already
     */
    void learn(ExplainedFailure failure, long releasedNanos, Duration exact) {
        Explanation explanation = failure.explanation();
        if (!(explanation.release() instanceof Release.Window last)
                || !(failure.view().local() instanceof Snapshot seen)) {
            return;
        }
        // The port became free when the last socket went, so the observed release is the release of that socket.
        explanation.blocking().stream()
                .filter(blocker -> blocker.release() instanceof Release.Window window
                        && window.latestNanos() == last.latestNanos())
                .findFirst()
                .ifPresent(blocker -> predictor.calibrate(blocker.socket(), seen, releasedNanos, exact.toNanos()));
    }

    /** Returns the sockets without an owner that provably belong to one of the generations; empty where nothing can be read. */
    Optional<List<TcpSocket>> leftovers(Place place) {
        Reading around = PortObserver.sockets(place.port());
        if (around instanceof Reading.Unreadable) {
            return Optional.empty();
        }
        Question question = Question.at(place.port(), InetAddress.ofLiteral(place.address()));
        Observation seen = GenerationFacts.with(
                history, observer.of(question, around, OptionalInt.empty(), manner), Ancestors::of);
        return Optional.of(seen.onPort().stream()
                .filter(socket -> socket.inode() == 0
                        && seen.facts()
                                .of(socket)
                                .server()
                                .map(server -> server.generation().isPresent())
                                .orElse(false))
                .toList());
    }
}
