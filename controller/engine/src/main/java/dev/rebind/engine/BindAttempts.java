package dev.rebind.engine;

import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.ExplainedFailure;
import dev.rebind.agent.Explanation;
import dev.rebind.child.Moment;
import dev.rebind.diagnosis.Cause;
import dev.rebind.experiment.expect.Outcome;
import dev.rebind.record.bind.Blocking;
import dev.rebind.record.bind.ReleaseTimes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The binds of the new generation: its first bind, the sockets in the way of that bind, and the retries. For one thread. */
final class BindAttempts {
    private @Nullable Integer generation;
    private @Nullable ExplainedFailure failure;
    private Start.@Nullable Bound bound;
    private int retries;
    private long lastFailed;
    private @Nullable Integer cleared;

    void bound(int newGeneration, Start.Bound start) {
        generation = newGeneration;
        bound = start;
    }

    void failed(int newGeneration, ExplainedFailure first) {
        generation = newGeneration;
        failure = first;
    }

    void retried(int failures, long lastFailedNanos) {
        retries = failures;
        lastFailed = lastFailedNanos;
    }

    void cleared(int sockets) {
        cleared = sockets;
    }

    /** The number of the new generation; null before its first bind. */
    @Nullable
    Integer generation() {
        return generation;
    }

    /** The first bind's failure; null if that bind succeeded or there was no bind. */
    @Nullable
    ExplainedFailure failure() {
        return failure;
    }

    /** The bind that succeeded; null if none did. */
    Start.@Nullable Bound bound() {
        return bound;
    }

    Start.@Nullable Failed failedStart() {
        return failure == null ? null : failure.failed();
    }

    @Nullable
    Explanation why() {
        return failure == null ? null : failure.explanation();
    }

    /** Failed binds after the first one. */
    int retries() {
        return retries;
    }

    /** The number of sockets that were destroyed to free the port; null if the cycle did not clear the port. */
    @Nullable
    Integer cleared() {
        return cleared;
    }

    /** The outcome of the first bind; null if there was none. */
    @Nullable
    Outcome outcome() {
        if (failure != null) {
            return Outcome.failed;
        }
        return bound == null ? null : Outcome.bound;
    }

    /** The number of all failed binds; null if there was no bind. */
    @Nullable
    Integer failures() {
        if (outcome() == null) {
            return null;
        }
        return failure == null ? 0 : 1 + retries;
    }

    /** The time from the first failed bind until a bind succeeded, in ms; 0 if the first one did, null if none did. */
    @Nullable
    Double boundAfterMs() {
        if (bound == null) {
            return null;
        }
        return failure == null ? 0 : (bound.atNanos() - failure.failed().atNanos()) / 1e6;
    }

    @Nullable
    Cause cause() {
        return failure == null ? null : failure.explanation().cause();
    }

    @Nullable
    List<Blocking> blocking() {
        return failure == null ? null : BlockingSockets.of(failure.explanation());
    }

    @Nullable
    ReleaseTimes release() {
        if (failure == null) {
            return null;
        }
        Start.Failed failed = failure.failed();
        Start.Bound then = cleared == null ? bound : null;
        Moment origin = new Moment(failed.at(), failed.atNanos());
        Double actual = then == null ? null : Double.valueOf(origin.millisTo(then.freeNanos()));
        Double last = then == null || (retries == 0 && then.heldNanos() == null)
                ? null
                : Double.valueOf(origin.millisTo(then.heldUntil(lastFailed)));
        return BlockingSockets.release(failure.explanation().release(), failed.atNanos(), actual, last);
    }
}
