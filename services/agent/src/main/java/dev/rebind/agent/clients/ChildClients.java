package dev.rebind.agent.clients;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.child.Child;
import dev.rebind.agent.child.ChildJvm;
import dev.rebind.client.meters.ClientMeters;
import dev.rebind.client.protocol.ClientEvent;
import dev.rebind.client.protocol.ClientEventLine;
import dev.rebind.client.protocol.ClientOrder;
import dev.rebind.client.protocol.ClientReport;
import dev.rebind.client.traffic.TrafficFlags;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Clients that run in a child process. */
public final class ChildClients implements ClientGroup {
    private static final String MAIN = "dev.rebind.client.Main";
    /** How often the clients report their measurements. When the process dies, the measurements since its last report are lost. */
    private static final String MEASURE = "500ms";

    /**
     * A JVM that has not answered within this time counts as broken, even on a busy machine. Its first TLS handshake comes after its first
     * report, and takes more than 10 s where the container's share of the processors is small.
     */
    public static final Duration ANSWER = Duration.ofSeconds(60);

    /** How often to check whether the process is still there. */
    private static final Duration LOOK = Duration.ofMillis(250);

    private final Child child;
    private final BlockingQueue<ClientReport> reports;
    private final ClientMeters.@Nullable Feed feed;

    private ChildClients(Child child, BlockingQueue<ClientReport> reports, ClientMeters.@Nullable Feed feed) {
        this.child = child;
        this.reports = reports;
        this.feed = feed;
    }

    /** @throws IOException when the process cannot be started */
    public static ChildClients start(ChildJvm jvm, Place place, Wanted wanted) throws IOException {
        return start(jvm, place, wanted, null);
    }

    /**
     * Starts clients like {@link #start(ChildJvm, Place, Wanted)}, and updates meters with what they see.
     *
     * @param meters null for no meters
     * @throws IOException when the process cannot be started
     */
    public static ChildClients start(ChildJvm jvm, Place place, Wanted wanted, @Nullable ClientMeters meters)
            throws IOException {
        var reports = new LinkedBlockingQueue<ClientReport>();
        ClientMeters.Feed feed = meters == null ? null : meters.feed(place.port());
        var arguments = new ArrayList<>(List.of(
                "--measure-interval=" + (feed == null ? "0s" : MEASURE),
                "--with-parent",
                "--host=" + place.address(),
                "--port=" + place.port(),
                "--connections=" + wanted.connections(),
                "--behaviour=" + wanted.behaviour(),
                "--ready=" + (wanted.answered() ? "answer" : "connect"),
                "--reconnect=" + wanted.reconnect()));
        arguments.addAll(TrafficFlags.of(wanted.traffic()));
        Child child = jvm.start(MAIN, arguments, line -> heard(line, reports, feed));
        return new ChildClients(child, reports, feed);
    }

    private static void heard(String line, BlockingQueue<ClientReport> reports, ClientMeters.@Nullable Feed feed) {
        if (!(ClientEventLine.parse(line) instanceof ClientEventLine.Parsed.Event(ClientEvent event))) {
            return;
        }
        if (event instanceof ClientReport report) {
            reports.add(report);
        } else if (feed != null && event instanceof ClientEvent.Measured measured) {
            feed.measured(measured);
        }
    }

    @Override
    public void order(ClientOrder order) {
        // The next report shows that the child is gone.
        child.order(order.name());
    }

    @Override
    public @Nullable ClientReport report() throws InterruptedException {
        reports.clear();
        if (!child.order(ClientOrder.report.name())) {
            return null;
        }
        long deadline = System.nanoTime() + ANSWER.toNanos();
        ClientReport report = null;
        while (report == null && child.alive() && System.nanoTime() < deadline) {
            report = reports.poll(LOOK.toNanos(), TimeUnit.NANOSECONDS);
        }
        return report;
    }

    @Override
    public String condition() {
        return child.obituary();
    }

    /** Ends the process. The kernel closes its remaining connections. */
    @Override
    public void close() {
        child.kill();
        if (feed != null) {
            feed.close();
        }
    }
}
