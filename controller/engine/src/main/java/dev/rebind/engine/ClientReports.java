package dev.rebind.engine;

import dev.rebind.agent.Agent;
import dev.rebind.client.protocol.ClientReport;
import dev.rebind.client.protocol.RequestReport;
import dev.rebind.record.clients.ClientView;
import dev.rebind.record.clients.RequestView;
import java.time.Duration;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Maps the clients' report to the record's form. */
final class ClientReports {
    /** Requests that are begun later than that make the downtime unclear, in ms. */
    private static final double LATE_MS = 200;

    private ClientReports() {}

    /** What clients that have no processor time for their own schedule do not see; null where they kept it. */
    static @Nullable String late(@Nullable RequestReport seen) {
        return seen == null || seen.lateMs() == null || seen.lateMs() <= LATE_MS
                ? null
                : "The clients began requests up to " + Phrases.seconds(seen.lateMs())
                        + " late, as the machine was busy: the downtime may have been longer than they saw.";
    }

    /**
     * @param clock of the clients
     * @param served whether they were served again; null where that is not known
     */
    static ClientView of(
            ClientReport seen, ClientClock clock, RequestCauses.Moments moments, @Nullable Boolean served) {
        return new ClientView(
                seen.connections(),
                seen.answers(),
                seen.resets(),
                seen.ends(),
                new TreeMap<>(seen.failedConnects()),
                seen.bytesLost(),
                requests(seen.requests(), clock, moments),
                moments.route() == null ? null : moments.route().way().name(),
                moments.route() == null
                        ? null
                        : new Agent.Place(
                                        moments.route().address(),
                                        moments.route().port())
                                .toString(),
                served);
    }

    private static @Nullable RequestView requests(
            @Nullable RequestReport seen, ClientClock clock, RequestCauses.Moments moments) {
        if (seen == null) {
            return null;
        }
        var failed = new TreeMap<String, Long>();
        seen.failed().forEach((failure, count) -> failed.put(failure.name(), count));
        Duration tolerance = clock.tolerance();
        return new RequestView(
                seen.sent(),
                seen.answered(),
                failed,
                RequestCauses.of(seen, clock, moments),
                tolerance == null ? null : Double.valueOf(Math.round(tolerance.toNanos() / 1e3) / 1e3),
                seen.bytesCut(),
                latency(seen.before()),
                latency(seen.during()),
                latency(seen.after()));
    }

    private static RequestView.@Nullable Latency latency(RequestReport.@Nullable Latency seen) {
        return seen == null ? null : new RequestView.Latency(seen.count(), seen.p50(), seen.p99(), seen.max());
    }
}
