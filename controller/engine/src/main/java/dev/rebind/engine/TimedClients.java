package dev.rebind.engine;

import dev.rebind.agent.clients.ClientGroup;
import dev.rebind.client.protocol.ClientOrder;
import dev.rebind.client.protocol.ClientReport;
import org.jspecify.annotations.Nullable;

/** Clients whose clock is compared with this process's clock at each report. For one thread at a time. */
final class TimedClients implements ClientGroup {
    private final ClientGroup clients;
    private final ClientClock clock = new ClientClock();

    TimedClients(ClientGroup clients) {
        this.clients = clients;
    }

    /** The clients' clock, compared by the reports since the last {@link #mark}. */
    ClientClock clock() {
        return clock;
    }

    /**
     * Marks the beginning of the restart. The times in the clients' later reports are of a new time scale, so the comparison starts again.
     */
    @Override
    public void mark() throws InterruptedException {
        clock.restart();
        ClientGroup.super.mark();
    }

    @Override
    public void order(ClientOrder order) {
        clients.order(order);
    }

    @Override
    public @Nullable ClientReport report() throws InterruptedException {
        long before = System.nanoTime();
        ClientReport report = clients.report();
        if (report != null) {
            clock.reported(before, report.at(), System.nanoTime());
        }
        return report;
    }

    @Override
    public String condition() {
        return clients.condition();
    }

    @Override
    public void close() {
        clients.close();
    }
}
