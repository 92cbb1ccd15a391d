package dev.rebind.agent.clients;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.child.Child;
import dev.rebind.agent.child.ChildJvm;
import dev.rebind.client.protocol.ClientEvent;
import dev.rebind.client.protocol.ClientEventLine;
import dev.rebind.client.protocol.ClientOrder;
import dev.rebind.client.protocol.ClientReport;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Clients in a child process of this one. */
public final class ChildClients implements Clients {
    private static final String MAIN = "dev.rebind.client.Main";
    private static final Duration REPORT = Duration.ofSeconds(10);

    private final Child child;
    private final BlockingQueue<ClientReport> reports;

    private ChildClients(Child child, BlockingQueue<ClientReport> reports) {
        this.child = child;
        this.reports = reports;
    }

    /** @throws IOException when the process cannot be started */
    public static ChildClients start(ChildJvm jvm, Place place, Wanted wanted) throws IOException {
        var reports = new LinkedBlockingQueue<ClientReport>();
        Child child = jvm.start(
                MAIN,
                List.of(
                        "--with-parent",
                        "--host=" + place.address(),
                        "--port=" + place.port(),
                        "--connections=" + wanted.connections(),
                        "--behaviour=" + wanted.behaviour(),
                        "--ready=" + (wanted.answered() ? "answer" : "connect"),
                        "--reconnect=" + wanted.reconnect()),
                line -> heard(line, reports));
        return new ChildClients(child, reports);
    }

    private static void heard(String line, BlockingQueue<ClientReport> reports) {
        if (ClientEventLine.parse(line) instanceof ClientEventLine.Parsed.Event(ClientEvent event)
                && event instanceof ClientReport report) {
            reports.add(report);
        }
    }

    @Override
    public void order(ClientOrder order) {
        // A child that is gone is noticed at the next report.
        child.order(order.name());
    }

    @Override
    public @Nullable ClientReport report() throws InterruptedException {
        reports.clear();
        if (!child.order(ClientOrder.report.name())) {
            return null;
        }
        return Optional.ofNullable(reports.poll(REPORT.toNanos(), TimeUnit.NANOSECONDS))
                .orElse(null);
    }

    @Override
    public String condition() {
        return child.obituary();
    }

    /** Ends the process: what is left of its connections is closed by the kernel. */
    @Override
    public void close() {
        child.kill();
    }
}
