package dev.rebind.sockets.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.SocketTimer;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcReaderTest {
    private static final String HEADING =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
    private static final String TIME_WAIT =
            "   1: 0100007F:1F90 0200007F:C350 06 00000000:00000000 03:00001770 00000000     0        0 0 3 0000000000000000\n";
    private static final String LISTEN =
            "   0: 00000000:1F90 00000000:0000 0A 00000000:00000003 00:00000000 00000000  1000        0 4294967296 1 0000000000000000 100 0 0 10 0\n";
    private static final String MAPPED_LOCAL = "0000000000000000FFFF00000100007F";
    private static final String MAPPED = "   2: " + MAPPED_LOCAL
            + ":1F90 0000000000000000FFFF00000200007F:C351 05 0000000A:00000000 02:000003E8 00000002     0        0 0 3 0\n";

    @TempDir
    private Path folder;

    private void tables(String four, String six) throws IOException {
        Files.writeString(folder.resolve("tcp"), four);
        Files.writeString(folder.resolve("tcp6"), six);
    }

    @Test
    @DisplayName("When the tables are whole, then each socket is read with its queues, timer, uid and inode")
    void whole() throws IOException {
        tables(HEADING + LISTEN + TIME_WAIT, HEADING + MAPPED);
        var seen = assertInstanceOf(
                Reading.Snapshot.class, new ProcReader(folder, ByteOrder.LITTLE_ENDIAN).read(SocketQuery.onPort(8080)));
        assertThat(seen.sockets()).hasSize(3);
        TcpSocket listener = seen.sockets().get(0);
        assertThat(listener.state()).isEqualTo(TcpState.LISTEN);
        assertThat(listener.recvQ()).isEqualTo(3);
        assertThat(listener.uid()).isEqualTo(1000);
        assertThat(listener.inode()).isEqualTo(4_294_967_296L);
        TcpSocket leftover = seen.sockets().get(1);
        assertThat(leftover.local()).hasToString("127.0.0.1:8080");
        assertThat(leftover.remote()).hasToString("127.0.0.2:50000");
        assertThat(leftover.timer()).isEqualTo(new SocketTimer(SocketTimer.Kind.TIME_WAIT, Duration.ofSeconds(60), 0));
        TcpSocket mapped = seen.sockets().get(2);
        assertThat(mapped.family()).isEqualTo(Family.IPV6);
        assertThat(mapped.local()).as("an IPv4-mapped address").isEqualTo(leftover.local());
        assertThat(mapped.state()).isEqualTo(TcpState.FIN_WAIT_2);
        assertThat(mapped.sendQ()).isEqualTo(10);
        assertThat(mapped.timer()).isEqualTo(new SocketTimer(SocketTimer.Kind.KEEPALIVE, Duration.ofSeconds(10), 2));
    }

    @Test
    @DisplayName("When the machine is big-endian, then its addresses are read the other way round")
    void big_endian() {
        var four = new ProcTableParser(Family.IPV4, ByteOrder.BIG_ENDIAN);
        assertThat(four.parse(TIME_WAIT.replace("0100007F", "7F000001")).local())
                .hasToString("127.0.0.1:8080");
        var six = new ProcTableParser(Family.IPV6, ByteOrder.BIG_ENDIAN);
        assertThat(six.parse(MAPPED.replace(MAPPED_LOCAL, "00000000000000000000000000000001"))
                        .local())
                .hasToString("[::1]:8080");
    }

    @Test
    @DisplayName("When a line is cut or of no known form, then nothing of the tables counts")
    void malformed() throws IOException {
        for (String line : new String[] {
            LISTEN.substring(0, 60),
            LISTEN.replace(" 0A ", " 0F "),
            LISTEN.replace(" 00:00000000 ", " 07:00000000 "),
            LISTEN.replace("00000000:1F90", "0000000G:1F90"),
            LISTEN.replace("00000000:1F90", "00000000:1F901"),
            MAPPED,
            "garbage\n",
            "\n"
        }) {
            tables(HEADING + TIME_WAIT + line, HEADING);
            assertThat(new ProcReader(folder, ByteOrder.LITTLE_ENDIAN).read(SocketQuery.onPort(8080)))
                    .as(line)
                    .isInstanceOf(Reading.Unreadable.class);
        }
        tables("", HEADING);
        assertThat(new ProcReader(folder).read(SocketQuery.all())).isInstanceOf(Reading.Unreadable.class);
    }

    @Test
    @DisplayName("When there is no table of IPv4, then nothing can be read; one of IPv6 need not be there")
    void missing() throws IOException {
        assertThat(new ProcReader(folder).read(SocketQuery.all()))
                .isInstanceOfSatisfying(
                        Reading.Unreadable.class,
                        unreadable -> assertThat(unreadable.why())
                                .contains(folder.resolve("tcp").toString()));
        tables(HEADING + TIME_WAIT, HEADING);
        Files.delete(folder.resolve("tcp6"));
        assertThat(new ProcReader(folder).read(SocketQuery.all())).isInstanceOf(Reading.Snapshot.class);
    }

    @Test
    @DisplayName("When the timer's time has passed, then none is left")
    void passed() {
        var parser = new ProcTableParser(Family.IPV4, ByteOrder.LITTLE_ENDIAN);
        assertThat(parser.parse(TIME_WAIT.replace("03:00001770", "03:FFFFFFFE"))
                        .timer()
                        .remaining())
                .isZero();
    }

    @Property
    @Label("A line with any field replaced by anything is a socket or refused as a line")
    void any_field(@ForAll String text, @ForAll byte at) {
        String[] fields = LISTEN.strip().split("\\s+", -1);
        fields[Math.floorMod(at, fields.length)] = text;
        String line = String.join(" ", fields);
        try {
            TcpSocket socket = new ProcTableParser(Family.IPV4, ByteOrder.LITTLE_ENDIAN).parse(line);
            assertThat(socket.state()).isNotNull();
        } catch (IllegalArgumentException refused) {
            assertThat(refused).hasMessageContaining(line);
        }
    }

    @Property
    @Label("Any line at all is refused as a line")
    void any_line(@ForAll String line) {
        assertThatThrownBy(() -> new ProcTableParser(Family.IPV4, ByteOrder.LITTLE_ENDIAN).parse(line))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static TcpSocket socket(TcpState state, int far, long inode) {
        return TcpSocket.of(
                        state,
                        new Endpoint(InetAddress.ofLiteral("127.0.0.1"), 8080),
                        new Endpoint(InetAddress.ofLiteral("127.0.0.2"), far))
                .withInode(inode);
    }

    @Test
    @DisplayName("When two reads differ, then they have together what either has shown, as the later one has it")
    void merged() {
        List<TcpSocket> earlier = List.of(
                socket(TcpState.LISTEN, 0, 1),
                socket(TcpState.LISTEN, 0, 2),
                socket(TcpState.ESTABLISHED, 50_000, 3),
                socket(TcpState.TIME_WAIT, 50_001, 0));
        List<TcpSocket> later = List.of(
                socket(TcpState.LISTEN, 0, 1),
                socket(TcpState.LISTEN, 0, 2),
                socket(TcpState.TIME_WAIT, 50_000, 0),
                socket(TcpState.ESTABLISHED, 50_002, 4));
        assertThat(ProcReader.merged(earlier, later))
                .containsExactlyInAnyOrder(
                        socket(TcpState.LISTEN, 0, 1),
                        socket(TcpState.LISTEN, 0, 2),
                        socket(TcpState.TIME_WAIT, 50_000, 0),
                        socket(TcpState.TIME_WAIT, 50_001, 0),
                        socket(TcpState.ESTABLISHED, 50_002, 4));
    }

    /** Looks while connections to a server come and go all the time. */
    @FunctionalInterface
    private interface Looks {
        void at(ServerSocket busy) throws IOException;
    }

    private static void busy(Looks looks) throws Exception {
        var over = new AtomicBoolean();
        try (var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread busy = Thread.ofPlatform().daemon().start(() -> {
                while (!over.get()) {
                    try (var client = new Socket(server.getInetAddress(), server.getLocalPort());
                            var accepted = server.accept()) {
                        assertThat(client.getPort()).isEqualTo(accepted.getLocalPort());
                        // Nothing is left: thousands in TIME_WAIT would make every later look slower.
                        accepted.setSoLinger(true, 0);
                    } catch (IOException e) {
                        return;
                    }
                }
            });
            try {
                looks.at(server);
            } finally {
                over.set(true);
                busy.join();
            }
        }
    }

    @Test
    @DisplayName("When connections come and go all the time, then one that merges has an answer, with what stays")
    void merging() throws Exception {
        busy(server -> {
            for (int i = 0; i < 4; i++) {
                var seen = assertInstanceOf(
                        Reading.Snapshot.class,
                        ProcReader.merging(Path.of("/proc/self/net")).read(SocketQuery.onPort(server.getLocalPort())));
                assertThat(seen.sockets())
                        .filteredOn(socket -> socket.state() == TcpState.LISTEN)
                        .hasSize(1);
            }
        });
    }

    @Test
    @DisplayName("When connections of other ports come and go all the time, then the port that is asked about is seen")
    void steady() throws Exception {
        busy(_ -> {
            try (var quiet = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
                var reader = ProcReader.steadyOn(Path.of("/proc/self/net"), quiet.getLocalPort());
                for (int i = 0; i < 4; i++) {
                    var seen = assertInstanceOf(Reading.Snapshot.class, reader.read(SocketQuery.all()));
                    assertThat(seen.sockets())
                            .filteredOn(socket -> socket.local().port() == quiet.getLocalPort())
                            .singleElement()
                            .satisfies(socket -> assertThat(socket.state()).isEqualTo(TcpState.LISTEN));
                }
            }
        });
    }
}
