package dev.rebind.client.protocol;

import dev.rebind.client.protocol.RequestReport.Failure;
import dev.rebind.client.protocol.RequestReport.Failures;
import dev.rebind.client.protocol.RequestReport.Latency;
import dev.rebind.client.protocol.RequestReport.Made;
import dev.rebind.client.protocol.RequestReport.Phase;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The member {@code requests} of a report, both ways. */
final class RequestReportJson {
    private RequestReportJson() {}

    static JsonObject write(RequestReport report) {
        var failed = new JsonObject();
        report.failed().forEach((failure, count) -> failed.put(failure.name(), count));
        var failures = new JsonArray();
        for (Failures group : report.failures()) {
            failures.add(new JsonObject()
                    .put("failure", group.failure().name())
                    .put("phase", group.phase().name())
                    .put("made", group.made().name())
                    .put("onAnswered", group.onAnswered())
                    .put("begun", group.begun().toString())
                    .put("first", group.first().toString())
                    .put("last", group.last().toString())
                    .put("count", group.count())
                    .put("detail", group.detail()));
        }
        return new JsonObject()
                .put("sent", report.sent())
                .put("answered", report.answered())
                .put("failed", failed)
                .put("unansweredConnections", report.unansweredConnections())
                .put("bytesCut", report.bytesCut())
                .put("before", latency(report.before()))
                .put("during", latency(report.during()))
                .put("after", latency(report.after()))
                .put("lateMs", report.lateMs())
                .put("failures", failures);
    }

    private static @Nullable JsonObject latency(@Nullable Latency latency) {
        return latency == null
                ? null
                : new JsonObject()
                        .put("count", latency.count())
                        .put("p50", latency.p50())
                        .put("p99", latency.p99())
                        .put("max", latency.max());
    }

    static @Nullable RequestReport read(@Nullable JsonObject json) {
        if (json == null) {
            return null;
        }
        Map<Failure, Long> failed = new EnumMap<>(Failure.class);
        JsonObject counts = json.getJsonObject("failed", new JsonObject());
        counts.fieldNames().forEach(name -> failed.put(Failure.valueOf(name), ClientEventLine.count(counts, name)));
        List<Failures> failures = new ArrayList<>();
        JsonArray groups = json.getJsonArray("failures", new JsonArray());
        for (int at = 0; at < groups.size(); at++) {
            JsonObject group = groups.getJsonObject(at);
            failures.add(new Failures(
                    Failure.valueOf(ClientEventLine.known("failure", group.getString("failure"))),
                    Phase.valueOf(ClientEventLine.known("phase", group.getString("phase"))),
                    Made.valueOf(ClientEventLine.known("made", group.getString("made"))),
                    ClientEventLine.known("onAnswered", group.getBoolean("onAnswered")),
                    Instant.parse(ClientEventLine.known("begun", group.getString("begun"))),
                    Instant.parse(ClientEventLine.known("first", group.getString("first"))),
                    Instant.parse(ClientEventLine.known("last", group.getString("last"))),
                    ClientEventLine.count(group, "count"),
                    group.getString("detail")));
        }
        return new RequestReport(
                ClientEventLine.count(json, "sent"),
                ClientEventLine.count(json, "answered"),
                failed,
                json.getInteger("unansweredConnections"),
                ClientEventLine.count(json, "bytesCut"),
                readLatency(json.getJsonObject("before")),
                readLatency(json.getJsonObject("during")),
                readLatency(json.getJsonObject("after")),
                json.getDouble("lateMs"),
                failures);
    }

    private static @Nullable Latency readLatency(@Nullable JsonObject json) {
        return json == null
                ? null
                : new Latency(
                        ClientEventLine.count(json, "count"),
                        ClientEventLine.known("p50", json.getDouble("p50")),
                        ClientEventLine.known("p99", json.getDouble("p99")),
                        ClientEventLine.known("max", json.getDouble("max")));
    }
}
