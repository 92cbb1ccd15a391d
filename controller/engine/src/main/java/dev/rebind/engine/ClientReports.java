package dev.rebind.engine;

import dev.rebind.agent.Agent;
import dev.rebind.agent.clients.ClientGroup.Service;
import dev.rebind.client.protocol.ClientReport;
import dev.rebind.client.protocol.RequestReport;
import dev.rebind.client.traffic.Traffic;
import dev.rebind.experiment.clients.Protocol;
import dev.rebind.experiment.restart.Close;
import dev.rebind.plan.PlannedCycle;
import dev.rebind.record.clients.ClientView;
import dev.rebind.record.clients.RequestView;
import dev.rebind.record.server.LeftBehind;
import dev.rebind.record.server.Program;
import java.time.Duration;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Maps the clients' report to the record's form. */
final class ClientReports {
    /** If the clients begin a request later than this after its scheduled time, the record warns that the downtime is uncertain. In ms. */
    private static final double LATE_MS = 200;

    private ClientReports() {}

    /** Returns a warning if the clients fell behind their schedule for lack of processor time; null if they kept it. */
    static @Nullable String late(@Nullable RequestReport seen) {
        return seen == null || seen.lateMs() == null || seen.lateMs() <= LATE_MS
                ? null
                : "The clients began requests up to " + Phrases.seconds(seen.lateMs())
                        + " late, as the machine was busy: the downtime may have been longer than they saw.";
    }

    /**
     * Returns how long the clients were without service, in ms; null if unknown.
     *
     * @param service whether the new server served the clients; null if the cycle did not wait for it
     */
    static @Nullable Double downtimeMs(
            @Nullable ClientReport seen, PlannedCycle plan, @Nullable Program program, @Nullable Service service) {
        // A process left behind with the listener keeps connections succeeding, because the kernel makes them. That is
        // not service.
        boolean keeps = program != null
                && program.leftBehind() != null
                && program.leftBehind().stream().anyMatch(LeftBehind::listens);
        // Here the clients closed their connections and reconnect only when told to, after the command is bound. The
        // time until then does not measure the server.
        boolean away = plan.command() != null && plan.close() == Close.client;
        // A connection that the server ends at once is not service, so it does not end the downtime.
        boolean ends = service instanceof Service.Unserved;
        return seen == null || away || (plan.isHeldOpen() && (keeps || ends)) ? null : seen.downtimeMs();
    }

    /**
     * Returns what the clients saw, in the record's form; null if they sent no report.
     *
     * @param seen the clients' last report; null if they sent none
     * @param clock the clients' clock
     * @param served whether the clients were served again; null if unknown
     */
    static @Nullable ClientView of(
            @Nullable ClientReport seen,
            PlannedCycle plan,
            ClientClock clock,
            RequestCauses.Moments moments,
            @Nullable Boolean served) {
        if (seen == null) {
            return null;
        }
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
                served,
                protocol(plan.clients().traffic()));
    }

    private static Protocol protocol(Traffic traffic) {
        return switch (traffic) {
            case Traffic.Rebind _ -> Protocol.rebind;
            case Traffic.Tcp _ -> Protocol.tcp;
            case Traffic.Http http -> http.tls() == null ? Protocol.http : Protocol.https;
        };
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
