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
 * Waits for an API server that does not answer. The calls of a cycle wait until it answers, so that an outage delays a cycle
 * and decides nothing. A refusal is an answer, and does not make a call wait. Safe for several threads.
 */
public final class ApiOutage {
    private static final Logger LOG = LoggerFactory.getLogger(ApiOutage.class);
    /** HTTP statuses of a proxy before an API server, and of an API server that starts or stops. */
    private static final Set<Integer> NOBODY_THERE = Set.of(502, 503, 504);

    static final Duration PAUSE = Duration.ofSeconds(1);

    private final Duration pause;
    private final AtomicLong waited = new AtomicLong();

    /** @param pause between two calls */
    ApiOutage(Duration pause) {
        this.pause = pause;
    }

    /** Whether the API server has not answered. It may have carried out the call all the same. */
    public static boolean is(KubernetesClientException failure) {
        if (failure.getCode() > 0) {
            return NOBODY_THERE.contains(failure.getCode());
        }
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof KubernetesClientException answered && answered.getCode() > 0) {
                return NOBODY_THERE.contains(answered.getCode());
            }
            // The server has answered the handshake of a WebSocket with a refusal.
            if (cause.getClass().getSimpleName().equals("WebSocketHandshakeException")) {
                return false;
            }
            // The time limit of a body that stands still, and fabric8's own, are no IOException.
            if (cause instanceof IOException || cause instanceof TimeoutException) {
                return true;
            }
        }
        return false;
    }

    /**
     * Repeats a call until there is an answer.
     *
     * @param call that changes nothing more if it is repeated
     * @throws KubernetesClientException if the answer is a refusal, or the thread is interrupted
     */
    public static <T extends @Nullable Object> T waitOut(Supplier<T> call) {
        return waitOut(call, PAUSE);
    }

    static <T extends @Nullable Object> T waitOut(Supplier<T> call, Duration pause) {
        return new ApiOutage(pause).answerOf(call);
    }

    /** As {@link #waitOut}. */
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
     * Returns when it is time to repeat the call; throws the failure if it is a refusal.
     *
     * @param asked when the call began, {@link System#nanoTime()}
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

    /** As {@link StartSigns#answeringNanos}, for the outages that were waited out here. */
    long answeringNanos() {
        return System.nanoTime() - waited.get();
    }
}
