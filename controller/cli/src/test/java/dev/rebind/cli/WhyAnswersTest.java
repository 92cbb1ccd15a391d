package dev.rebind.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.TestJvm;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import dev.rebind.sockets.proc.Rights;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
@DisplayName("The answers and exit codes of rebind why")
class WhyAnswersTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    private final int port = FreePorts.next();

    /** What a command ended with, and what it printed on each stream. */
    private record Said(int exitCode, String out, String err) {
        /** Its only line, held against the schema. */
        JsonNode json() throws IOException {
            assertThat(out.lines()).hasSize(1);
            JsonNode answer = new ObjectMapper().readTree(out);
            var schema = JsonSchemaFactory.getInstance(VersionFlag.V202012)
                    .getSchema(Files.readString(Path.of("../../docs/reference/why.schema.json")));
            assertThat(schema.validate(answer)).isEmpty();
            return answer;
        }
    }

    private static Said why(String... arguments) {
        var command = new ArrayList<>(List.of("why"));
        command.addAll(List.of(arguments));
        var out = new StringWriter();
        var err = new StringWriter();
        int exit = Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(command.toArray(String[]::new));
        return new Said(exit, out.toString(), err.toString());
    }

    private PosixSocket listener() throws PosixException {
        return PosixSocket.open(Family.IPV4)
                .reuseAddress(true)
                .bind(new Endpoint(LOOPBACK, port))
                .listen(1);
    }

    /** A connection whose server closes first. */
    private void leaveTimeWait() throws PosixException {
        PosixSocket listener = listener();
        PosixSocket client = PosixSocket.open(Family.IPV4).connect(new Endpoint(LOOPBACK, port));
        PosixSocket accepted = listener.accept();
        accepted.shutdownOutput();
        client.close();
        accepted.close();
        listener.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("are 0 on a free port, asked of the kernel unless that is not wanted")
    void free(boolean noProbe) throws IOException {
        List<String> more = noProbe ? List.of("--no-probe") : List.of();
        var arguments = new ArrayList<>(List.of("--json", Integer.toString(port)));
        arguments.addAll(more);
        Said said = why(arguments.toArray(String[]::new));
        assertThat(said.exitCode()).isZero();
        JsonNode answer = said.json();
        assertThat(answer.path("verdict").asText()).isEqualTo("free");
        assertThat(answer.path("exit_code").asInt()).isZero();
        assertThat(answer.path("answers")).isNotEmpty();
        assertThat(answer.path("answers")
                        .valueStream()
                        .anyMatch(one -> one.path("asked").asBoolean()))
                .isEqualTo(!noProbe);
        assertThat(said.err()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--no-probe", "--json"})
    @DisplayName("are 1 where somebody listens, and name the process")
    void taken(String option) throws Exception {
        try (var listener = listener()) {
            assertThat(listener.fd()).isNotNegative();
            Said said = why(option, Integer.toString(port));
            assertThat(said.exitCode()).isEqualTo(1);
            assertThat(said.out()).contains("" + ProcessHandle.current().pid());
            if (option.equals("--json")) {
                assertThat(said.json().path("cause").asText()).isEqualTo("listener_other");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("are 4 where only a TIME_WAIT is left, with the time at which the port is free")
    void freeLater(boolean noProbe) throws Exception {
        leaveTimeWait();
        await().untilAsserted(() -> {
            Said said = noProbe
                    ? why("--json", "--no-probe", Integer.toString(port))
                    : why("--json", Integer.toString(port));
            assertThat(said.exitCode()).isEqualTo(4);
            JsonNode answer = said.json();
            assertThat(answer.path("exit_code").asInt()).isEqualTo(4);
            assertThat(answer.path("cause").asText()).isEqualTo("time_wait");
            assertThat(answer.at("/release/kind").asText()).isEqualTo("timer");
            assertThat(answer.at("/release/latest").asDouble()).isBetween(1.0, 61.0);
        });
        Said text = why(Integer.toString(port));
        assertThat(text.exitCode()).isEqualTo(4);
        assertThat(text.out()).containsPattern("\\d\\d:\\d\\d:\\d\\d").contains("SO_REUSEADDR");
    }

    @Test
    @DisplayName("are of the address that is named")
    void address() throws Exception {
        try (var listener = listener()) {
            assertThat(listener.fd()).isNotNegative();
            String asked = Integer.toString(port);
            assertThat(why("--address", "127.0.0.1", asked).exitCode()).isEqualTo(1);
            assertThat(why("--address", "127.0.0.2", asked).exitCode()).isZero();
            assertThat(why("--address", "0.0.0.0", asked).exitCode()).isEqualTo(1);
            Said six = why("--json", "--address", "[::1]", asked);
            assertThat(six.json().path("address").asText()).isEqualTo("0:0:0:0:0:0:0:1");
            Said elsewhere = why("--json", "--address", "192.0.2.1", asked);
            assertThat(elsewhere.exitCode()).isEqualTo(1);
            assertThat(elsewhere.json().path("cause").asText()).startsWith("address_");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0                       | 0 is not in 1 to 65535
            65536                   | 65536 is not in 1 to 65535
            -1                      | -1
            99999999999999999999    | 99999999999999999999
            http                    | http
            80 81                   | 81
            80 --address here       | here is no IP address
            80 --address            | --address
            80 --pid 0              | 0
            80 --pid me             | me
            80 --pid 1 --netns one  | name one
            80 --netns a/b          | no path
            --watch                 | need a port
            --no-probe              | need a port
            --address 127.0.0.1     | need a port
            80 --quiet              | --quiet
            """)
    @DisplayName("are 2 where an argument makes no sense, which standard error says, and standard output nothing")
    void usage(String arguments, String told) {
        Said said = why(arguments.split(" "));
        assertThat(said.exitCode()).as(said.out() + said.err()).isEqualTo(2);
        assertThat(said.err()).contains(told);
        assertThat(said.out()).isEmpty();
    }

    @Test
    @DisplayName("are 3 where the namespace cannot be looked at")
    void unknown() throws Exception {
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        Said said = why("--pid", Long.toString(gone.pid()), Integer.toString(port));
        assertThat(said.exitCode()).isEqualTo(3);
        assertThat(said.err()).contains(Long.toString(gone.pid()));
        assertThat(said.out()).isEmpty();
    }

    @Test
    @DisplayName("are of the network namespace of the process that is named")
    void ofProcess() throws Exception {
        assumeThat(Rights.uid()).as("only root makes network namespaces").isZero();
        Process there = new ProcessBuilder("unshare", "--net", "sh", "-c", "echo there; cat").start();
        try (var listener = listener();
                var output = there.inputReader()) {
            assertThat(listener.fd()).isNotNegative();
            assertThat(output.readLine()).isEqualTo("there");
            String asked = Integer.toString(port);
            assertThat(why("--pid", Long.toString(there.pid()), asked).exitCode())
                    .isZero();
            String here = Long.toString(ProcessHandle.current().pid());
            assertThat(why("--pid", here, asked).exitCode()).isEqualTo(1);
        } finally {
            there.destroyForcibly().waitFor();
        }
    }

    @Test
    @DisplayName("are 0 at once for a watch of a free port")
    void watchFree() {
        Said said = why("--watch", Integer.toString(port));
        assertThat(said.exitCode()).isZero();
        assertThat(said.out()).containsOnlyOnce("Port " + port + " is free");
    }

    @Test
    @DisplayName("without a port list every port on which a bind fails, and are those of the worst")
    void list() throws Exception {
        try (var listener = listener()) {
            assertThat(listener.fd()).isNotNegative();
            Said said = why("--json");
            assertThat(said.exitCode()).isEqualTo(1);
            assertThat(said.json()
                            .path("ports")
                            .valueStream()
                            .map(one -> one.path("port").asInt()))
                    .contains(port);
            assertThat(why().out()).contains(Integer.toString(port));
        }
    }

    @Test
    @DisplayName("are 1 for a port below 1024 and a user without the right to it, who is told which right that is")
    void withoutRights() throws Exception {
        assumeThat(Rights.uid()).as("only root makes network namespaces").isZero();
        // A network namespace of its own has the kernel's own ip_unprivileged_port_start, 1024.
        TestJvm.Ended ended = TestJvm.run(
                List.of(
                        "unshare",
                        "--net",
                        "setpriv",
                        "--reuid=65534",
                        "--clear-groups",
                        "--inh-caps=-all",
                        "--bounding-set=-all"),
                Main.class,
                "why",
                "--json",
                "809");
        assumeThat(ended.err()).as("nobody may read the classes").doesNotContain("ClassNotFound", "Could not find");
        assertThat(ended.exitCode()).as(ended.toString()).isEqualTo(1);
        JsonNode answer = new Said(ended.exitCode(), ended.out(), ended.err()).json();
        assertThat(answer.path("cause").asText()).isEqualTo("privileged_port");
        assertThat(ended.out()).contains("CAP_NET_BIND_SERVICE").contains("EACCES");
    }
}
