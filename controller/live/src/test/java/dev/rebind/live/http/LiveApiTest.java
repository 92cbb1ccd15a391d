package dev.rebind.live.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rebind.diagnosis.Cause;
import dev.rebind.live.Events;
import dev.rebind.live.OpenApi;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Json;
import dev.rebind.record.Phase;
import dev.rebind.record.RecordBuilder;
import dev.rebind.record.Verdict;
import dev.rebind.record.bind.Blocking;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The real routes on a real port of the loopback address. */
class LiveApiTest {
    private static final Blocking SOCKET =
            new Blocking("TIME_WAIT", "127.0.0.1:18080", "127.0.0.1:40000", 59_000L, null, null, 1);

    @TempDir
    Path folder;

    private final OpenApi description = new OpenApi();
    private ReportCache shelf;
    private LiveServer server;
    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeEach
    void open() throws IOException {
        shelf = new ReportCache(folder);
        server = LiveServer.open(0, shelf, shelf);
    }

    @AfterEach
    void close() {
        server.close();
        client.shutdownNow();
    }

    private static CycleRecord record(int cycle) {
        return new RecordBuilder("one", cycle)
                .left(Map.of("TIME_WAIT", 4), Map.of())
                .failed(12, "bind", Cause.time_wait, SOCKET, SOCKET, SOCKET, SOCKET)
                .sample(0, "server", Map.of("ESTABLISHED", 4))
                .sample(12, "server", Map.of("TIME_WAIT", 4))
                .judged(Verdict.Pass, "The new server could not bind. 4 sockets in TIME_WAIT.")
                .build();
    }

