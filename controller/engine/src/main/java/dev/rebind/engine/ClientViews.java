package dev.rebind.engine;

import dev.rebind.client.protocol.ClientReport;
import dev.rebind.client.protocol.RequestReport;
import dev.rebind.record.clients.ClientView;
import dev.rebind.record.clients.RequestView;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Maps the clients' report to the record's form. */
final class ClientViews {
    private ClientViews() {}

    static ClientView of(ClientReport seen) {
        return new ClientView(
                seen.connections(),
                seen.answers(),
                seen.resets(),
                seen.ends(),
                new TreeMap<>(seen.failedConnects()),
                seen.bytesLost(),
                requests(seen.requests()));
    }

    private static @Nullable RequestView requests(@Nullable RequestReport seen) {
        if (seen == null) {
            return null;
        }
        var failed = new TreeMap<String, Long>();
        seen.failed().forEach((failure, count) -> failed.put(failure.name(), count));
        return new RequestView(
                seen.sent(),
                seen.answered(),
                failed,
                seen.bytesCut(),
                latency(seen.before()),
                latency(seen.during()),
                latency(seen.after()));
    }

    private static RequestView.@Nullable Latency latency(RequestReport.@Nullable Latency seen) {
        return seen == null ? null : new RequestView.Latency(seen.count(), seen.p50(), seen.p99(), seen.max());
    }
}
