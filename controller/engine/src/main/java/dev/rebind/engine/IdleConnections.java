package dev.rebind.engine;

import dev.rebind.agent.clients.ClientGroup.Service;
import dev.rebind.client.protocol.ClientReport;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Watches whether a server keeps open the connections of clients that send nothing. The kernel makes such a connection without the server,
 * which may end it at once, so a connection alone does not prove service. The behaviour of the old server tells what to expect of the new
 * one. For one thread.
 */
final class IdleConnections {
    /** How long the connections are watched, before the stop and after the bind. */
    static final Duration WATCHED = Duration.ofMillis(500);

    private final Duration watched;
    /** Whether the old server kept its connections open. */
    private boolean before;

    private boolean untold;

    IdleConnections() {
        this(WATCHED);
    }

    IdleConnections(Duration watched) {
        this.watched = watched;
    }

    /** Watches the old server, whose clients are connected. */
    void old(TimedClients load) throws InterruptedException {
        before = isHeld(load);
    }

    /**
     * Waits until the new server serves the clients, as {@link TimedClients#awaitService} does. If the old server kept connections open,
     * the new one must do so too.
     */
    Service fresh(TimedClients load, boolean answered, Duration atMost, BooleanSupplier over)
            throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (true) {
            Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            Service service = load.awaitService(answered, left, over);
            if (!(service instanceof Service.Served) || isHeld(load)) {
                return service;
            }
            if (!before) {
                untold = true;
                return service;
            }
            if (System.nanoTime() - deadline >= 0 || over.getAsBoolean()) {
                return new Service.Unserved("the server accepts their connections and ends them: within "
                        + atMost.toSeconds() + " s not all of them stayed for " + watched.toMillis()
                        + " ms, as they had with the old server");
            }
        }
    }

    /** Returns a warning if both servers end connections so soon that their service cannot be observed. */
    Optional<String> warning() {
        return untold
                ? Optional.of(
                        "The new server ends its clients' connections by itself, as the old one did: that they are made is"
                                + " all that is known of its service.")
                : Optional.empty();
    }

    private boolean isHeld(TimedClients load) throws InterruptedException {
        ClientReport first = load.report();
        Thread.sleep(watched);
        return isHeld(first, load.report());
    }

    private static boolean isHeld(@Nullable ClientReport first, @Nullable ClientReport last) {
        return first != null
                && last != null
                && first.connections() >= first.wanted()
                && last.connections() >= last.wanted()
                && first.connects() == last.connects()
                && ends(first) == ends(last);
    }

    /** The number of connections that have ended without the clients closing them. */
    private static long ends(ClientReport report) {
        return report.ends()
                + report.resets()
                + report.broken().values().stream().mapToLong(Long::longValue).sum();
    }
}
