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

/**
 * Clients of one place, in a process of their own. They connect as soon as somebody listens, and try until then. Calls
 * block; for one thread at a time.
 */
public interface ClientGroup extends AutoCloseable {
    /**
     * @param behaviour read, echo, close-first, stall or reset
     * @param answered whether a connection counts as served with its first answer, not when it is made
     * @param reconnect whether connections that are lost are made again; the first ones are tried for in any case
     * @param traffic what they say; the behaviour is for Rebind's words
     */
    record Wanted(int connections, String behaviour, boolean answered, boolean reconnect, Traffic traffic) {
        /** The same where clients of HTTPS trust these certificates, PEM text; others are as they were. */
        public Wanted trusting(String certificates) {
            return traffic instanceof Traffic.Http http
                    ? new Wanted(connections, behaviour, answered, reconnect, http.trusting(certificates))
                    : this;
        }
    }

    /** Gives an order to every client; where they are gone, {@link #report} says so. */
    void order(ClientOrder order);

    /** What was seen since {@link #mark}; null when the process does not answer. */
    @Nullable
    ClientReport report() throws InterruptedException;

    /** How the process is, or how it ended, for a message. */
    String condition();

    /** Ends the process. */
    @Override
    void close();

    /** A restart begins: what was measured so far is forgotten. Returns when that is so: what comes after belongs to the restart. */
    default void mark() throws InterruptedException {
        order(ClientOrder.mark);
        // Orders are taken in turn. Whoever does not answer this does not answer the report at the end either.
        report();
    }

    /** Latencies before the next restart are measured from now on. */
    default void observe() {
        order(ClientOrder.observe);
    }

    /** The new server is bound: latencies after the restart are measured from now on. */
    default void bound() {
        order(ClientOrder.bound);
    }

    /** Every client closes its connection in order; none is made again before {@link #resume}. */
    default void disconnect() {
        order(ClientOrder.close);
    }

    /** Every client resets its connection; none is made again before {@link #resume}. */
    default void reset() {
        order(ClientOrder.reset);
    }

    /** The clients stop reading, and close nothing from now on. */
    default void stall() {
        order(ClientOrder.stall);
    }

    /** The clients read again, and make the connections that are missing. */
    default void resume() {
        order(ClientOrder.resume);
    }

    /** Whether the clients are served. */
    sealed interface Service {
        record Served() implements Service {}

        /** @param why what they saw instead */
        record Unserved(String why) implements Service {}

        /** @param why the clients themselves do not say */
        record Unknown(String why) implements Service {}
    }

    /**
     * Waits until every connection is there, has been answered where that is wanted, and no outage is under way.
     *
     * @param answered as in {@link Wanted}
     * @param atMost from the first report on: what the process takes to start does not count
     * @return why that did not come to be; null when it did
     */
    default @Nullable String awaitServed(boolean answered, Duration atMost) throws InterruptedException {
        return switch (awaitService(answered, atMost, () -> false)) {
            case Service.Served() -> null;
            case Service.Unserved(String why) -> why;
            case Service.Unknown(String why) -> why;
        };
    }

    /**
     * As {@link #awaitServed}.
     *
     * @param over whether nobody is left who could serve them; asked after each report
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

    /** Where the new server answers, and the old one did not answer on all connections either; null otherwise. */
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

    /** Clients that do not reconnect are not served again after that. */
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
