package dev.rebind.agent.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.Signals;
import dev.rebind.agent.child.ChildJvm;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.PosixSocket;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.Writer;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command as a program of its own. */
class AgentCommandTest {
    private static final String TOKEN = "secret-of-16-bytes-or-more";

    private final int port = FreePorts.next();
    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void end() {
        started.forEach(Process::destroyForcibly);
    }

    private Process agent(String... arguments) throws Exception {
        var command = new ArrayList<>(ChildJvm.likeThis().command());
        command.add(AgentMain.class.getName());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        started.add(process);
        return process;
    }

    private String[] here(String... arguments) {
        var all = new ArrayList<>(List.of("--address=127.0.0.1", "--port=" + port));
        all.addAll(List.of(arguments));
        return all.toArray(String[]::new);
    }

    private static JsonObject event(BufferedReader out, String name) throws Exception {
        var event = new JsonObject(Objects.requireNonNull(out.readLine(), "it ended"));
        assertThat(event.getString("event")).as(event.encode()).isEqualTo(name);
        return event;
    }

    private static void order(Writer orders, String line) throws Exception {
        orders.write(line + "\n");
        orders.flush();
    }

    /** A connection that the server has accepted and answered, as soon as it is bound. */
    private PosixSocket client(BufferedReader out) throws Exception {
        event(out, "bound");
        PosixSocket client =
                PosixSocket.open(Family.IPV4).connect(new Endpoint(InetAddress.ofLiteral("127.0.0.1"), port));
        client.send("hello\n".getBytes(StandardCharsets.US_ASCII));
        client.receive(1_000);
        return client;
    }

    @Test
    @DisplayName("restart: what was left, why the bind failed, and the end with the errno as exit code")
    void restartBlocked() throws Exception {
        Process agent = agent(here("--reuse-address=false"));
        try (BufferedReader out = agent.inputReader();
                Writer orders = agent.outputWriter();
                var client = client(out)) {
            assertThat(client.fd()).isNotNegative();
            order(orders, "nonsense");
            assertThat(event(out, "misunderstood").getString("line")).isEqualTo("nonsense");
            order(orders, "restart");

            JsonObject stopped = event(out, "stopped");
            assertThat(stopped.getBoolean("killed")).isFalse();
            assertThat(stopped.getJsonObject("residue").fieldNames()).containsExactly("FIN_WAIT_2");
            JsonObject failed = event(out, "failed");
            assertThat(failed.getInteger("generation")).isEqualTo(2);
            assertThat(failed.getString("errno")).isEqualTo("EADDRINUSE");
            assertThat(failed.getString("call")).isEqualTo("bind");
            assertThat(failed.getString("cause")).isEqualTo("fin_wait2");
            assertThat(failed.getJsonArray("blocking")).hasSize(1);
            assertThat(failed.getJsonObject("release").getDouble("latestMs")).isPositive();
            assertThat(failed.getString("explanation"))
                    .contains("1 socket in FIN_WAIT_2, left by the old server, which ran without SO_REUSEADDR");
            assertThat(agent.waitFor()).isEqualTo(98);
        }
    }

