package dev.rebind.agent.clients;

import dev.rebind.client.protocol.ClientOrder;
import dev.rebind.client.protocol.ClientReport;
import dev.rebind.client.protocol.RequestReport;
import dev.rebind.client.traffic.Traffic;
import java.time.Duration;
import java.util.Locale;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Clients of one place, in their own process. They try to connect until a server listens. Calls block; for one thread at a time. */
public interface ClientGroup extends AutoCloseable {
    /**
     * @param behaviour read, echo, close-first, stall or reset
     * @param answered whether a connection counts as served only after its first answer, and not already when it is made
     * @param reconnect whether lost connections are made again; the first connections are tried until they succeed in any case
     * @param traffic what the clients send; the behaviour applies to Rebind's own protocol
     */
    record Wanted(int connections, String behaviour, boolean answered, boolean reconnect, Traffic traffic) {
        /** Returns a copy in which HTTPS clients trust these certificates (PEM text). Other traffic is unchanged. */
        public Wanted trusting(String certificates) {
            return traffic instanceof Traffic.Http http
                    ? new Wanted(connections, behaviour, answered, reconnect, http.trusting(certificates))
                    : this;
        }
    }

    /** Gives an order to every client. Where the clients are gone, {@link #report} says so. */
    void order(ClientOrder order);

    /** Returns what the clients have seen since {@link #mark}; null when the process does not answer. */
    @Nullable
    ClientReport report() throws InterruptedException;

    /** Returns the state of the process, or how it ended, as text for a message. */
    String condition();

    /** Ends the process. */
    @Override
    void close();

    /**
     * Forgets all measurements because a restart begins. Returns when the clients have done so; later measurements belong to the restart.
     */
    default void mark() throws InterruptedException {
        order(ClientOrder.mark);
        // The clients take orders in turn, so the answer shows that the mark was taken. A process that does not answer
        // now does not answer
        // the final report either.
        report();
    }

    /** Starts to measure the latencies before the next restart. */
    default void observe() {
        order(ClientOrder.observe);
    }

    /** Starts to measure the latencies after the restart, because the new server is bound. */
    default void bound() {
        order(ClientOrder.bound);
    }

    /** Makes every client close its connection in order. No connection is made again before {@link #resume}. */
    default void disconnect() {
        order(ClientOrder.close);
    }

    /** Makes every client reset its connection. No connection is made again before {@link #resume}. */
    default void reset() {
        order(ClientOrder.reset);
    }

    /** Makes the clients stop reading. They close nothing from now on. */
    default void stall() {
        order(ClientOrder.stall);
    }

    /** Makes the clients read again and make the missing connections. */
    default void resume() {
        order(ClientOrder.resume);
    }

    /** Whether the clients are served. */
    sealed interface Service {
        record Served() implements Service {}

        /** @param why what the clients saw instead */
        record Unserved(String why) implements Service {}

        /** @param why the reason that the clients do not answer */
        record Unknown(String why) implements Service {}
    }

    /**
     * Waits until every connection is made (and answered, if wanted) and no outage is in progress.
     *
     * @param answered as in {@link Wanted}
     * @param atMost counted from the first report, so the start of the process does not count
     * @return why the clients are not served; null when they are
     */
    default @Nullable String awaitServed(boolean answered, Duration atMost) throws InterruptedException {
        return switch (awaitService(answered, atMost, () -> false)) {
            case Service.Served() -> null;
            case Service.Unserved(String why) -> why;
            case Service.Unknown(String why) -> why;
        };
    }

    /**
     * Waits like {@link #awaitServed}, and gives up early where no server is left.
     *
     * @param over whether no server is left that could serve the clients; asked after each report
     */
    default Service awaitService(boolean answered, Duration atMost, BooleanSupplier over) throws InterruptedException {
        long begun = 0;
        boolean first = true;
        while (true) {
            ClientReport report = report();
            if (report == null) {
                return new Service.Unknown("the clients' process does not answer: " + condition());
            }
            if (first) {
                begun = System.nanoTime();
                first = false;
            }
            int there = answered ? report.served() : report.connections();
            if (there >= report.wanted() && !report.isOutage()) {
                return new Service.Served();
            }
            Duration waited = Duration.ofNanos(System.nanoTime() - begun);
            if (waited.compareTo(atMost) >= 0 || over.getAsBoolean()) {
                String why = there + " of " + report.wanted()
                        + (answered ? " were answered" : " were connected") + " within " + seconds(waited)
                        + (report.failedConnects().isEmpty() ? "" : "; failed connects: " + report.failedConnects())
                        + lostConnections(report)
                        + failedRequests(report.requests());
                String before = servedInPart(report.requests(), report.wanted());
                return before == null ? new Service.Unserved(why) : new Service.Unknown(before + "; " + why);
            }
            Thread.sleep(10);
        }
    }

    private static String seconds(Duration waited) {
        return waited.toSeconds() >= 10
                ? waited.toSeconds() + " s"
                : String.format(Locale.ROOT, "%.1f s", waited.toMillis() / 1e3);
    }

    /**
     * Returns a text where the new server answers only on some connections and the old one did not answer on all either; otherwise null.
     */
    private static @Nullable String servedInPart(@Nullable RequestReport requests, int wanted) {
        if (requests == null || requests.after() == null) {
            return null;
        }
        Integer before = requests.unansweredConnections();
        return before == null || before == 0
                ? null
                : "the new server answers, but not on all connections, and the old one did not answer on " + before
                        + " of " + wanted + " either: it may serve fewer connections at once than there are clients,"
                        + " so take fewer";
    }

    /** Describes the lost connections of clients that do not reconnect, and so are not served again. */
    private static String lostConnections(ClientReport report) {
        var lost = new TreeMap<>(report.broken());
        if (report.ends() > 0) {
            lost.put("FIN", report.ends());
        }
        if (report.resets() > 0) {
            lost.put("ECONNRESET", report.resets());
        }
        return lost.isEmpty() ? "" : "; connections that were lost: " + lost;
    }

    private static String failedRequests(@Nullable RequestReport requests) {
        if (requests == null || requests.failures().isEmpty()) {
            return "";
        }
        String last = requests.failures().getLast().detail();
        return "; failed requests: " + new TreeMap<>(requests.failed())
                + (last == null ? "" : ", the last one with " + last);
    }
}
