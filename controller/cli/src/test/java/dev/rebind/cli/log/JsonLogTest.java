package dev.rebind.cli.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

class JsonLogTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final JsonLogProvider provider = provider();

    private JsonLogProvider provider() {
        var made = new JsonLogProvider(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        made.initialize();
        return made;
    }

    private List<String> lines() {
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    @DisplayName(
            "When something is logged, with a stack trace and line feeds or without, then it is one JSON object on one line")
    void lineEach() throws IOException {
        Logger log = provider.getLoggerFactory().getLogger("dev.rebind.Some");
        log.info("{} of {}\nwith \"quotes\"", 1, 2);
        log.error("it broke: {}", "here", new IllegalStateException("a\nb"));
        log.debug("not on");

        assertThat(lines()).hasSize(2);
        JsonNode first = new ObjectMapper().readTree(lines().getFirst());
        assertThat(Instant.parse(first.path("time").asText())).isNotNull();
        assertThat(first.path("level").asText()).isEqualTo("INFO");
        assertThat(first.path("logger").asText()).isEqualTo("dev.rebind.Some");
        assertThat(first.path("message").asText()).isEqualTo("1 of 2\nwith \"quotes\"");
        assertThat(first.has("error")).isFalse();
        JsonNode second = new ObjectMapper().readTree(lines().getLast());
        assertThat(second.path("message").asText()).isEqualTo("it broke: here");
        assertThat(second.path("error").asText()).startsWith("java.lang.IllegalStateException: a\nb\n\tat ");
    }

    @Test
    @DisplayName("When the log for people leaves something out, then so does the log as JSON")
    void levels() {
        Logger quiet = provider.getLoggerFactory().getLogger("io.micrometer.core.Some");
        assertThat(quiet.isWarnEnabled()).isFalse();
        assertThat(quiet.isErrorEnabled()).isTrue();
        assertThat(provider.getLoggerFactory().getLogger("io.vertx.Some").isInfoEnabled())
                .isTrue();
    }
}
