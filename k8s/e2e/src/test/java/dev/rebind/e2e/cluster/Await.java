package dev.rebind.e2e.cluster;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.awaitility.core.ConditionTimeoutException;

/** Waits for conditions, in the thread that asks. What a look throws ends the wait. */
public final class Await {
    private static final Duration PAUSE = Duration.ofMillis(500);

    private Await() {}

    /**
     * @param what the condition, in words
     * @throws BrokenException when it does not hold in time
     */
    public static void until(String what, int seconds, BooleanSupplier holds) {
        until(what, seconds, PAUSE, holds);
    }

    public static void until(String what, int seconds, Duration pause, BooleanSupplier holds) {
        until(what, seconds, pause, () -> holds.getAsBoolean() ? Optional.of(true) : Optional.empty());
    }

    /** The first thing that a look finds. */
    public static <T> T found(String what, int seconds, Supplier<Optional<T>> look) {
        return until(what, seconds, PAUSE, look);
    }

    public static <T> T until(String what, int seconds, Duration pause, Supplier<Optional<T>> look) {
        return until(what, seconds, pause, look, () -> "");
    }

    /** @param last what a look has shown last, to end the message with */
    public static <T> T until(
            String what, int seconds, Duration pause, Supplier<Optional<T>> look, Supplier<String> last) {
        try {
            Optional<T> seen = await(what)
                    .pollInSameThread()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(pause)
                    .atMost(Duration.ofSeconds(seconds))
                    .until(look::get, Optional::isPresent);
            return Objects.requireNonNull(seen).orElseThrow();
        } catch (ConditionTimeoutException e) {
            throw new BrokenException("not within " + seconds + " s: " + what + last.get(), e);
        }
    }

    /** Whether it comes to hold in time. For what is claimed afterwards, with what is seen then. */
    public static boolean reached(String what, int seconds, BooleanSupplier holds) {
        try {
            until(what, seconds, holds);
            return true;
        } catch (BrokenException e) {
            return false;
        }
    }

    /** For what must not happen, or is only seen from outside after a while: there is no condition to wait for. */
    public static void pass(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrokenException("interrupted", e);
        }
    }
}
