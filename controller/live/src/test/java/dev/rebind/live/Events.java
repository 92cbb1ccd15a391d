package dev.rebind.live;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rebind.record.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A reader of server-sent events, as the HTML standard (section 9.2.6) says they are read. Blocks. */
public final class Events implements AutoCloseable {
    private final HttpClient client = HttpClient.newHttpClient();
    private final InputStream in;
    private final BufferedReader lines;

    public record Event(String type, @Nullable String id, JsonNode data) {}

    /** @param last id of the last event that this reader has */
    public Events(URI uri, @Nullable String last) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(uri);
        if (last != null) {
            request.header("Last-Event-ID", last);
        }
        var response = client.send(request.build(), BodyHandlers.ofInputStream());
        if (response.statusCode() != 200) {
            throw new IOException(
                    response.statusCode() + ": " + new String(response.body().readAllBytes(), StandardCharsets.UTF_8));
        }
        in = response.body();
        lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    }

    /** The next one that is no beat; null at the end of the stream. */
    public @Nullable Event next() throws IOException {
        String type = "message";
        String id = null;
        String data = null;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("event: ")) {
                type = line.substring("event: ".length());
            } else if (line.startsWith("id: ")) {
                id = line.substring("id: ".length());
            } else if (line.startsWith("data: ")) {
                data = line.substring("data: ".length());
            } else if (line.isEmpty() && data != null) {
                if (!type.equals("beat")) {
                    return new Event(type, id, Json.mapper().readTree(data));
                }
                type = "message";
                data = null;
            }
        }
        return null;
    }

    /** The next one of the type; others before it are passed over. */
    public Event next(String type) throws IOException {
        for (Event event = next(); event != null; event = next()) {
            if (event.type().equals(type)) {
                return event;
            }
        }
        throw new IOException("the stream ended before an event " + type);
    }

    @Override
    public void close() throws IOException {
        in.close();
        client.shutdownNow();
    }
}
