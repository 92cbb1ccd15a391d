package dev.rebind.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.record.CycleRecord;
import dev.rebind.record.RecordBuilder;
import dev.rebind.record.clients.ClientView;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class LeftWordsTest {
    private static CycleRecord left(int timeWaits, String closedBy, long resets, long bytesLost) {
        return new RecordBuilder("few", 1)
                .restarted("process", closedBy)
                .left(Map.of("TIME_WAIT", timeWaits), Map.of())
                .downtime(200, new ClientView(5, 22, resets, 5 - resets, Map.of(), bytesLost))
                .build();
    }

    @Test
    @DisplayName("When clients saw resets, then they are why fewer sockets are left")
    void resets() {
        assertThat(LeftWords.of(left(4, "server", 1, 95)))
                .startsWith("TIME_WAIT 4. The clients saw 1 reset, and a reset leaves no socket.");
    }

    @Test
    @DisplayName(
            "When no client saw a reset and data of theirs came after the close, then that may be why fewer sockets are left")
    void crossed() {
        assertThat(LeftWords.of(left(4, "server", 0, 95)))
                .startsWith("TIME_WAIT 4. The clients had sent 95 bytes that were not answered.");
    }

    @Test
    @DisplayName("When as many sockets are left as connections ended, or the clients closed, then nothing is explained")
    void nothing() {
        assertThat(LeftWords.of(left(5, "server", 0, 95))).isEqualTo("TIME_WAIT 5");
        assertThat(LeftWords.of(left(4, "server", 0, 0))).isEqualTo("TIME_WAIT 4");
        assertThat(LeftWords.of(left(4, "client", 0, 95))).isEqualTo("TIME_WAIT 4");
    }
}
