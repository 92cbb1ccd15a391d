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

/**
 * Clients of one place, in a child process. They connect as soon as somebody listens, and try until then. Calls block; for
 * one thread at a time.
 */
public final class Clients implements AutoCloseable {
    private static final String MAIN = "dev.rebind.client.Main";
    private static final Duration BETWEEN_REPORTS = Duration.ofMillis(10);
    private static final Duration REPORT = Duration.ofSeconds(10);

    private final Child child;
    private final BlockingQueue<ClientReport> reports;

    /**
     * @param behaviour read, echo, close-first, stall or reset
     * @param answered whether a connection counts as served with its first answer, not when it is made
     * @param reconnect whether connections that are lost are made again
     */
    public record Wanted(int connections, String behaviour, boolean answered, boolean reconnect) {}

    private Clients(Child child, BlockingQueue<ClientReport> reports) {
        this.child = child;
        this.reports = reports;
    }

    /** @throws IOException when the process cannot be started */
    public static Clients start(ChildJvm jvm, Place place, Wanted wanted) throws IOException {
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
        return new Clients(child, reports);
    }

    private static void heard(String line, BlockingQueue<ClientReport> reports) {
        if (ClientEventLine.parse(line) instanceof ClientEventLine.Parsed.Event(ClientEvent event)
                && event instanceof ClientReport report) {
            reports.add(report);
        }
    }

    /**
     * Waits until every connection is there, has been answered where that is wanted, and no outage is under way.
     *
     * @param answered as in {@link Wanted}
     * @return why that did not come to be; null when it did
     */
    public @Nullable String awaitServed(boolean answered, Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (true) {
            ClientReport report = report();
            if (report == null) {
                return "the clients' process does not answer: " + child.obituary();
            }
            int there = answered ? report.served() : report.connections();
            boolean outage = report.lastGoodAnswerAt() != null && report.firstGoodAnswerAt() == null;
            if (there >= report.wanted() && !outage) {
                return null;
            }
            if (System.nanoTime() >= deadline) {
                return there + " of " + report.wanted() + (answered ? " were answered" : " were connected") + " within "
                        + atMost.toSeconds() + " s"
                        + (report.failedConnects().isEmpty() ? "" : "; failed connects: " + report.failedConnects());
            }
            Thread.sleep(BETWEEN_REPORTS);
        }
    }

    /** A restart begins: what was measured so far is forgotten. */
    public void mark() {
        order(ClientOrder.mark);
    }

    /** Every client closes its connection in order; none is made again before {@link #resume}. */
    public void disconnect() {
        order(ClientOrder.close);
    }

    /** Every client resets its connection; none is made again before {@link #resume}. */
    public void reset() {
        order(ClientOrder.reset);
    }

    /** The clients stop reading, and close nothing from now on. */
    public void stall() {
        order(ClientOrder.stall);
    }

    /** The clients read again, and make the connections that are missing. */
    public void resume() {
        order(ClientOrder.resume);
    }

    private void order(ClientOrder order) {
        // A child that is gone is noticed at the next report.
        child.order(order.name());
    }

    /** What was seen since {@link #mark}; null when the process does not answer. */
    public @Nullable ClientReport report() throws InterruptedException {
        reports.clear();
        if (!child.order(ClientOrder.report.name())) {
            return null;
        }
        return Optional.ofNullable(reports.poll(REPORT.toNanos(), TimeUnit.NANOSECONDS))
                .orElse(null);
    }

    /** Ends the process: what is left of its connections is closed by the kernel. */
    @Override
    public void close() {
        child.kill();
    }
}