    @Test
    @DisplayName("restart over leftovers with SO_REUSEADDR, then stop")
    void restartBound() throws Exception {
        Process agent = agent(here());
        try (BufferedReader out = agent.inputReader();
                Writer orders = agent.outputWriter();
                var client = client(out)) {
            assertThat(client.fd()).isNotNegative();
            order(orders, "restart");
            event(out, "stopped");
            assertThat(event(out, "bound").getInteger("generation")).isEqualTo(2);
            order(orders, "stop");
            assertThat(event(out, "stopped").getInteger("exitCode")).isZero();
            assertThat(agent.waitFor()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    @DisplayName("a signal stops the server in order, and the agent with it")
    void signal(String name) throws Exception {
        Signals.assumeTaken(name);
        Process agent = agent(here());
        try (BufferedReader out = agent.inputReader()) {
            JsonObject bound = event(out, "bound");
            new ProcessBuilder("kill", "-" + name, Long.toString(agent.pid()))
                    .start()
                    .waitFor();
            JsonObject stopped = event(out, "stopped");
            assertThat(stopped.getBoolean("killed")).isFalse();
            assertThat(stopped.getInteger("exitCode")).isZero();
            assertThat(agent.waitFor()).isZero();
            long server = bound.getJsonArray("pids").getLong(0);
            assertThat(ProcessHandle.of(server).map(ProcessHandle::isAlive).orElse(false))
                    .isFalse();
        }
    }

    @Test
    @DisplayName("with --retry a server that ended by itself is started anew")
    void retry() throws Exception {
        Process agent = agent(here("--retry", "--retry-interval=50ms"));
        try (BufferedReader out = agent.inputReader()) {
            long server = event(out, "bound").getJsonArray("pids").getLong(0);
            ProcessHandle.of(server).orElseThrow().destroyForcibly();
            assertThat(event(out, "stopped").getString("why")).contains("by itself");
            assertThat(event(out, "bound").getInteger("generation")).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("with --retry a port that another program has is tried until it is free")
    void retryUntilFree() throws Exception {
        try (var other = PosixSocket.open(Family.IPV4)) {
            other.bind(new Endpoint(InetAddress.ofLiteral("127.0.0.1"), port)).listen(1);
            Process agent = agent(here("--retry", "--retry-interval=50ms"));
            try (BufferedReader out = agent.inputReader()) {
                JsonObject event = event(out, "failed");
                assertThat(event.getString("cause")).isEqualTo("listener_other");
                assertThat(event.getJsonArray("blocking").getJsonObject(0).getLong("pid"))
                        .isEqualTo(ProcessHandle.current().pid());
                free(other);
                while (event.getString("event").equals("failed")) {
                    event = new JsonObject(Objects.requireNonNull(out.readLine()));
                }
                assertThat(event.getString("event")).isEqualTo("bound");
                assertThat(event.getInteger("generation")).isEqualTo(1);
            }
        }
    }

    private HttpResponse<String> ask(JsonObject serving, String method, String path, String body) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + serving.getInteger("port") + path))
                            .headers(
                                    "Authorization",
                                    "Bearer " + TOKEN,
                                    "Rebind-Hold",
                                    "u",
                                    "Content-Type",
                                    "application/json")
                            .method(method, HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private String[] served(Path folder, String... arguments) throws Exception {
        Path token = Files.writeString(folder.resolve("token"), TOKEN + "\n");
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
        var all = new ArrayList<>(
                List.of("--http-address=127.0.0.1", "--http-port=0", "--token-file=" + token, "--retry-interval=50ms"));
        all.addAll(List.of(arguments));
        return here(all.toArray(String[]::new));
    }

    private static String hold(String baseline) {
        return "{\"holder\":{\"namespace\":\"\",\"name\":\"e\",\"uid\":\"u\"},\"leaseSeconds\":1,\"baseline\":\""
                + baseline + "\"}";
    }

    @Test
    @DisplayName("a hold has the port; when its lease runs out the agent's own server is tried until it is bound again")
    void lease(@TempDir Path folder) throws Exception {
        Process agent = agent(served(folder));
        try (BufferedReader out = agent.inputReader()) {
            JsonObject serving = event(out, "serving");
            event(out, "bound");
            HttpResponse<String> held = ask(serving, "PUT", "/v1/hold", hold("stop"));
            assertThat(held.statusCode()).as(held.body()).isEqualTo(200);
            JsonObject stopped = event(out, "stopped");
            assertThat(stopped.getString("way")).isEqualTo("reset");
            assertThat(stopped.getJsonObject("residue")).isEmpty();
            try (var other = PosixSocket.open(Family.IPV4)) {
                other.bind(new Endpoint(InetAddress.ofLiteral("127.0.0.1"), port))
                        .listen(1);
                // Without --retry: a server that was there must be there again.
                assertThat(event(out, "failed").getString("cause")).isEqualTo("listener_other");
                assertThat(event(out, "failed").getInteger("generation")).isEqualTo(2);
            }
            JsonObject event = new JsonObject(Objects.requireNonNull(out.readLine()));
            while (event.getString("event").equals("failed")) {
                event = new JsonObject(Objects.requireNonNull(out.readLine()));
            }
            assertThat(event.getInteger("generation")).isEqualTo(2);
            assertThat(event.getString("event")).isEqualTo("bound");
            var starts = new JsonObject(ask(serving, "GET", "/v1/starts", "").body()).getJsonArray("starts");
            assertThat(starts).hasSize(2);
            assertThat(starts.getJsonObject(1).getInteger("tries")).isGreaterThan(2);
            assertThat(starts.getJsonObject(1).getJsonObject("start").getString("is"))
                    .isEqualTo("bound");
            JsonObject failure = starts.getJsonObject(1).getJsonObject("failure");
            assertThat(failure.getString("sentence")).contains("listens on 127.0.0.1:" + port);
            assertThat(failure.getJsonObject("view").getJsonObject("local").getJsonArray("sockets").stream())
                    .as("what is explained is what is recorded")
                    .contains(failure.getJsonObject("explanation")
                            .getJsonArray("blocking")
                            .getJsonObject(0)
                            .getJsonObject("socket"));
        }
    }

    @Test
    @DisplayName("exit ends the process with the code, its server stopped in the way that was asked for")
    void exit(@TempDir Path folder) throws Exception {
        Process agent = agent(served(folder));
        try (BufferedReader out = agent.inputReader()) {
            JsonObject serving = event(out, "serving");
            event(out, "bound");
            ask(serving, "PUT", "/v1/hold", hold("keep"));
            assertThat(ask(serving, "POST", "/v1/exit", "{\"code\":7,\"way\":\"kill\"}")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(event(out, "stopped").getString("way")).isEqualTo("kill");
            assertThat(agent.waitFor()).isEqualTo(7);
        }
    }

    @Test
    @DisplayName("an idle agent runs nothing, is ready, and ends in order on a signal")
    void idle(@TempDir Path folder) throws Exception {
        Process agent = agent(served(folder, "--idle"));
        try (BufferedReader out = agent.inputReader()) {
            JsonObject serving = event(out, "serving");
            assertThat(ask(serving, "GET", "/readyz", "").body()).isEqualTo("idle\n");
            assertThat(ask(serving, "PUT", "/v1/hold", hold("stop")).statusCode())
                    .isEqualTo(200);
            agent.toHandle().destroy();
            assertThat(out.readLine()).isNull();
            assertThat(agent.waitFor()).isZero();
        }
    }

    private static void free(PosixSocket socket) {
        socket.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--port=0",
                "--address=localhost",
                "--close=keep",
                "--transport=pigeon",
                "--idle",
                "--http-address=127.0.0.1",
                "--http-address=127.0.0.1 --token-file=/nonexistent",
                "--token-file=/dev/null",
                "--allowed-user=somebody",
                "--http-address=127.0.0.1 --allowed-user=somebody --token-file=/etc/hostname"
            })
    @DisplayName("bad flags start nothing")
    void usage(String flags) throws Exception {
        Process agent = agent(flags.split(" ", -1));
        try (BufferedReader out = agent.inputReader()) {
            assertThat(out.readLine()).isNull();
            assertThat(agent.waitFor()).isEqualTo(2);
        }
    }
}
