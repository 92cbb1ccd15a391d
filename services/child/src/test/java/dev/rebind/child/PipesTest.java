package dev.rebind.child;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PipesTest {
    @Test
    @DisplayName("Orders arrive line by line; the end of input means that the parent is gone")
    void parent() throws IOException {
        var orders = new CopyOnWriteArrayList<String>();
        var gone = new AtomicBoolean();
        try (var parent = new PipedOutputStream()) {
            ParentLink.follow(new PipedInputStream(parent), orders::add, () -> gone.set(true));
            parent.write("stop close\n\n report \n".getBytes(StandardCharsets.UTF_8));
            parent.flush();
            await().untilAsserted(() -> assertThat(orders).containsExactly("stop close", "report"));
            assertThat(gone).isFalse();
        }
        await().untilTrue(gone);
    }

    @Test
    @DisplayName("An event is one line, whatever its texts hold")
    void line() {
        var bytes = new ByteArrayOutputStream();
        assertThat(new JsonLines(bytes).write(new JsonObject().put("message", "two\nlines")))
                .isTrue();
        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo("{\"message\":\"two\\nlines\"}\n");
    }

    @Test
    @DisplayName("A reader that is gone is told, not thrown")
    void nobodyReads() {
        var broken = new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        assertThat(new JsonLines(broken).write(new JsonObject())).isFalse();
    }
}
