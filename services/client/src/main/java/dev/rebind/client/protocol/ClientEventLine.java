package dev.rebind.client.protocol;

import dev.rebind.client.protocol.ClientEvent.Quote;
import dev.rebind.client.protocol.ClientReport.RoundTripMs;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Client events as JSON lines, both ways. Unknown members are ignored, so that a newer client can say more. */
public final class ClientEventLine {
    private ClientEventLine() {}

    /** What a line holds. */
    public sealed interface Parsed {
        record Event(ClientEvent event) implements Parsed {}

        /** A line that is no event: something else wrote to the client's standard output. */
        record Garbage(String line, String why) implements Parsed {}
    }

    public static JsonObject write(ClientEvent event) {
        return switch (event) {
            case ClientEvent.Connected connected ->
                event("connected", connected.at()).put("connections", connected.connections());
            case ClientEvent.Said said -> {
                var quotes = new JsonArray();
                said.quotes()
                        .forEach(quote -> quotes.add(new JsonObject()
                                .put("localPort", quote.localPort())
                                .put("lines", quote.lines())
                                .put("last", quote.last())));
                yield event("said", said.at()).put("quotes", quotes);
            }
            case ClientEvent.Measured measured -> measured(measured);
            case ClientEvent.Misunderstood misunderstood ->
                event("misunderstood", misunderstood.at()).put("line", misunderstood.line());
            case ClientEvent.Stopped stopped -> event("stopped", stopped.at());
            case ClientReport report -> report(report);
        };
    }

    public static Parsed parse(String line) {
        try {
            return new Parsed.Event(event(new JsonObject(line)));
        } catch (DecodeException | DateTimeException | IllegalArgumentException | ClassCastException broken) {
            return new Parsed.Garbage(line, String.valueOf(broken.getMessage()));
        }
    }

    private static JsonObject event(String name, Instant at) {
        return new JsonObject().put("event", name).put("at", at.toString());
    }

    private static JsonObject report(ClientReport report) {
        JsonObject json = event("report", report.at())
                .put("wanted", report.wanted())
                .put("connections", report.connections())
                .put("served", report.served())
                .put("stalled", report.stalled())
                .put("answers", report.answers())
                .put("unexpected", report.unexpected())
                .put("generations", counts(report.generations()))
                .put("connects", report.connects())
                .put("failedConnects", counts(report.failedConnects()))
                .put("selfConnects", report.selfConnects())
                .put("resets", report.resets())
                .put("ends", report.ends())
                .put("broken", counts(report.broken()))
                .put("outages", report.outages())
                .put("bytesSent", report.bytesSent())
                .put("bytesReceived", report.bytesReceived())
                .put("requestsLost", report.requestsLost())
                .put("bytesLost", report.bytesLost())
                .put("localPorts", new JsonArray(new ArrayList<>(report.localPorts())));
        putKnown(json, "lastGoodAnswerAt", text(report.lastGoodAnswerAt()));
        putKnown(json, "firstGoodAnswerAt", text(report.firstGoodAnswerAt()));
        putKnown(json, "firstGoodGeneration", report.firstGoodGeneration());
        putKnown(json, "downtimeMs", report.downtimeMs());
        putKnown(json, "downtimeTotalMs", report.downtimeTotalMs());
        if (report.requests() != null) {
            json.put("requests", RequestReportJson.write(report.requests()));
        }
        putKnown(json, "bytesUnacknowledged", report.bytesUnacknowledged());
        RoundTripMs trips = report.roundTripMs();
        if (trips != null) {
            json.put(
                    "roundTripMs",
                    new JsonObject()
                            .put("count", trips.count())
                            .put("p50", trips.p50())
                            .put("p90", trips.p90())
                            .put("p99", trips.p99())
                            .put("max", trips.max()));
        }
        return json;
    }

    private static @Nullable String text(@Nullable Instant instant) {
        return instant == null ? null : instant.toString();
    }

    private static void putKnown(JsonObject json, String name, @Nullable Object value) {
        if (value != null) {
            json.put(name, value);
        }
    }

    private static JsonObject counts(Map<?, Long> counts) {
        var json = new JsonObject();
        counts.forEach((key, count) -> json.put(String.valueOf(key), count));
        return json;
    }

    private static ClientEvent event(JsonObject json) {
        Instant at = Instant.parse(known("at", json.getString("at")));
        String name = known("event", json.getString("event"));
        return switch (name) {
            case "connected" -> new ClientEvent.Connected(integer(json, "connections"), at);
            case "said" -> new ClientEvent.Said(quotes(known("quotes", json.getJsonArray("quotes"))), at);
            case "measured" -> measured(json, at);
            case "misunderstood" -> new ClientEvent.Misunderstood(known("line", json.getString("line")), at);
            case "stopped" -> new ClientEvent.Stopped(at);
            case "report" -> report(json, at);
            default -> throw new IllegalArgumentException("no event is called " + name);
        };
    }

