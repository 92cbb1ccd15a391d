package dev.rebind.agent.remote;

import dev.rebind.agent.wire.WireMessages.HoldAnswer;
import dev.rebind.agent.wire.WireMessages.HoldRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Renews a hold after each third of its lease, until the hold is closed or the agent says that it has ended. */
final class Renewal implements AutoCloseable {
    private static final Duration RENEWAL = Duration.ofSeconds(15);

    private final AgentConnection connection;
    private final HoldRequest request;
    private final Thread thread;
    private volatile @Nullable String lost;

    Renewal(AgentConnection connection, HoldRequest request) {
        this.connection = connection;
        this.request = request;
        int seconds = request.leaseSeconds() == null ? 1 : request.leaseSeconds();
        Duration pause = Duration.ofSeconds(seconds).dividedBy(3);
        this.thread = Thread.ofVirtual().name("renew-hold").start(() -> run(pause));
    }

    private void run(Duration pause) {
        try {
            while (lost == null) {
                Thread.sleep(pause);
                renew();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void renew() throws InterruptedException {
        try {
            connection.send("PUT", "/v1/hold", request, HoldAnswer.class, RENEWAL);
        } catch (AgentException e) {
            // A renewal that does not reach the agent may succeed the next time. An answer of the agent is final.
            boolean ended = e.problem() != null
                    && (e.problem().status() == 409 || e.problem().status() == 412);
            if (ended) {
                lost = String.valueOf(e.getMessage());
            }
        }
    }

    /**
     * Returns why the hold is lost. Asks the agent first where it has refused something, because the hold may have ended since the last
     * renewal.
     */
    @Nullable
    String lost() {
        if (lost == null && connection.takeHoldDoubtful()) {
            try {
                renew();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return lost;
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
