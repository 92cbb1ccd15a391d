package dev.rebind.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import dev.rebind.sockets.posix.FreePorts;
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

@DisplayName("rebind sockets")
class SocketsCommandTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

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
