package dev.rebind.child;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Attacks on a real port. Where a limit did not hold, a test would wait for ever: hence the time-out. */
@Timeout(60)
class BoundedHttpTest {
    private static final int CONNECTIONS = 2;
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final BoundedHttp.Limits LIMITS =
            new BoundedHttp.Limits(CONNECTIONS, SHORT, SHORT, SHORT, Duration.ofSeconds(60));
    private static final String GET = "GET /fine HTTP/1.1\r\nHost: x\r\n\r\n";

    private final Vertx vertx = LeanVertx.builder(new VertxOptions()).build();
    private HttpServer server;

    /** Answers GET, and refuses everything else without a look at its body. */
    private static void answer(HttpServerRequest request) {
        boolean fine = request.method().equals(HttpMethod.GET);
        var _ = request.response().setStatusCode(fine ? 200 : 401).end(fine ? "fine\n" : "no\n");
    }

    @BeforeEach
    void open() {
        server = BoundedHttp.server(vertx, LIMITS, BoundedHttpTest::answer)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), server.actualPort());
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** All that comes until the server closes; a reset is a close too. */
    private static String rest(Socket socket) throws IOException {
        var text = new StringBuilder();
        InputStream in = socket.getInputStream();
        try {
            for (int b = in.read(); b >= 0; b = in.read()) {
                text.append((char) b);
            }
        } catch (IOException e) {
            text.append('(').append(e.getMessage()).append(')');
        }
        return text.toString();
    }

    /** What comes until it ends so. */
    private static String until(Socket socket, String end) throws IOException {
        var text = new StringBuilder();
        while (text.indexOf(end) < 0) {
            int b = socket.getInputStream().read();
            if (b < 0) {
                throw new AssertionError("closed after: " + text);
            }
            text.append((char) b);
        }
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GET /fine HT", "GET /fine HTTP/1.1\r\nHost: x\r\nX-Slow: "})
    @DisplayName("When a head does not come, or not whole, then the connection is closed")
    void head(String begun) throws IOException {
        try (Socket socket = connect()) {
            send(socket, begun);
            assertThat(rest(socket)).doesNotContain("200");
        }
    }

    @Test
    @DisplayName("When a head comes one byte at a time, then the connection is closed all the same")
    void drops() throws IOException {
        try (ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();
                Socket socket = connect()) {
            send(socket, "GET /fine HTTP/1.1\r\nX-Slow: ");
            // Ends with the first byte that the closed connection does not take.
            var _ = pace.scheduleWithFixedDelay(() -> drop(socket), 0, 20, TimeUnit.MILLISECONDS);
            assertThat(rest(socket)).doesNotContain("200");
        }
    }

    private static void drop(Socket socket) {
        try {
            send(socket, "a");
        } catch (IOException closed) {
            throw new UncheckedIOException(closed);
        }
    }

    @Test
    @DisplayName("When a body does not come, then the connection is closed")
    void body() throws IOException {
        HttpServer reading = BoundedHttp.server(
                        vertx, LIMITS, request -> request.body().onSuccess(_ -> answer(request)))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), reading.actualPort())) {
            send(socket, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf");
            assertThat(rest(socket)).doesNotContain("HTTP/1.1");
        }
    }

    @Test
    @DisplayName("When nothing follows an answer, then the connection is closed, and not before the answer is read")
    void next() throws IOException {
        try (Socket socket = connect()) {
            send(socket, GET + GET);
            assertThat(rest(socket)).containsPattern("(?s)200 OK.*fine\n.*200 OK.*fine\n");
        }
    }

    @Test
    @DisplayName(
            "When there are as many connections as may be, then another one is closed, and comes in when one is gone")
    void connections() throws IOException {
        try (Socket one = connect();
                Socket two = connect()) {
            send(one, GET);
            send(two, GET);
            until(one, "fine\n");
            until(two, "fine\n");
            try (Socket three = connect()) {
                assertThat(rest(three)).doesNotContain("200");
            }
            rest(one);
            rest(two);
        }
        // The other side knows of a connection's end a moment before the server counts it.
        String answer = "";
        for (int tries = 0; tries < 1_000 && !answer.startsWith("HTTP"); tries++) {
            try (Socket four = connect()) {
                send(four, GET);
                answer = rest(four);
            }
        }
        assertThat(answer).startsWith("HTTP/1.1 200");
    }

    @Test
    @DisplayName("When a request is refused, then its body is not read, and the refusal arrives")
    void refused() throws IOException {
        long length = 900_000_000;
        try (Socket socket = connect()) {
            send(socket, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + "\r\n\r\n");
            assertThat(until(socket, "no\n")).startsWith("HTTP/1.1 401").containsIgnoringCase("connection: close");
            long sent = 0;
            byte[] piece = new byte[1 << 16];
            try {
                while (sent < length) {
                    socket.getOutputStream().write(piece);
                    sent += piece.length;
                }
            } catch (IOException _) {
                // The server has closed.
            }
            assertThat(sent).as("what fits into the buffers of two sockets").isLessThan(32 << 20);
        }
    }

    @Test
    @DisplayName(
            "When an answer is not read, then it is dropped with its connection, also where the connection is not idle")
    void unread() throws IOException {
        var taken = new CompletableFuture<Boolean>();
        HttpServer large = BoundedHttp.server(
                        vertx,
                        LIMITS.withIdle(Duration.ofMinutes(10)),
                        request -> request.response()
                                .end(Buffer.buffer(new byte[64 << 20]))
                                .onComplete(result -> taken.complete(result.succeeded())))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), large.actualPort())) {
            send(socket, GET);
            assertThat(socket.getInputStream().read()).isEqualTo('H');
            assertThat(taken.join()).isFalse();
        }
    }

    @Test
    @DisplayName("When nothing is said of limits, then they are those that the documentation promises")
    void usual() throws IOException {
        BoundedHttp.Limits usual = BoundedHttp.Limits.USUAL;
        String security = Files.readString(Path.of("../../docs/security.md"));

        assertThat(usual)
                .isEqualTo(new BoundedHttp.Limits(
                        256,
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(75),
                        Duration.ofSeconds(60)));
        assertThat(security)
                .contains(
                        "A server has " + usual.connections() + " connections at most",
                        "The head of a request has " + usual.head().toSeconds() + " s, its body "
                                + usual.body().toSeconds() + " s; between two requests a connection has "
                                + usual.next().toSeconds() + " s",
                        "has " + usual.next().toSeconds() + " s to be read",
                        "nothing moves for " + usual.idle().toSeconds() + " s");
    }

    @Test
    @DisplayName("When a refused body is short, then the connection is good for another request")
    void shortBody() throws IOException {
        try (Socket socket = connect()) {
            send(socket, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nnone" + GET);
            assertThat(until(socket, "fine\n")).contains("401").contains("200");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", """
                GET /fine HTTP/1.1\r
                Host: x\r
                Connection: Upgrade, HTTP2-Settings\r
                Upgrade: h2c\r
                HTTP2-Settings: AAMAAABkAAQAAP__\r
                \r
                """})
    @DisplayName("When somebody wants HTTP/2 in clear text, then there is none")
    void noHttp2(String request) throws IOException {
        try (Socket socket = connect()) {
            send(socket, request);
            assertThat(rest(socket)).doesNotContain("101 Switching").doesNotContain("\0");
        }
    }
}
