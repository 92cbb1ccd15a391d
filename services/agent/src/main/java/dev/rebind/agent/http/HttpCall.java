package dev.rebind.agent.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.wire.Wire;
import dev.rebind.agent.wire.WireMessages;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One request with its whole body; safe for any thread. */
record HttpCall(
        String line,
        MultiMap headers,
        MultiMap query,
        Map<String, String> path,
        @Nullable Buffer body) {
    static HttpCall of(RoutingContext context) {
        return new HttpCall(
                context.request().method() + " " + context.request().uri(),
                context.request().headers(),
                context.queryParams(),
                Map.copyOf(context.pathParams()),
                context.body().buffer());
    }

    /** Returns the body as a record. */
    <T> T as(Class<T> type) {
        Buffer buffer = body;
        if (buffer == null || buffer.length() == 0) {
            throw HttpRefusal.badRequest("a JSON body is needed");
        }
        String mediaType = String.valueOf(headers.get("Content-Type"));
        if (!mediaType.split(";", 2)[0].strip().equalsIgnoreCase("application/json")) {
            throw HttpRefusal.mediaType();
        }
        try {
            T value = Wire.mapper().readValue(buffer.getBytes(), type);
            if (value == null) {
                throw HttpRefusal.badRequest("a JSON object is needed");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw HttpRefusal.badRequest(e);
        } catch (IOException e) {
            throw HttpRefusal.badRequest(String.valueOf(e.getMessage()));
        }
    }

    /** Returns the place that the query names. */
    Place place() {
        String port = query.get("port");
        String address = query.get("address");
        if (port == null || address == null) {
            throw HttpRefusal.badRequest("the query names an address and a port");
        }
        try {
            return checked(new Place(address, Integer.parseInt(port)));
        } catch (NumberFormatException e) {
            throw HttpRefusal.badRequest("port: " + port + " is no number");
        }
    }

    static Place checked(Place place) {
        if (place.port() < 1 || place.port() > 65_535) {
            throw HttpRefusal.badRequest("port: " + place.port() + " is not in 1 to 65535");
        }
        try {
            var _ = InetAddress.ofLiteral(place.address());
        } catch (IllegalArgumentException e) {
            throw HttpRefusal.badRequest("address: " + place.address() + " is no IPv4 or IPv6 address");
        }
        return place;
    }

    String id() {
        return path.getOrDefault("id", "");
    }

    @Nullable
    String hold() {
        return headers.get(WireMessages.HOLD_HEADER);
    }
}
