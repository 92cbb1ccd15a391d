package dev.rebind.operator.workload;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits while the API server does not answer. The calls of a cycle wait until it answers, so that an outage delays a
 * cycle but does not change its result. A refusal is an answer, and does not make a call wait. Safe for several
 * threads.
 */
public final class ApiOutage {
    private static final Logger LOG = LoggerFactory.getLogger(ApiOutage.class);
    /** HTTP statuses that come from a proxy in front of the API server, or from an API server that starts or stops. */
    private static final Set<Integer> NOBODY_THERE = Set.of(502, 503, 504);

    static final Duration PAUSE = Duration.ofSeconds(1);

    private final Duration pause;
    private final AtomicLong waited = new AtomicLong();

    /** @param pause the time between two calls */
    ApiOutage(Duration pause) {
        this.pause = pause;
    }

    /** Whether the failure means that the API server has not answered. It may still have carried out the call. */
    public static boolean is(KubernetesClientException failure) {
        if (failure.getCode() > 0) {
            return NOBODY_THERE.contains(failure.getCode());
        }
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof KubernetesClientException answered && answered.getCode() > 0) {
                return NOBODY_THERE.contains(answered.getCode());
            }
            // The server has refused the handshake of a WebSocket, which is an answer.
            if (cause.getClass().getSimpleName().equals("WebSocketHandshakeException")) {
                return false;
            }
            // The time-out of a response body that stalls is no IOException, and neither is fabric8's own time-out.
            if (cause instanceof IOException || cause instanceof TimeoutException) {
                return true;
            }
        }
        return false;
    }

    /**
     * Repeats a call until there is an answer.
     *
     * @param call a call that has no further effect if it is repeated
     * @throws KubernetesClientException if the answer is a refusal, or the thread is interrupted
     */
    public static <T extends @Nullable Object> T waitOut(Supplier<T> call) {
        return waitOut(call, PAUSE);
    }

    static <T extends @Nullable Object> T waitOut(Supplier<T> call, Duration pause) {
        return new ApiOutage(pause).answerOf(call);
    }

    /** Repeats a call until there is an answer, and leaves the outage out of {@link #answeringNanos}. See {@link #waitOut}. */
    <T extends @Nullable Object> T answerOf(Supplier<T> call) {
        while (true) {
            long asked = System.nanoTime();
            try {
                return call.get();
            } catch (KubernetesClientException e) {
                await(e, asked);
            }
        }
    }

    /**
     * Waits until it is time to repeat the call. Throws the failure if it is a refusal, or if the thread is
     * interrupted.
     *
     * @param asked when the call began, as {@link System#nanoTime()} gives it
     */
    void await(KubernetesClientException failure, long asked) {
        if (!is(failure) || Thread.currentThread().isInterrupted()) {
            throw failure;
        }
        LOG.warn("The API server does not answer, trying again: {}", FailedCall.why(failure));
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure;
        }
        waited.addAndGet(System.nanoTime() - asked);
    }

    /** Returns {@link StartSigns#answeringNanos}, without the outages that this object has waited out. */
    long answeringNanos() {
        return System.nanoTime() - waited.get();
    }
}
