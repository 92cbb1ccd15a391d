package dev.rebind.agent.remote;

import dev.rebind.agent.wire.Messages.HoldAnswer;
import dev.rebind.agent.wire.Messages.HoldRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Renews a hold at each third of its lease, until it is closed or the agent says that the hold has ended. */
final class Renewal implements AutoCloseable {
    private static final Duration RENEWAL = Duration.ofSeconds(15);

    private final Thread thread;
    private volatile @Nullable String lost;

    Renewal(Connection connection, HoldRequest request) {
        int seconds = request.leaseSeconds() == null ? 1 : request.leaseSeconds();
        Duration pause = Duration.ofSeconds(seconds).dividedBy(3);
        this.thread = Thread.ofVirtual().name("renew-hold").start(() -> run(connection, request, pause));
    }

    private void run(Connection connection, HoldRequest request, Duration pause) {
        try {
            while (lost == null) {
                Thread.sleep(pause);
                try {
                    connection.send("PUT", "/v1/hold", request, HoldAnswer.class, RENEWAL);
                } catch (AgentException e) {
                    // Not reached: it may be the next time. The agent's own word is final.
                    boolean ended = e.problem() != null
                            && (e.problem().status() == 409 || e.problem().status() == 412);
                    if (ended) {
                        lost = String.valueOf(e.getMessage());
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Nullable
    String lost() {
        return lost;
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
