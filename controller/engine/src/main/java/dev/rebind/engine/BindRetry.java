package dev.rebind.engine;

import dev.rebind.agent.Agent;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.GenerationSettings;
import dev.rebind.sockets.release.Release;
import java.time.Duration;
import java.util.function.IntConsumer;

/**
 * Retries a failed bind until it succeeds, as a server under a supervisor does. In listener mode, where an attempt costs almost nothing, it
 * tries every millisecond around the predicted release, so that the new server is bound at once. The measured time of release does not
 * depend on these attempts, because the agent watches the sockets in the way.
 */
final class BindRetry {
    private static final Duration FINE = Duration.ofMillis(1);
    /** How long before the predicted release the attempts every millisecond begin. It exceeds the error of the prediction. */
    private static final Duration AHEAD = Duration.ofMillis(50);

    private BindRetry() {}

    /**
     * The end of the retries.
     *
     * @param last the bound server, or the last failed or broken start
     * @param failures the number of failed attempts in this call
     * @param lastFailedNanos when the last failed attempt began, or when it failed if that is earlier
     * @param exact the time between the last moment at which the port was known to be taken and the first at which it was free; the release
     *     lies in between
     */
    record Result(Start last, int failures, long lastFailedNanos, Duration exact) {}

    /**
     * Retries until a bind succeeds, the start breaks, or the timeout has passed since the first failure.
     *
     * @param release when the port is expected to be free; if it is {@link Release.Free}, the first try is made at once
     * @param trying is given the number of the next try, from 2, because the first bind was number 1
     * @param interval the pause before each try, except around the predicted release in listener mode
     */
    static Result until(
            Agent agent,
            GenerationSettings settings,
            Release release,
            Duration interval,
            Duration timeout,
            Start.Failed first,
            IntConsumer trying)
            throws InterruptedException {
        long over = System.nanoTime() - first.atNanos();
        long deadline = agent.answeringNanos() + timeout.toNanos() - over;
        boolean fine = settings.mode() == GenerationSettings.Mode.listener;
        Start last = first;
        int failures = 0;
        long failing = first.atNanos();
        while (agent.answeringNanos() - deadline < 0) {
            trying.accept(failures + 2);
            // The port has just been cleared, so the first try needs no pause.
            boolean freeNow = failures == 0 && release instanceof Release.Free;
            long pause = freeNow ? 0 : pause(release, interval, fine);
            Thread.sleep(Duration.ofNanos(Math.clamp(pause, 0, Math.max(0, deadline - agent.answeringNanos()))));
            long begun = System.nanoTime();
            last = agent.start(settings);
            switch (last) {
                case Start.Bound bound -> {
                    long held = bound.heldUntil(failing);
                    return new Result(bound, failures, failing, Duration.ofNanos(bound.freeNanos() - held));
                }
                case Start.Failed failed -> {
                    failures++;
                    failing = Math.min(begun, failed.atNanos());
                }
                case Start.Broken broken -> {
                    return new Result(broken, failures, failing, Duration.ZERO);
                }
            }
        }
        return new Result(last, failures, failing, Duration.ZERO);
    }

    private static long pause(Release release, Duration interval, boolean fine) {
        if (!fine || !(release instanceof Release.Window window)) {
            return interval.toNanos();
        }
        long from = window.predictedNanos().orElse(window.earliestNanos()) - AHEAD.toNanos();
        long ahead = from - System.nanoTime();
        if (ahead > 0) {
            return Math.min(ahead, interval.toNanos());
        }
        // Long after the window something else blocks the port, and fast retries do not help.
        return System.nanoTime() - window.latestNanos() < AHEAD.toNanos() * 4 ? FINE.toNanos() : interval.toNanos();
    }
}
