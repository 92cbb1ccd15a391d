package dev.rebind.server.protocol;

import dev.rebind.child.protocol.StopWay;
import dev.rebind.server.protocol.ServerEvent.Attempt;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Server events as JSON lines, both ways. Unknown members are ignored, so that a newer server can say more. */
public final class ServerEventLine {
    private ServerEventLine() {}

    /** What a line holds. */
    public sealed interface Parsed {
        record Event(ServerEvent event) implements Parsed {}

        /** A line that is no event: something else wrote to the server's standard output. */
        record Garbage(String line, String why) implements Parsed {}
    }

    public static JsonObject write(ServerEvent event) {
        return switch (event) {
            case ServerEvent.Bound bound -> attempt("bound", bound.attempt(), bound.at());
            case ServerEvent.BindFailed failed ->
                attempt("failed", failed.attempt(), failed.at(), failed.errno(), failed.errnoNumber(), failed.call())
                        .put("message", failed.message());
            case ServerEvent.Refused refused ->
                attempt("refused", refused.attempt(), refused.at()).put("message", refused.message());
            case ServerEvent.Unbound unbound ->
                event("unbound", unbound.at()).put("connections", unbound.connections());
            case ServerEvent.Stopped stopped ->
                event("stopped", stopped.at())
                        .put("way", stopped.way().name())
                        .put("connections", stopped.connections())
                        .put("accepted", stopped.accepted());
            case ServerEvent.Report report ->
                event("report", report.at())
                        .put("listening", report.listening())
                        .put("connections", report.connections())
                        .put("accepted", report.accepted());
            case ServerEvent.Misunderstood misunderstood ->
                event("misunderstood", misunderstood.at()).put("line", misunderstood.line());
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

    private static JsonObject attempt(String outcome, Attempt attempt, Instant at) {
        return attempt(outcome, attempt, at, null, null, null);
    }

    private static JsonObject attempt(
            String outcome,
            Attempt attempt,
            Instant at,
            @Nullable String errno,
            @Nullable Integer errnoNumber,
            @Nullable String call) {
        JsonObject json = new JsonObject().put("event", "bind").put("outcome", outcome);
        putKnown(json, "errno", errno);
        putKnown(json, "errnoNumber", errnoNumber);
        putKnown(json, "call", call);
        return json.put("address", attempt.address())
                .put("port", attempt.port())
                .put("reuseAddress", attempt.reuseAddress())
                .put("reusePort", attempt.reusePort())
                .put("transport", attempt.transport())
                .put("generation", attempt.generation())
                .put("pid", attempt.pid())
                .put("at", at.toString());
    }

    private static void putKnown(JsonObject json, String name, @Nullable Object value) {
        if (value != null) {
            json.put(name, value);
        }
    }

    private static ServerEvent event(JsonObject json) {
        Instant at = Instant.parse(text(json, "at"));
        String name = text(json, "event");
        return switch (name) {
            case "bind" -> bind(json, at);
            case "unbound" ->
                new ServerEvent.Unbound(number(json, "connections").intValue(), at);
            case "stopped" ->
                new ServerEvent.Stopped(
                        StopWay.valueOf(text(json, "way")),
                        number(json, "connections").intValue(),
                        number(json, "accepted").longValue(),
                        at);
            case "report" ->
                new ServerEvent.Report(
                        flag(json, "listening"),
                        number(json, "connections").intValue(),
                        number(json, "accepted").longValue(),
                        at);
            case "misunderstood" -> new ServerEvent.Misunderstood(text(json, "line"), at);
            default -> throw new IllegalArgumentException("no event is called " + name);
        };
    }

    private static ServerEvent bind(JsonObject json, Instant at) {
        Attempt attempt = new Attempt(
                text(json, "address"),
                number(json, "port").intValue(),
                flag(json, "reuseAddress"),
                flag(json, "reusePort"),
                text(json, "transport"),
                number(json, "generation").intValue(),
                number(json, "pid").longValue());
        String outcome = text(json, "outcome");
        return switch (outcome) {
            case "bound" -> new ServerEvent.Bound(attempt, at);
            case "failed" ->
                new ServerEvent.BindFailed(
                        attempt,
                        at,
                        json.getString("errno"),
                        json.getInteger("errnoNumber"),
                        json.getString("call"),
                        text(json, "message"));
            case "refused" -> new ServerEvent.Refused(attempt, at, text(json, "message"));
            default -> throw new IllegalArgumentException("no outcome is called " + outcome);
        };
    }

    private static String text(JsonObject json, String name) {
        return known(name, json.getString(name));
    }

    private static Number number(JsonObject json, String name) {
        return known(name, json.getNumber(name));
    }

    private static boolean flag(JsonObject json, String name) {
        return known(name, json.getBoolean(name));
    }

    private static <T> T known(String name, @Nullable T value) {
        if (value == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return Objects.requireNonNull(value);
    }
}
