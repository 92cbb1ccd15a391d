package dev.rebind.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import dev.rebind.diagnosis.Question;
import dev.rebind.diagnosis.WhyPort;
import dev.rebind.diagnosis.finding.Ending;
import dev.rebind.diagnosis.look.PortObserver;
import dev.rebind.sockets.PythonChild;
import dev.rebind.sockets.Waits;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.proc.Rights;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("rebind sockets")
class SocketsCommandTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    /** The client's end {@code c} and the server's {@code s}. */
    private static final String CONNECTED = """
            l = socket.socket()
            l.bind(('127.0.0.1', PORT))
            l.listen()
            c = socket.socket()
            c.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            c.connect(('127.0.0.1', PORT))
            s, _ = l.accept()
            """;
    /** The client reads nothing, and the server sends more than it takes. */
    private static final String STALLED = CONNECTED + """
            s.setblocking(False)
            try:
                while True:
                    s.send(b'x' * 65536)
            except BlockingIOError:
                pass
            """;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    @DisplayName(
            "When a port has a listener, a connection, a TIME_WAIT and a UDP socket, then JSON has each, and fits the schema")
    void json() throws IOException {
        int port = FreePorts.next();
        try (var listener = new ServerSocket(port, 5, LOOPBACK);
                var datagrams = new DatagramSocket(new InetSocketAddress(LOOPBACK, port));
                var client = new Socket(LOOPBACK, port);
                var accepted = listener.accept()) {
            Socket second = new Socket(LOOPBACK, port);
            Socket first = listener.accept();
            // The server's end closes first, so the TIME_WAIT is on the port.
            first.close();
            assertThat(second.getInputStream().read()).isEqualTo(-1);
            second.close();

            assertThat(sockets("--json", "" + port)).isZero();

            JsonNode listing = listing();
            assertThat(listing.get("tcp"))
                    .extracting(socket -> socket.get("state").asText())
                    .containsExactlyInAnyOrder("LISTEN", "ESTABLISHED", "ESTABLISHED", "TIME_WAIT");
            JsonNode left = only(listing, "TIME_WAIT");
            assertThat(left.at("/free/kind").asText()).isEqualTo("by_itself");
            assertThat(left.at("/free/latest").asDouble()).isBetween(50.0, 65.0);
            assertThat(left.get("processes")).isEmpty();
            assertThat(left.get("uid").isNull()).isTrue();
            JsonNode listens = only(listing, "LISTEN");
            assertThat(listens.get("remote").isNull()).isTrue();
            assertThat(listens.at("/free/kind").asText()).isEqualTo("held");
            assertThat(listens.at("/processes/0/pid").asLong())
                    .isEqualTo(ProcessHandle.current().pid());
            assertThat(listing.get("udp"))
                    .singleElement()
                    .satisfies(udp -> assertThat(udp.get("local").asText()).isEqualTo("127.0.0.1:" + port));
            assertThat(datagrams.isBound() && client.isConnected() && accepted.isConnected())
                    .isTrue();
        }
    }

    @Test
    @DisplayName("When a process has a name that a terminal would obey, then the table has a line without it")
    void foreignName() throws IOException {
        int port = FreePorts.next();
        try (var child = PythonChild.with("""
                open('/proc/self/comm', 'w').write('x\\x1b[31my\\x07\\nz')
                s = socket.socket()
                s.bind(('127.0.0.1', PORT))
                s.listen()
                """, port, 0)) {
            assertThat(sockets("" + port)).isZero();
            assertThat(out.toString()).contains(child.pid() + "/x?[31my? z").doesNotContain("\u001b", "\u0007");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"l.close(); s.close(); s = c", "c.shutdown(1); l.close(); s.close(); s = c"})
    @DisplayName(
            "When a process has closed and the other end takes nothing, then FIN_WAIT_1 and LAST_ACK end at the time that"
                    + " the diagnosis says")
    void orphans(String closing) throws IOException {
        int port = FreePorts.next();
        try (var child = PythonChild.with(STALLED + closing + "\n", port, 0)) {
            assertThat(child.pid()).isPositive();
            var end = (Ending.GivesUp) Waits.untilKernelShows("an orphan that probes the window of the other end")
                    .until(
                            () -> new WhyPort()
                                    .diagnose(Question.everywhere(port), new PortObserver.Manner(false, false, false))
                                    .release(),
                            ending -> ending instanceof Ending.GivesUp ends
                                    && ends.means() == Ending.Means.WINDOW_PROBES);

            assertThat(sockets("--json", "" + port)).isZero();

            JsonNode left = only(listing(), closing.startsWith("c.") ? "LAST_ACK" : "FIN_WAIT_1");
            assertThat(left.at("/free/kind").asText()).isEqualTo("gives_up");
            assertThat(left.at("/free/means").asText()).isEqualTo("window_probes");
            assertThat(left.at("/free/latest").asDouble())
                    .isCloseTo(end.latest().toMillis() / 1e3, within(30.0));
            assertThat(left.at("/free/why").asText()).contains("The other end takes no data");
            out.getBuffer().setLength(0);
            assertThat(sockets("--states", "FIN_WAIT_1,LAST_ACK", "" + port)).isZero();
            assertThat(out.toString()).containsPattern("(FIN_WAIT_1|LAST_ACK) +zero_window_probe [0-9.]+s +~[0-9.]+s ");
        }
    }

    @Test
    @DisplayName("When a connection has TCP_USER_TIMEOUT and its client takes nothing, then it ends by that")
    void userTimeout() throws IOException {
        int port = FreePorts.next();
        // TCP_USER_TIMEOUT, include/uapi/linux/tcp.h.
        try (var child = PythonChild.with(STALLED + "s.setsockopt(6, 18, 90000)\n", port, 0)) {
            assertThat(child.pid()).isPositive();
            Waits.untilKernelShows("probes of a closed window").untilAsserted(() -> {
                out.getBuffer().setLength(0);
                assertThat(sockets("--json", "" + port)).isZero();
                JsonNode stalled = StreamSupport.stream(listing().get("tcp").spliterator(), false)
                        .filter(socket -> socket.get("local").asText().endsWith(":" + port)
                                && socket.get("state").asText().equals("ESTABLISHED"))
                        .findFirst()
                        .orElseThrow();
                assertThat(stalled.at("/timer/kind").asText()).isEqualTo("zero_window_probe");
                assertThat(stalled.at("/free/kind").asText()).isEqualTo("gives_up");
                assertThat(stalled.at("/free/means").asText()).isEqualTo("user_timeout");
                assertThat(stalled.at("/free/about").asDouble()).isBetween(30.0, 92.0);
            });
            assertThat(new WhyPort()
                            .diagnose(Question.everywhere(port), new PortObserver.Manner(false, false, false))
                            .blocking())
                    .anySatisfy(blocker -> assertThat(blocker.ending())
                            .isInstanceOfSatisfying(Ending.GivesUp.class, ends -> {
                                assertThat(ends.means()).isEqualTo(Ending.Means.USER_TIMEOUT);
                                assertThat(ends.sure()).isTrue();
                            }));
        }
    }

    @Test
    @DisplayName(
            "When keepalive probes an end that is there, then the connection is held; when it is gone, then it ends by that")
    void keepalive() throws Exception {
        assumeThat(Rights.uid()).as("only root makes network namespaces").isZero();
        int port = FreePorts.next();
        try (var child = PythonChild.with("""
                import ctypes, signal, subprocess
                if ctypes.CDLL(None).unshare(0x40000000) != 0:
                    sys.exit('unshare')
                subprocess.run(['ip', 'link', 'set', 'lo', 'up'], check=True)
                """ + CONNECTED + """
                s.setsockopt(6, 4, 2); s.setsockopt(6, 5, 40); s.setsockopt(6, 6, 3)
                s.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
                def down(*_):
                    subprocess.run(['ip', 'link', 'set', 'lo', 'down'], check=True)
                signal.signal(signal.SIGUSR1, down)
                """, port, 0)) {
            assertThat(sockets("--json", "--pid", "" + child.pid(), "" + port)).isZero();
            JsonNode open = kept(listing());
            assertThat(open.at("/free/kind").asText()).isEqualTo("held");
            assertThat(open.at("/free/means").asText()).isEqualTo("keepalive");

            assertThat(new ProcessBuilder("kill", "-USR1", "" + child.pid())
                            .start()
                            .waitFor())
                    .isZero();
            Waits.untilKernelShows("a probe without an answer").untilAsserted(() -> {
                out.getBuffer().setLength(0);
                assertThat(sockets("--json", "--pid", "" + child.pid(), "" + port))
                        .isZero();
                JsonNode dead = kept(listing());
                assertThat(dead.at("/free/kind").asText()).isEqualTo("gives_up");
                assertThat(dead.at("/free/tries").asInt()).isEqualTo(1);
                // Two more probes, and the interval after the last: 40 s each, the first of which has begun.
                assertThat(dead.at("/free/about").asDouble()).isBetween(70.0, 121.0);
            });
        }
    }

    private static JsonNode kept(JsonNode listing) {
        return StreamSupport.stream(listing.get("tcp").spliterator(), false)
                .filter(socket -> socket.at("/timer/kind").asText().equals("keepalive"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    @DisplayName("When a socket is bound to a network device, then a column says which; else there is none")
    void device() throws IOException {
        int port = FreePorts.next();
        int other = FreePorts.next();
        try (var child = PythonChild.with("""
                s = socket.socket()
                s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b'lo')
                s.bind(('', PORT))
                s.listen()
                t = socket.socket()
                t.bind(('', OTHER))
                t.listen()
                """, port, other)) {
            assertThat(child.pid()).isPositive();
            assertThat(sockets("--json", "" + port)).isZero();
            JsonNode bound = only(listing(), "LISTEN");
            assertThat(bound.at("/device/name").asText()).isEqualTo("lo");
            assertThat(bound.at("/device/index").asInt()).isEqualTo(1);

            out.getBuffer().setLength(0);
            assertThat(sockets("" + port, "" + other)).isZero();
            assertThat(out.toString())
                    .containsPattern("Foreign Address +Device +State")
                    .containsPattern("0.0.0.0:" + port + " +\\* +lo +LISTEN")
                    .containsPattern("0.0.0.0:" + other + " +\\* +- +LISTEN");

            out.getBuffer().setLength(0);
            assertThat(sockets("" + other)).isZero();
            assertThat(out.toString()).doesNotContain("Device").containsPattern("0.0.0.0:" + other + " +\\* +LISTEN");
        }
    }

    @Test
    @DisplayName("When several ports and ranges are named, then the sockets of all of them are listed, and no others")
    void ranges() throws IOException {
        try (var one = new ServerSocket(FreePorts.next(), 5, LOOPBACK);
                var two = new ServerSocket(FreePorts.next(), 5, LOOPBACK);
                var other = new ServerSocket(FreePorts.next(), 5, LOOPBACK)) {
            int port = one.getLocalPort();

            assertThat(sockets("--json", (port - 1) + "-" + port, "" + two.getLocalPort()))
                    .isZero();

            assertThat(listing().get("tcp"))
                    .extracting(socket -> socket.get("local").asText())
                    .contains("127.0.0.1:" + port, "127.0.0.1:" + two.getLocalPort())
                    .doesNotContain("127.0.0.1:" + other.getLocalPort());
        }
    }

    @Test
    @DisplayName("When an argument is no port and no range, then it is refused with what is wrong")
    void refused() {
        assertThat(sockets("0")).isEqualTo(2);
        assertThat(sockets("65536")).isEqualTo(2);
        assertThat(sockets("8010-8000")).isEqualTo(2);
        assertThat(sockets("http")).isEqualTo(2);
        assertThat(sockets("--pid", "1", "--netns", "x", "80")).isEqualTo(2);
        assertThat(err.toString())
                .contains(
                        "port 0 is not in 1 to 65535",
                        "port 65536 is not in 1 to 65535",
                        "write 8000-8010",
                        "'http' is neither a port",
                        "are two namespaces");
        assertThat(out.toString()).isEmpty();
    }

    private JsonNode listing() throws IOException {
        JsonNode listing = new ObjectMapper().readTree(out.toString());
        var schema = JsonSchemaFactory.getInstance(VersionFlag.V202012)
                .getSchema(Files.readString(Path.of("../../docs/reference/sockets.schema.json")));
        assertThat(schema.validate(listing)).isEmpty();
        assertThat(out.toString().lines()).hasSize(1);
        return listing;
    }

    private static JsonNode only(JsonNode listing, String state) {
        return StreamSupport.stream(listing.get("tcp").spliterator(), false)
                .filter(socket -> socket.get("state").asText().equals(state))
                .findFirst()
                .orElseThrow();
    }

    private int sockets(String... arguments) {
        String[] all = new String[arguments.length + 1];
        all[0] = "sockets";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all);
    }
}
