package dev.rebind.agent.remote;

import dev.rebind.agent.clients.ChildClients;
import dev.rebind.agent.clients.ClientGroup;
import dev.rebind.agent.wire.WireMessages.Done;
import dev.rebind.agent.wire.WireMessages.OrderRequest;
import dev.rebind.agent.wire.WireMessages.ReportAnswer;
import dev.rebind.client.protocol.ClientOrder;
import dev.rebind.client.protocol.ClientReport;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Clients that a remote agent started. While this object is open it asks the agent about them regularly, because the agent ends clients
 * that nobody asks about.
 */
final class RemoteClients implements ClientGroup {
    private static final Duration QUICK = Duration.ofSeconds(15);
    /** The timeout of a report. It includes the time that the agent itself waits for its process. */
    private static final Duration REPORT = ChildClients.ANSWER.plus(QUICK);

    private static final Duration ASK = Duration.ofSeconds(15);

    private final AgentConnection connection;
    private final String path;
    private final Thread asking;
    private volatile String condition = "it was not asked yet";

    RemoteClients(AgentConnection connection, String id) {
        this.connection = connection;
        this.path = "/v1/clients/" + id;
        this.asking = Thread.ofVirtual().name("ask-after-clients").start(this::askAfter);
    }

    private void askAfter() {
        try {
            while (true) {
                Thread.sleep(ASK);
                try {
                    connection.get(path, ReportAnswer.class, QUICK);
                } catch (AgentException e) {
                    // The next report fails in the same way.
                    condition = String.valueOf(e.getMessage());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void order(ClientOrder order) {
        try {
            connection.post(path + "/orders", new OrderRequest(order), Done.class, QUICK);
        } catch (AgentException e) {
            condition = String.valueOf(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public @Nullable ClientReport report() throws InterruptedException {
        try {
            ReportAnswer answer = connection.get(path + "/report", ReportAnswer.class, REPORT);
            condition = answer.condition();
            return answer.report();
        } catch (AgentException e) {
            condition = String.valueOf(e.getMessage());
            return null;
        }
    }

    @Override
    public String condition() {
        return condition;
    }

    @Override
    public void close() {
        asking.interrupt();
        try {
            connection.send("DELETE", path, null, Done.class, QUICK);
        } catch (AgentException e) {
            // The agent ends the clients because nobody asks about them any more.
            condition = String.valueOf(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
