package dev.rebind.live;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rebind.child.SettingsPage;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class HttpApiReferenceTest {
    private final OpenApi description = new OpenApi();

    @Test
    @DisplayName("docs/reference/http-api.md says what openapi.yaml says")
    void page() {
        var page = new StringBuilder("""
                # HTTP API

                The full description, with parameters, schemas and events, is [openapi.yaml](../../controller/live/src/main/resources/dev/rebind/live/openapi.yaml)
                (OpenAPI 3.1), which the server itself serves at `/openapi.yaml`. Tests check the server against it. [security.md](../security.md#over-http) says who may do what.

                """);
        page.append(description.document().at("/info/description").asText().strip())
                .append("\n\n## Paths\n\n");
        page.append("| request | what | answers |\n| --- | --- | --- |\n");
        for (Map.Entry<String, JsonNode> path :
                description.document().path("paths").properties()) {
            for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
                if (method.getValue().has("operationId")) {
                    page.append(row(path.getKey(), method.getKey(), method.getValue()));
                }
            }
        }
        page.append("\n## Events\n");
        for (String path : new String[] {"/v1/events", "/v1/experiments/{namespace}/{name}/events"}) {
            JsonNode get = description.document().path("paths").path(path).path("get");
            page.append("\n`GET ").append(path).append("`: ");
            page.append(get.path("description").asText().strip()).append("\n\n");
            page.append(get.at("/responses/200/description").asText().strip()).append('\n');
        }
        SettingsPage.hold(Path.of("../../docs/reference/http-api.md"), page.toString());
    }

    private static String row(String path, String method, JsonNode operation) {
        String answers = StreamSupport.stream(
                        ((Iterable<String>) () -> operation.path("responses").fieldNames()).spliterator(), false)
                .sorted()
                .collect(Collectors.joining(", "));
        return "| `" + method.toUpperCase(Locale.ROOT) + " " + path + "` | "
                + operation.path("summary").asText() + (operation.has("security") ? " (token)" : "") + " | " + answers
                + " |\n";
    }
}
