package dev.rebind.e2e.prometheus;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rebind.e2e.cluster.BrokenException;
import dev.rebind.e2e.cluster.Cluster;
import dev.rebind.e2e.cluster.Http;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The HTTP API of a Prometheus. A query that it does not take is a {@link BrokenException} with its own words. */
public record Prometheus(String url) {
    /** What a reader of a dashboard looks at: half an hour at a resolution of 15 seconds. */
    static final int SPAN_SECONDS = 1800;

    static final int STEP_SECONDS = 15;

    public Prometheus {
        url = url.replaceFirst("/+$", "");
    }

    /** The data of an answer. */
    public JsonNode ask(String path, Map<String, String> parameters) {
        String query = parameters.entrySet().stream()
                .map(one -> URLEncoder.encode(one.getKey(), StandardCharsets.UTF_8) + "="
                        + URLEncoder.encode(one.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        URI uri = URI.create(url + "/api/v1/" + path + "?" + query);
        Http.Answer answer = Http.send(
                HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30)).build());
        if (answer.status() != 200) {
            throw new BrokenException(
                    "Prometheus says " + answer.status() + " to " + path + " " + parameters + ": " + answer.body());
        }
        return Cluster.json(path, answer.body()).path("data");
    }

    public List<JsonNode> now(String expression) {
        JsonNode data = ask("query", Map.of("query", expression));
        return data.path("resultType").asText().equals("scalar") ? List.of(data) : list(data.path("result"));
    }

    public List<JsonNode> overTime(String expression) {
        long end = Instant.now().getEpochSecond();
        return list(ask(
                        "query_range",
                        Map.of(
                                "query", expression,
                                "start", String.valueOf(end - SPAN_SECONDS),
                                "end", String.valueOf(end),
                                "step", String.valueOf(STEP_SECONDS)))
                .path("result"));
    }

    /** The values of a label, of the series that match; of all where it is empty. */
    List<String> values(String label, String match) {
        long end = Instant.now().getEpochSecond();
        Map<String, String> span = Map.of("start", String.valueOf(end - SPAN_SECONDS), "end", String.valueOf(end));
        Map<String, String> parameters = match.isEmpty()
                ? span
                : Stream.of(span, Map.of("match[]", match))
                        .flatMap(one -> one.entrySet().stream())
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        return list(ask("label/" + label + "/values", parameters)).stream()
                .map(JsonNode::asText)
                .toList();
    }

    /** Those of which a panel shows anything: NaN is not drawn. */
    public static List<JsonNode> shown(List<JsonNode> series) {
        return series.stream()
                .filter(one -> {
                    // A point is a pair of time and value; a scalar is one under "result".
                    Stream<JsonNode> points = one.has("values")
                            ? list(one.path("values")).stream()
                            : Stream.of(one.has("value") ? one.path("value") : one.path("result"));
                    return points.anyMatch(point -> !point.path(1).asText().equals("NaN"));
                })
                .toList();
    }

    public static List<JsonNode> list(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }
}
