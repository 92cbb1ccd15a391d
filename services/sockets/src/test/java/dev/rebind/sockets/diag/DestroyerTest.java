package dev.rebind.sockets.diag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.rebind.sockets.Arrangement;
import dev.rebind.sockets.Arrangement.Residue;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.SocketQuery;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DestroyerTest {
    @ParameterizedTest
    @CsvSource({"IPV4, 127.0.0.1, IPV4, 127.0.0.1", "IPV6, ::1, IPV6, ::1", "IPV6, ::, IPV4, 127.0.0.1"})
    @DisplayName(
            "When leftovers are destroyed, then they are gone at once and counted; a second time there is nothing to count")
    void destroys(Family family, String bind, Family peerFamily, String peer) throws Exception {
        var reader = new InetDiagReader();
        for (Residue residue : List.of(
                Residue.TIME_WAIT, Residue.FIN_WAIT_2, Residue.FIN_WAIT_1, Residue.CLOSE_WAIT, Residue.ESTABLISHED)) {
            try (var arrangement = new Arrangement(family, bind, peerFamily, peer, residue, socket -> {})) {
                Snapshot seen = arrangement.settled(reader, residue);
                Destroyer.Result result = Destroyer.destroy(seen.sockets());
                assumeFalse(
                        result instanceof Destroyer.Result.Refused(String why) && why.contains("errno 1,"),
                        "this user must not destroy sockets");
                assertThat(result).isEqualTo(new Destroyer.Result.Destroyed(1));
                await().untilAsserted(() -> assertThat(
                                assertInstanceOf(Snapshot.class, reader.read(SocketQuery.onPort(arrangement.port)))
                                        .sockets())
                        .isEmpty());
                assertThat(Destroyer.destroy(seen.sockets())).isEqualTo(new Destroyer.Result.Destroyed(0));
            }
        }
    }
}
