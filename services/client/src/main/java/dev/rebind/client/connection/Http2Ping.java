package dev.rebind.client.connection;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientConnection;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Asks whether the server of one HTTP/2 connection is there: it answers a PING at once, however long its answers to requests take
 * (RFC 9113, section 6.7). On the event loop.
 */
final class Http2Ping {
    /** RFC 9113, section 6.7. */
    private static final int BYTES = 8;

    private final Duration limit;
    private boolean pending;

    /** @param limit after which a PING is not waited for any more */
    Http2Ping(Duration limit) {
        this.limit = limit;
    }

    /**
     * Does nothing while a PING before has no answer yet.
     *
     * @param gone is run where no answer comes
     */
    void ask(HttpClientConnection connection, Runnable gone) {
        if (pending) {
            return;
        }
        pending = true;
        connection
                .ping(Buffer.buffer(new byte[BYTES]))
                .timeout(limit.toNanos(), TimeUnit.NANOSECONDS)
                .onComplete(answer -> {
                    pending = false;
                    if (answer.failed()) {
                        gone.run();
                    }
                });
    }
}
