package dev.rebind.client.connection;

import dev.rebind.client.measure.BackOff;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;

/** The pause before a connection is tried again, which grows from try to try until one succeeds. On the event loop. */
final class RetryTimer {
    private final Vertx vertx;
    private final BackOff backOff;
    private @Nullable Long timer;

    RetryTimer(Vertx vertx, BackOff backOff) {
        this.vertx = vertx;
        this.backOff = backOff;
    }

    boolean isSet() {
        return timer != null;
    }

    /** @param then runs once after the next pause, unless it is cancelled before */
    void set(Runnable then) {
        timer = vertx.setTimer(Math.max(1, backOff.next().toMillis()), _ -> {
            timer = null;
            then.run();
        });
    }

    void cancel() {
        if (timer != null) {
            vertx.cancelTimer(timer);
            timer = null;
        }
    }

    /** The next pause is the shortest again. */
    void succeeded() {
        backOff.succeeded();
    }
}