    private URI uri(String path) {
        return URI.create(server.address() + path);
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return described(
                "get", path, client.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString()));
    }

    /** The answer, once it was found to be as {@code openapi.yaml} says. */
    private HttpResponse<String> described(String method, String path, HttpResponse<String> answer) {
        String operation = "/"
                + path.replaceAll("\\?.*", "")
                        .replaceAll("^v1/experiments/[^/]+/[^/]+", "v1/experiments/{namespace}/{name}")
                        .replaceAll("/records/[^/]+$", "/records/{cycle}");
        assertThat(description.violations(
                        method,
                        operation,
                        answer.statusCode(),
                        answer.headers().firstValue("Content-Type").orElse(null),
                        answer.body()))
                .isEmpty();
        return answer;
    }

    private HttpResponse<String> post(String path, String body, String... headers)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(uri(path)).POST(HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return described("post", path, client.send(request.build(), BodyHandlers.ofString()));
    }

    @Test
    @DisplayName("When anything is asked, then its answer is as openapi.yaml says")
    void described() throws IOException, InterruptedException {
        try (var book = shelf.put("one", "a")) {
            book.add(record(1));
            book.step(2, "stopping the old generation");
            assertThat(get("livez").statusCode()).isEqualTo(200);
            assertThat(get("readyz").statusCode()).isEqualTo(200);
            assertThat(get("cycle-record.schema.json").statusCode()).isEqualTo(200);
            assertThat(tree(get("v1/about").body()).path("actions")).hasSize(3);
            assertThat(tree(get("v1/experiments").body())
                            .at("/experiments/0/counts/failedByCause/time_wait")
                            .asInt())
                    .isEqualTo(1);
            assertThat(tree(get("v1/experiments/local/one").body())
                            .at("/steps/0/cycle")
                            .asInt())
                    .isEqualTo(2);
            assertThat(get("v1/experiments/local/one/sockets").statusCode()).isEqualTo(409);
            HttpResponse<String> audit = get("v1/audit");
            assertThat(audit.statusCode()).isEqualTo(409);
            assertThat(audit.body()).contains("rebind audit");
            assertThat(post("v1/experiments", "two", "Authorization", "Bearer " + ReportCache.TOKEN)
                            .headers()
                            .firstValue("Location"))
                    .contains("/v1/experiments/local/two");
            assertThat(post("v1/experiments", "two").statusCode()).isEqualTo(401);
        }
    }

    @Test
    @DisplayName(
            "When somebody listens on the port, then the answer to why is that of rebind why, and before there is a port it says so")
    void why() throws IOException, InterruptedException {
        try (var book = shelf.put("one", "a");
                var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(get("v1/experiments/local/one/why").statusCode()).isEqualTo(409);
            book.port = listener.getLocalPort();
            JsonNode answer = tree(get("v1/experiments/local/one/why").body());

            assertThat(answer.path("port").asInt()).isEqualTo(listener.getLocalPort());
            assertThat(answer.at("/answers/0/answeredBy").asText()).isEqualTo("machine");
            JsonNode diagnosis = answer.at("/answers/0/diagnosis");
            assertThat(diagnosis.path("verdict").asText()).isEqualTo("taken");
            assertThat(diagnosis.path("summary").asText())
                    .contains("Port " + listener.getLocalPort() + " is taken")
                    .contains("pid " + ProcessHandle.current().pid());
            assertThat(diagnosis.at("/blocking/0/state").asText()).isEqualTo("LISTEN");
        }
    }

    @Test
    @DisplayName(
            "When two experiments are compared, then it is said what differs, by how much, and with how many cycles")
    void compared() throws IOException, InterruptedException {
        try (var slow = shelf.put("slow", "a");
                var quick = shelf.put("quick", "b");
                var _ = shelf.put("fresh", "c")) {
            for (int cycle = 1; cycle <= 8; cycle++) {
                slow.add(new RecordBuilder("slow", cycle).bound(900 + cycle).build());
                quick.add(new RecordBuilder("quick", cycle).bound(100 + cycle).build());
            }
            JsonNode answer = tree(
                    get("v1/experiments/local/slow/comparison?with=local/quick").body());
            assertThat(answer.at("/before/name").asText()).isEqualTo("slow");
            assertThat(answer.at("/after/cycles").asInt()).isEqualTo(8);
            assertThat(answer.at("/measures")).anySatisfy(line -> {
                assertThat(line.path("measure").asText()).isEqualTo("stop to bound");
                assertThat(line.path("before").asText()).isEqualTo("904 ms");
                assertThat(line.path("difference").asText()).isEqualTo("-800 ms");
                assertThat(line.path("change").asText()).isEqualTo("better");
                assertThat(line.path("told").asText()).startsWith("better, p = 0.000");
            });
            assertThat(answer.at("/conclusion").asText()).startsWith("Something is better");
            assertThat(tree(get("v1/experiments/local/slow/comparison?with=local/fresh")
                                    .body())
                            .at("/conclusion")
                            .asText())
                    .startsWith("No difference is seen");
            assertThat(get("v1/experiments/local/slow/comparison?with=local/none")
                            .statusCode())
                    .isEqualTo(404);
            assertThat(get("v1/experiments/local/slow/comparison").statusCode()).isEqualTo(400);
        }
    }

    @Test
    @DisplayName("When events are told, then their data is as openapi.yaml says")
    void describedEvents() throws IOException, InterruptedException {
        Map<String, String> schemas = Map.of(
                "experiment", "Experiment", "step", "Steps", "record", "CycleRecord", "ready", "Beat", "gone", "Named");
        try (var book = shelf.put("one", "a");
                var events = new Events(uri("v1/experiments/local/one/events"), null)) {
            book.add(record(1));
            book.step(2, "stopping the old generation");
            List<String> seen = new ArrayList<>();
            for (var event = events.next(); event != null; event = events.next()) {
                assertThat(description.violations(
                                Objects.requireNonNull(schemas.get(event.type()), event.type()), event.data()))
                        .isEmpty();
                seen.add(event.type());
                if (event.type().equals("record")) {
                    shelf.remove("one");
                }
            }
            assertThat(seen).containsAll(schemas.keySet());
        }
    }

    @Test
    @DisplayName("When records are asked for, then they come as they were stored, from where and as many as wanted")
    void records() throws IOException, InterruptedException {
        try (var book = shelf.put("one", "a")) {
            assertThat(get("v1/experiments/local/one/records").body()).isEmpty();
            for (int cycle = 1; cycle <= 5; cycle++) {
                book.add(record(cycle));
            }
            var whole = get("v1/experiments/local/one/records");
            assertThat(whole.headers().firstValue("Content-Type")).contains("application/jsonl");
            assertThat(whole.headers().firstValue("Rebind-Uid")).contains("a");
            assertThat(whole.body().lines().map(LiveApiTest::parsed))
                    .isEqualTo(IntStream.rangeClosed(1, 5)
                            .mapToObj(LiveApiTest::record)
                            .toList());
            assertThat(get("v1/experiments/local/one/records?after=2&limit=2")
                            .body()
                            .lines()
                            .map(LiveApiTest::parsed))
                    .extracting(CycleRecord::cycle)
                    .containsExactly(3, 4);
            assertThat(parsed(get("v1/experiments/local/one/records?limit=1&view=brief")
                            .body()
                            .strip()))
                    .isEqualTo(record(1).brief(List.of(SOCKET, SOCKET, SOCKET)));
            assertThat(parsed(get("v1/experiments/local/one/records/4").body())).isEqualTo(record(4));
            assertThat(get("v1/experiments/local/one/records/6").statusCode()).isEqualTo(404);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"after=-1", "after=x", "limit=0", "limit=", "view=all"})
    @DisplayName("When a parameter is not what it may be, then 400 and a sentence")
    void parameters(String query) throws IOException, InterruptedException {
        try (var _ = shelf.put("one", "a")) {
            var answer = get("v1/experiments/local/one/records?" + query);
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.body()).startsWith(query.substring(0, query.indexOf('=')) + " is ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/records", "/records/1", "/events", "/sockets", "/why", "/report.html", "/summary.md"})
    @DisplayName("When there is no such experiment, then 404 and a sentence")
    void absent(String what) throws IOException, InterruptedException {
        var answer = get("v1/experiments/local/nobody" + what);
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).isEqualTo("there is no experiment local/nobody\n");
    }

    @Test
    @DisplayName("When a reader comes back with its last id, then it gets what it lacks, once each and in order")
    void catchesUp() throws IOException, InterruptedException {
        try (var book = shelf.put("one", "a")) {
            book.add(record(1));
            book.add(record(2));
            String last;
            try (var events = new Events(uri("v1/experiments/local/one/events"), null)) {
                assertThat(events.next("experiment").data().path("phase").asText())
                        .isEqualTo("Running");
                assertThat(events.next("record").data().path("cycle").asInt()).isEqualTo(1);
                last = events.next("record").id();
                events.next("ready");
                book.step(3, "stopping the old generation");
                assertThat(events.next("step").data().at("/steps/0/what").asText())
                        .isEqualTo("stopping the old generation");
                book.phase(Phase.Paused);
                assertThat(events.next("experiment").data().path("phase").asText())
                        .isEqualTo("Paused");
            }
            assertThat(last).isEqualTo("a:2");
            book.add(record(3));
            book.add(record(4));
            try (var events = new Events(uri("v1/experiments/local/one/events"), last)) {
                assertThat(events.next("record").data().path("cycle").asInt()).isEqualTo(3);
                assertThat(events.next("record").data().path("cycle").asInt()).isEqualTo(4);
                events.next("ready");
                book.add(record(5));
                assertThat(events.next("record").id()).isEqualTo("a:5");
            }
        }
    }

    @Test
    @DisplayName(
            "When an experiment was made anew under its name, then its reader is told to forget, and gets all of the new one")
    void madeAnew() throws IOException, InterruptedException {
        try (var book = shelf.put("one", "a")) {
            book.add(record(1));
            try (var events = new Events(uri("v1/experiments/local/one/events"), null)) {
                assertThat(events.next("record").id()).isEqualTo("a:1");
                try (var other = shelf.put("one", "b")) {
                    other.add(record(1));
                    assertThat(events.next("reset").data().path("name").asText())
                            .isEqualTo("one");
                    assertThat(events.next("record").id()).isEqualTo("b:1");
                }
                shelf.remove("one");
                events.next("gone");
                assertThat(events.next()).isNull();
            }
            try (var other = shelf.put("one", "c");
                    var events = new Events(uri("v1/experiments/local/one/events"), "a:1")) {
                other.add(record(1));
                events.next("reset");
                assertThat(events.next("record").id()).isEqualTo("c:1");
            }
        }
    }

    @Test
    @DisplayName("When a reader has more than there is, then it starts over")
    void lost() throws IOException, InterruptedException {
        try (var book = shelf.put("one", "a");
                var events = new Events(uri("v1/experiments/local/one/events"), "a:7")) {
            events.next("reset");
            book.add(record(1));
            assertThat(events.next("record").id()).isEqualTo("a:1");
        }
    }

    @Test
    @DisplayName("When experiments come, change and go, then who listens to all of them is told")
    void all() throws IOException, InterruptedException {
        try (var book = shelf.put("one", "a");
                var events = new Events(uri("v1/events"), null)) {
            assertThat(events.next("experiment").data().path("name").asText()).isEqualTo("one");
            events.next("ready");
            book.add(record(1));
            assertThat(events.next("experiment").data().at("/counts/done").asInt())
                    .isEqualTo(1);
            shelf.remove("one");
            assertThat(events.next("gone").data().path("name").asText()).isEqualTo("one");
        }
    }

    @Test
    @DisplayName(
            "When there are 10,000 cycles, then all of them and the last ones come whole and in order, brief ones in a fraction of the bytes")
    void many() throws IOException, InterruptedException {
        int cycles = 10_000;
        try (var book = shelf.put("one", "a")) {
            for (int cycle = 1; cycle <= cycles; cycle++) {
                book.add(record(cycle));
            }
            List<Integer> seen = new ArrayList<>();
            try (var events = new Events(uri("v1/experiments/local/one/events?view=brief"), null)) {
                for (var event = events.next(); event != null && !event.type().equals("ready"); event = events.next()) {
                    if (event.type().equals("record")) {
                        seen.add(event.data().path("cycle").asInt());
                    }
                }
            }
            assertThat(seen).isEqualTo(IntStream.rangeClosed(1, cycles).boxed().toList());
            try (var events = new Events(uri("v1/experiments/local/one/events"), "a:" + (cycles - 1))) {
                assertThat(events.next("record").data().path("cycle").asInt()).isEqualTo(cycles);
            }
            long whole = get("v1/experiments/local/one/records").body().length();
            long brief =
                    get("v1/experiments/local/one/records?view=brief").body().length();
            assertThat(brief).isLessThan(whole);
            assertThat(get("v1/experiments/local/one/records").body().lines()).hasSize(cycles);
        }
    }

    @Test
    @DisplayName("When an order shows no token or another one, then 401; with the right one it is taken")
    void orders() throws IOException, InterruptedException {
        try (var book = shelf.put("one", "a")) {
            book.add(record(1));
            for (String order : List.of("pause", "resume", "abort")) {
                String path = "v1/experiments/local/one/" + order;
                assertThat(post(path, "").statusCode()).isEqualTo(401);
                assertThat(post(path, "").headers().firstValue("WWW-Authenticate"))
                        .contains("Bearer");
                assertThat(post(path, "", "Authorization", "Bearer another").statusCode())
                        .isEqualTo(401);
                assertThat(post(path, "", "Authorization", "Basic " + ReportCache.TOKEN)
                                .statusCode())
                        .isEqualTo(401);
                assertThat(post(path, "", "Authorization", "Bearer " + ReportCache.TOKEN)
                                .statusCode())
                        .isEqualTo(202);
            }
            assertThat(tree(get("v1/experiments/local/one").body())
                            .path("phase")
                            .asText())
                    .isEqualTo("Aborted");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "http://evil.example, 403",
        "http://127.0.0.1:1, 403",
        "null, 403",
        "https://127.0.0.1:PORT, 403",
        "http://127.0.0.1:PORT, 202",
        "http://localhost:PORT, 202"
    })
    @DisplayName("When an order comes from a page of another site, then 403, whatever token it shows")
    void origins(String origin, int status) throws IOException, InterruptedException {
        try (var _ = shelf.put("one", "a")) {
            assertThat(post(
                                    "v1/experiments/local/one/pause",
                                    "",
                                    "Authorization",
                                    "Bearer " + ReportCache.TOKEN,
                                    "Origin",
                                    origin.replace("PORT", Integer.toString(server.port())))
                            .statusCode())
                    .isEqualTo(status);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "evil.example:PORT, 421",
        "evil.example, 421",
        "127.0.0.1, 421",
        "127.0.0.1:1, 421",
        "127.0.0.1:PORT, 200",
        "localhost:PORT, 200"
    })
    @DisplayName("When a name leads to this machine that is not its own (DNS rebinding), then 421")
    void hosts(String host, int status) throws IOException {
        assertThat(raw("GET /v1/about HTTP/1.1\r\nHost: " + host.replace("PORT", Integer.toString(server.port()))
                        + "\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 " + status + " ");
    }

    /** As the JDK's client does not let a request name another host. */
    private String raw(String request) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../record/cycle-record.schema.json",
                "RecordLog.class",
                "openapi.yaml",
                "..%2Fopenapi.yaml",
                ".",
                "nothing.js"
            })
    @DisplayName("When something else of the class path is asked for as a file of the page, then 404")
    void noOtherResource(String name) throws IOException {
        assertThat(raw("GET /assets/" + name + " HTTP/1.1\r\nHost: 127.0.0.1:" + server.port()
                        + "\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 404 ");
    }

    @Test
    @DisplayName("When the reader has what there is, then 304; nothing is framed, sniffed, stored or given a cookie")
    void headers() throws IOException, InterruptedException {
        var first = get("openapi.yaml");
        assertThat(first.statusCode()).isEqualTo(200);
        String tag = first.headers().firstValue("ETag").orElseThrow();
        var again = client.send(
                HttpRequest.newBuilder(uri("openapi.yaml"))
                        .header("If-None-Match", tag)
                        .build(),
                BodyHandlers.ofString());
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        var headers = first.headers().map();
        assertThat(headers).doesNotContainKey("set-cookie");
        assertThat(first.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(first.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                .doesNotContain("unsafe");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "openapi.yaml",
                "livez",
                "v1/about",
                "v1/experiments",
                "v1/events",
                "v1/experiments/local/one",
                "v1/experiments/local/one/records",
                "v1/experiments/local/one/records/1",
                "v1/experiments/local/one/events",
                "v1/experiments/local/one/report.html",
                "v1/experiments/local/none"
            })
    @DisplayName("HEAD is answered as GET is, without the body, and does not wait for events")
    void head(String path) throws Exception {
        try (var book = shelf.put("one", "a")) {
            book.add(record(1));
            var head = client.send(
                    HttpRequest.newBuilder(uri(path))
                            .method("HEAD", HttpRequest.BodyPublishers.noBody())
                            .build(),
                    BodyHandlers.ofString());
            assertThat(head.statusCode()).isEqualTo(path.endsWith("none") ? 404 : 200);
            assertThat(head.body()).isEmpty();
            assertThat(head.headers().firstValue("Content-Type"))
                    .isEqualTo(client.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofInputStream())
                            .headers()
                            .firstValue("Content-Type"))
                    .isPresent();
        }
    }

    @Test
    @DisplayName("When a report is asked for, then it is made from the records, in a sandbox; without a record 409")
    void reports() throws IOException, InterruptedException {
        try (var book = shelf.put("one", "a")) {
            assertThat(get("v1/experiments/local/one/report.html").statusCode()).isEqualTo(409);
            book.add(record(1));
            var page = get("v1/experiments/local/one/report.html?download=true");
            assertThat(page.body()).contains("<!doctype html>", "4 sockets in TIME_WAIT");
            assertThat(page.headers().firstValue("Content-Disposition"))
                    .contains("attachment; filename=\"rebind-one.html\"");
            assertThat(page.headers().allValues("Content-Security-Policy"))
                    .containsExactly("sandbox allow-scripts; frame-ancestors 'none'");
            assertThat(get("v1/experiments/local/one/summary.md").body()).startsWith("## Rebind: ");
        }
    }

    @Test
    @DisplayName("When all records of an experiment are lost, then its report says so, and what there is instead: 410")
    void recordsLost() throws IOException, InterruptedException {
        try (var book = shelf.put("one", "a")) {
            book.add(record(1));
            book.phase(Phase.Completed);
            book.lose();

            for (String report : List.of("report.html", "summary.md")) {
                var answer = get("v1/experiments/local/one/" + report);
                assertThat(answer.statusCode()).isEqualTo(410);
                assertThat(answer.body())
                        .startsWith(
                                "The experiment is Completed, verdict Pass, and has counted 1 cycle, whose record is"
                                        + " not stored here any more. Records are kept in ");
            }
            assertThat(get("v1/experiments/local/one/records/1").body())
                    .contains("there is no record of cycle 1", "has counted 1 cycle");
        }
    }

    @Test
    @DisplayName("When some records are lost, then the report of the others says so, and its verdict is that of all")
    void partlyLost() throws IOException, InterruptedException {
        try (var book = shelf.put("two", "a")) {
            book.count(new RecordBuilder("two", 1)
                    .judged(Verdict.Fail, "It was bound.")
                    .build());
            book.add(new RecordBuilder("two", 2)
                    .judged(Verdict.Pass, "It was bound.")
                    .build());
            book.phase(Phase.Completed);

            assertThat(get("v1/experiments/local/two/summary.md").body())
                    .startsWith("## Rebind: Fail")
                    .contains("has counted 2 cycles, of whose records only 1 is stored here.");
            assertThat(get("v1/experiments/local/two/report.html").body()).contains("of whose records only 1 is");
        }
    }

    @Test
    @DisplayName("When an experiment is over without a cycle, then its report does not promise one: 409")
    void overWithoutCycle() throws IOException, InterruptedException {
        try (var book = shelf.put("one", "a")) {
            book.phase(Phase.Error);
            var answer = get("v1/experiments/local/one/report.html");
            assertThat(answer.statusCode()).isEqualTo(409);
            assertThat(answer.body()).startsWith("The experiment is Error, and no cycle of it has a record.");
        }
    }

    private static CycleRecord parsed(String line) {
        try {
            return Json.mapper().readValue(line, CycleRecord.class);
        } catch (IOException e) {
            throw new AssertionError(line, e);
        }
    }

    private static JsonNode tree(String json) throws IOException {
        return Json.mapper().readTree(json);
    }
}
