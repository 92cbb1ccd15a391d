package dev.rebind.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.client.protocol.RequestReport;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ClientReportsTest {
    private static RequestReport begun(@Nullable Double lateMs) {
        return new RequestReport(10, 10, Map.of(), 0, null, null, null, lateMs, List.of());
    }

    @Test
    @DisplayName("When the clients could not keep their schedule, then it is said that the downtime may be longer")
    void late() {
        assertThat(ClientReports.late(begun(850.0))).contains("850 ms late", "may have been longer");
        assertThat(ClientReports.late(begun(20.0))).isNull();
        assertThat(ClientReports.late(begun(null))).isNull();
        assertThat(ClientReports.late(null)).isNull();
    }
}
