package dev.rebind.live.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.rebind.record.Json;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class AuditMarkdownTest {
    private static final String AUDIT = """
            {"at": "2026-01-01T12:00:00Z", "verdict": "would_be_blocked", "exit_code": 1, "left_out": 3,
             "listeners": [
               {"port": 8080, "address": "0.0.0.0", "options": {"reuse_address": false, "reuse_port": false},
                "pod": {"namespace": "shop", "name": "cart-1", "container": "cart", "node": "node-1"},
                "restart": {"verdict": "would_be_blocked", "text": "is blocked by 1 socket (a|b); free in 3 s"}},
               {"port": 9090, "address": "::", "options": null,
                "pod": {"namespace": "shop", "name": "cart-1", "container": null, "node": "node-1"},
                "restart": {"verdict": "not_known", "text": "cannot be told"}}],
             "untold": [{"pod": {"namespace": "shop", "name": "pay-1", "node": "node-2"}, "why": "no agent answers"}]}
            """;

    private static String report(String audit, @Nullable String namespace) throws JsonProcessingException {
        return AuditMarkdown.write(Json.mapper().readTree(audit), namespace);
    }

    @Test
    @DisplayName("When there is an audit, then its report has the sum, a row for each server, and what is not told")
    void report() throws JsonProcessingException {
        assertThat(report(AUDIT, "shop"))
                .contains(
                        "Namespace shop, at 2026-01-01T12:00:00Z. 2 servers: 1 would be blocked, 1 cannot be told, 0 bind at"
                                + " once. 3 more of the whole audit are not listed; these are the worst.")
                .contains(
                        "| shop | cart-1 | cart | node-1 | 8080 | 0.0.0.0 | off | off | is blocked by 1 socket (a\\|b);"
                                + " free in 3 s |\n")
                .contains("| shop | cart-1 |  | node-1 | 9090 | :: | not known | not known | cannot be told |\n")
                .endsWith("## Pods of which not every server is told\n\n- shop/pay-1: no agent answers\n");
    }

    @Test
    @DisplayName("When nobody listens, then the report says so, and has no table")
    void nobody() throws JsonProcessingException {
        assertThat(report(
                        "{\"at\": \"2026-01-01T12:00:00Z\", \"listeners\": [], \"untold\": [], \"left_out\": 0}", null))
                .contains("All audited namespaces, at 2026-01-01T12:00:00Z. 0 servers: ")
                .doesNotContain("|", "##");
    }
}
