package dev.rebind.agent.remote;

import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Explanation;
import dev.rebind.agent.Explanation.Blocker;
import dev.rebind.agent.PortForecast.Releases;
import dev.rebind.agent.PortView;
import dev.rebind.agent.wire.WireMessages.Failure;
import dev.rebind.agent.wire.WireMessages.OwnStart;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.release.Release;
import java.util.OptionalLong;

/** Converts the times in an agent's results into times of this process. Pure. */
record Translation(ClockOffset offset) {
    Start start(Start start) {
        return switch (start) {
            case Start.Bound bound ->
                new Start.Bound(
                        bound.generation(),
                        bound.place(),
                        bound.pids(),
                        bound.at(),
                        offset.toHere(bound.atNanos()),
                        offset.toHere(bound.freeNanos()),
                        bound.heldNanos() == null ? null : Long.valueOf(offset.toHere(bound.heldNanos())),
                        bound.beside());
            case Start.Failed failed -> failed(failed);
            case Start.Broken broken -> broken;
        };
    }

    private Start.Failed failed(Start.Failed failed) {
        return at(failed, offset.toHere(failed.atNanos()));
    }

    /** Converts a result of this process back into the agent's times. */
    Start.Failed toAgent(Start.Failed failed) {
        return at(failed, offset.toAgent(failed.atNanos()));
    }

    private static Start.Failed at(Start.Failed failed, long nanos) {
        return new Start.Failed(
                failed.generation(),
                failed.settings(),
                failed.errno(),
                failed.errnoNumber(),
                failed.call(),
                failed.message(),
                failed.at(),
                nanos);
    }

    PortView view(PortView view) {
        return new PortView(reading(view.local()), reading(view.remote()), reading(view.listeners()), view.owners());
    }

    private Reading reading(Reading reading) {
        return switch (reading) {
            case Reading.Snapshot snapshot ->
                new Reading.Snapshot(
                        snapshot.takenAt(),
                        offset.toHere(snapshot.takenNanos()),
                        snapshot.source(),
                        snapshot.sockets(),
                        snapshot.halfNanos());
            case Reading.Unreadable unreadable -> unreadable;
        };
    }

    Releases releases(Releases releases) {
        return new Releases(
                releases.local().stream().map(this::release).toList(),
                releases.remote().stream().map(this::release).toList());
    }

    Explanation explanation(Explanation explanation) {
        return new Explanation(
                explanation.cause(),
                explanation.blocking().stream().map(this::blocker).toList(),
                release(explanation.release()),
                explanation.confident(),
                explanation.doubts(),
                explanation.prevention(),
                explanation.told());
    }

    private Blocker blocker(Blocker blocker) {
        return new Blocker(
                blocker.socket(), blocker.cause(), blocker.all(), blocker.generation(), release(blocker.release()));
    }

    private Release release(Release release) {
        return switch (release) {
            case Release.Window window ->
                new Release.Window(
                        offset.toHere(window.earliestNanos()),
                        offset.toHere(window.latestNanos()),
                        window.predictedNanos().isPresent()
                                ? OptionalLong.of(
                                        offset.toHere(window.predictedNanos().getAsLong()))
                                : OptionalLong.empty(),
                        window.caveat());
            case Release.Held held -> held;
            case Release.Unbounded unbounded -> unbounded;
            case Release.Free free -> free;
        };
    }

    OwnStart own(OwnStart own) {
        Failure failure = own.failure();
        return new OwnStart(
                own.generation(),
                own.tries(),
                start(own.start()),
                failure == null
                        ? null
                        : new Failure(
                                failed(failure.failed()),
                                explanation(failure.explanation()),
                                view(failure.view()),
                                failure.sentence()),
                view(own.before()));
    }
}
