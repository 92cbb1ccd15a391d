package dev.rebind.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rebind.diagnosis.json.AuditJson;
import dev.rebind.diagnosis.text.AuditTable;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("The row, the sum, the JSON and the exit code of an audit")
class AuditVerdictTest {
    /** How clients of the server stand. */
    enum Client {
        NONE,
        CONNECTED,
        /** The server has closed for writing, and the client has not closed. */
        HALF_CLOSED
    }

    /** @param timeWait whether the server has closed a connection first */
    record Scene(boolean reuseAddress, Client client, boolean timeWait) {}

    static Stream<Scene> scenes() {
        return Stream.of(true, false)
                .flatMap(reuse -> Stream.of(Client.values())
                        .flatMap(client -> Stream.of(true, false).map(left -> new Scene(reuse, client, left))));
    }

    private static Audit.Read audit(int port) {
        return ((Audit.Read) new WhyPort().audit()).on(one -> one == port);
    }

    private static int count(int port, TcpState state) {
        return audit(port).listeners().getFirst().connections().getOrDefault(state, 0);
    }

    @ParameterizedTest
    @MethodSource("scenes")
    @DisplayName("say the same, and it comes true when the server is restarted")
    void agree(Scene scene) throws PosixException {
        int port = FreePorts.next();
        var sockets = new ArrayList<PosixSocket>();
        PosixSocket listener = Ports.listener(Ports.LOOPBACK, port, scene.reuseAddress());
        try {
            if (scene.timeWait()) {
                try (PosixSocket client = Ports.connected(port);
                        PosixSocket accepted = listener.accept()) {
                    accepted.shutdownOutput();
                    assertThat(client.fd()).isNotNegative();
                }
                await().until(() -> count(port, TcpState.TIME_WAIT) == 1);
            }
            if (scene.client() != Client.NONE) {
                sockets.add(Ports.connected(port));
                sockets.add(listener.accept());
                if (scene.client() == Client.HALF_CLOSED) {
                    sockets.getLast().shutdownOutput();
                    await().until(() -> count(port, TcpState.FIN_WAIT_2) == 1);
                }
            }
            Audit.Read audit = audit(port);
            boolean binds = audit.verdict() == Audit.Verdict.BINDS_AT_ONCE;

            List<String> lines = new AuditTable(ZoneOffset.UTC).lines(audit);
            assertThat(lines.get(1).contains("  binds at once")).as("%s", lines).isEqualTo(binds);
            assertThat(lines.getLast())
                    .as("%s", lines)
                    .startsWith(binds ? "1 listener: 1 binds at once" : "1 listener: 0 bind at once")
                    .contains(binds ? " 0 would be blocked, " : " 1 would be blocked, ")
                    .endsWith(" 0 cannot be told.");
            assertThat(AuditJson.write(audit))
                    .contains(binds ? "\"exit_code\":0" : "\"exit_code\":1")
                    .contains("\"restart\":{\"verdict\":\"" + (binds ? "binds_at_once" : "would_be_blocked") + "\"");

            if (scene.client() != Client.NONE) {
                sockets.getLast().close();
            }
            listener.close();
            assertThat(bindsNow(port, scene.reuseAddress())).as("%s", lines).isEqualTo(binds);
        } finally {
            listener.close();
            sockets.forEach(PosixSocket::close);
        }
    }

    private static boolean bindsNow(int port, boolean reuse) {
        try (PosixSocket again = Ports.listener(Ports.LOOPBACK, port, reuse)) {
            return again.fd() >= 0;
        } catch (PosixException _) {
            return false;
        }
    }
}
