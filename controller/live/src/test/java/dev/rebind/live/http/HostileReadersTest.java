package dev.rebind.live.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.live.Events;
import dev.rebind.record.RecordBuilder;
import dev.rebind.record.Verdict;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whoever sends nonsense, or reads nothing, disturbs nobody else and leaves nothing in the log. On real sockets. */
@Timeout(120)
class HostileReadersTest {
    private static final int PLACES = 128;

    @TempDir
    Path folder;

    private final List<Socket> sockets = new ArrayList<>();
    private ReportCache shelf;
    private LiveServer server;

    @BeforeEach
    void open() throws IOException {
        shelf = new ReportCache(folder);
        server = LiveServer.open(0, shelf, shelf);
    }

    @AfterEach
    void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        server.close();
    }

    private Socket send(String text) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        sockets.add(socket);
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }

    private String head(String first) {
        return first + " HTTP/1.1\r\nHost: 127.0.0.1:" + server.port() + "\r\n";
    }

    /** Up to the first blank line. */
    private static String answer(Socket socket) throws IOException {
        var bytes = new ByteArrayOutputStream();
        while (!bytes.toString(StandardCharsets.ISO_8859_1).contains("\r\n\r\n")) {
            int b = socket.getInputStream().read();
            if (b < 0) {
                break;
            }
            bytes.write(b);
        }
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    @DisplayName(
            "When all places are taken by readers that read nothing, then the next reader gets the place of the first")
    void places() throws IOException, InterruptedException {
        for (int i = 0; i < PLACES; i++) {
            assertThat(answer(send(head("GET /v1/events") + "\r\n"))).startsWith("HTTP/1.1 200");
        }
        try (var events = new Events(URI.create(server.address() + "v1/events"), null)) {
            assertThat(events.next("ready")).isNotNull();
        }
        Socket first = sockets.getFirst();
        try {
            while (first.getInputStream().read() >= 0) {
                // What was sent before the end.
            }
        } catch (IOException _) {
            // A reset is an end too.
        }
        Socket second = sockets.get(1);
        assertThat(second.getInputStream().read()).as("others go on").isNotNegative();
    }

    @Test
    @DisplayName("When as many read no report as reports are made at a time, then the next reader gets a whole one")
    void reports() throws IOException {
        try (var book = shelf.put("one", "a")) {
            for (int cycle = 1; cycle <= 3_000; cycle++) {
                book.add(new RecordBuilder("one", cycle)
                        .left(Map.of("TIME_WAIT", 4), Map.of())
                        .sample(0, "server", Map.of("ESTABLISHED", 4))
                        .sample(12, "server", Map.of("TIME_WAIT", 4))
                        .judged(Verdict.Pass, "It was bound. " + "A long sentence of cycle " + cycle + ". ".repeat(500))
                        .build());
            }
            for (int i = 0; i < 2; i++) {
                var silent = new Socket();
                sockets.add(silent);
                silent.setReceiveBufferSize(4_096);
                silent.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
                silent.getOutputStream()
                        .write((head("GET /v1/experiments/local/one/report.html") + "\r\n")
                                .getBytes(StandardCharsets.ISO_8859_1));
                assertThat(answer(silent)).startsWith("HTTP/1.1 200").contains("transfer-encoding: chunked");
            }
            Socket reader = send(head("GET /v1/experiments/local/one/report.html") + "Connection: close\r\n\r\n");
            String report = new String(reader.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(report).startsWith("HTTP/1.1 200").contains("</html>");
        }
    }

    @Test
    @DisplayName("When a parameter is long, then the answer repeats its beginning only")
    void longParameters() throws IOException {
        String longest = "x".repeat(3_000);
        for (String path : List.of("/v1/experiments/local/" + longest, "/v1/experiments/" + longest + "/x/records")) {
            Socket socket = send(head("GET " + path) + "Connection: close\r\n\r\n");
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer)
                    .startsWith("HTTP/1.1 404")
                    .contains("there is no experiment ")
                    .doesNotContain("x".repeat(201));
        }
    }

    @Test
    @DisplayName("When requests are nonsense, then each is refused, and nothing is logged")
    void nonsense() throws IOException {
        List<LogRecord> logged = new CopyOnWriteArrayList<>();
        var handler = new Handler() {
            @Override
            public void publish(LogRecord one) {
                logged.add(one);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger root = Logger.getLogger("");
        root.addHandler(handler);
        try {
            List<String> requests = List.of(
                    head("GET /v1/experiments/%zz/x") + "\r\n",
                    head("GET /v1/experiments/local/x/records?after=%zz") + "\r\n",
                    head("GET ?") + "\r\n",
                    head("BREW /v1/experiments") + "\r\n",
                    head("OPTIONS *") + "\r\n",
                    head("GET /" + "a".repeat(9_000)) + "\r\n",
                    head("GET /v1/about") + "X: " + "y".repeat(20_000) + "\r\n\r\n",
                    "GET /v1/about HTTP/1.1\r\n\r\n",
                    "GET /v1/about HTTP/1.1\r\nHost: a:b:c\r\n\r\n",
                    "GET /v1/about HTTP/9.9\r\n\r\n",
                    "nonsense\r\n\r\n",
                    head("POST /v1/experiments") + "Content-Length: -1\r\n\r\n",
                    head("POST /v1/experiments") + "Authorization: Bearer " + ReportCache.TOKEN
                            + "\r\nContent-Length: 5000000\r\n\r\n",
                    head("POST /v1/experiments") + "Authorization: Bearer " + ReportCache.TOKEN
                            + "\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                    head("POST /v1/experiments") + "Authorization: Bearer " + ReportCache.TOKEN
                            + "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n\r\n%zz",
                    head("POST /v1/experiments") + "Authorization: Bearer " + ReportCache.TOKEN
                            + "\r\nExpect: miracles\r\nContent-Length: 3\r\n\r\nabc");
            for (String request : requests) {
                String answer = answer(send(request));
                assertThat(answer).as(request.lines().findFirst().orElse("")).doesNotContain(" 200 ", " 500 ");
            }
            assertThat(answer(send(head("GET /v1/about") + "\r\n"))).startsWith("HTTP/1.1 200");
        } finally {
            root.removeHandler(handler);
        }
        assertThat(logged)
                .extracting(one -> one.getLoggerName() + ": " + one.getMessage())
                .isEmpty();
    }
}