    private static JsonObject measured(ClientEvent.Measured measured) {
        var trips = new JsonArray();
        measured.roundTrips()
                .forEach(one ->
                        trips.add(new JsonObject().put("count", one.count()).put("nanos", one.nanos())));
        return event("measured", measured.at())
                .put("answers", measured.answers())
                .put("resets", measured.resets())
                .put("bytesLost", measured.bytesLost())
                .put("failedConnects", counts(measured.failedConnects()))
                .put("requests", measured.requests())
                .put("requestFailures", counts(measured.requestFailures()))
                .put("connections", measured.connections())
                .put("outagesMs", new JsonArray(new ArrayList<>(measured.outagesMs())))
                .put("roundTrips", trips);
    }

    private static ClientEvent.Measured measured(JsonObject json, Instant at) {
        List<Double> outages = new ArrayList<>();
        JsonArray array = known("outagesMs", json.getJsonArray("outagesMs"));
        for (int index = 0; index < array.size(); index++) {
            outages.add(array.getDouble(index));
        }
        List<ClientEvent.Trips> trips = new ArrayList<>();
        JsonArray buckets = known("roundTrips", json.getJsonArray("roundTrips"));
        for (int index = 0; index < buckets.size(); index++) {
            JsonObject bucket = buckets.getJsonObject(index);
            trips.add(new ClientEvent.Trips(count(bucket, "count"), count(bucket, "nanos")));
        }
        return new ClientEvent.Measured(
                count(json, "answers"),
                count(json, "resets"),
                count(json, "bytesLost"),
                counts(json, "failedConnects"),
                count(json, "requests"),
                counts(json, "requestFailures"),
                integer(json, "connections"),
                outages,
                trips,
                at);
    }

    private static List<Quote> quotes(JsonArray array) {
        List<Quote> quotes = new ArrayList<>();
        for (int at = 0; at < array.size(); at++) {
            JsonObject quote = array.getJsonObject(at);
            quotes.add(new Quote(
                    integer(quote, "localPort"), count(quote, "lines"), known("last", quote.getString("last"))));
        }
        return quotes;
    }

    private static ClientReport report(JsonObject json, Instant at) {
        var generations = new HashMap<Integer, Long>();
        counts(json, "generations").forEach((key, count) -> generations.put(Integer.valueOf(key), count));
        List<Integer> ports = new ArrayList<>();
        JsonArray array = known("localPorts", json.getJsonArray("localPorts"));
        for (int index = 0; index < array.size(); index++) {
            ports.add(array.getInteger(index));
        }
        return new ClientReport(
                at,
                integer(json, "wanted"),
                integer(json, "connections"),
                integer(json, "served"),
                known("stalled", json.getBoolean("stalled")),
                count(json, "answers"),
                count(json, "unexpected"),
                generations,
                count(json, "connects"),
                counts(json, "failedConnects"),
                count(json, "selfConnects"),
                count(json, "resets"),
                count(json, "ends"),
                counts(json, "broken"),
                count(json, "outages"),
                instant(json, "lastGoodAnswerAt"),
                instant(json, "firstGoodAnswerAt"),
                json.getInteger("firstGoodGeneration"),
                json.getDouble("downtimeMs"),
                json.getDouble("downtimeTotalMs"),
                count(json, "bytesSent"),
                count(json, "bytesReceived"),
                json.getLong("bytesUnacknowledged"),
                count(json, "requestsLost"),
                count(json, "bytesLost"),
                trips(json.getJsonObject("roundTripMs")),
                ports,
                RequestReportJson.read(json.getJsonObject("requests")));
    }

    private static @Nullable RoundTripMs trips(@Nullable JsonObject json) {
        return json == null
                ? null
                : new RoundTripMs(
                        count(json, "count"),
                        known("p50", json.getDouble("p50")),
                        known("p90", json.getDouble("p90")),
                        known("p99", json.getDouble("p99")),
                        known("max", json.getDouble("max")));
    }

    private static Map<String, Long> counts(JsonObject json, String name) {
        JsonObject object = known(name, json.getJsonObject(name));
        var counts = new HashMap<String, Long>();
        object.fieldNames().forEach(key -> counts.put(key, count(object, key)));
        return counts;
    }

    private static @Nullable Instant instant(JsonObject json, String name) {
        String text = json.getString(name);
        return text == null ? null : Instant.parse(text);
    }

    private static int integer(JsonObject json, String name) {
        return known(name, json.getInteger(name));
    }

    static long count(JsonObject json, String name) {
        return known(name, json.getLong(name));
    }

    static <T> T known(String name, @Nullable T value) {
        if (value == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return value;
    }
}
