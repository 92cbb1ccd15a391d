package dev.rebind.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.clients.ClientGroup.Service;
import dev.rebind.client.protocol.ClientReport;
import dev.rebind.client.protocol.RequestReport;
import dev.rebind.experiment.Specs;
import dev.rebind.plan.Plan;
import dev.rebind.plan.PlannedCycle;
import dev.rebind.plan.Planner;
import dev.rebind.record.server.LeftBehind;
import dev.rebind.record.server.Program;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ClientReportsTest {
    private static RequestReport begun(@Nullable Double lateMs) {
        return new RequestReport(10, 10, Map.of(), null, 0, null, null, null, lateMs, List.of());
    }

    @Test
    @DisplayName("When a process that was left behind keeps the port, then the downtime of clients that only hold"
            + " connections is not known")
    void heldIsNoService() {
        ClientReport seen = CycleRecorderTest.report(5.0);
        PlannedCycle held = plan("{connections: 5, protocol: tcp}");
        PlannedCycle asking = plan("{connections: 5, protocol: http}");

        assertThat(ClientReports.downtimeMs(seen, held, left(true), null)).isNull();
        assertThat(ClientReports.downtimeMs(seen, held, left(false), null)).isEqualTo(5);
        assertThat(ClientReports.downtimeMs(seen, held, null, null)).isEqualTo(5);
        assertThat(ClientReports.downtimeMs(seen, asking, left(true), null)).isEqualTo(5);
        assertThat(ClientReports.downtimeMs(null, asking, null, null)).isNull();
        var unserved = new Service.Unserved("the server accepts their connections and ends them");
        assertThat(ClientReports.downtimeMs(seen, held, null, unserved)).isNull();
        assertThat(ClientReports.downtimeMs(seen, asking, null, unserved)).isEqualTo(5);
    }

    @Test
    @DisplayName(
            "When the clients of a command closed before its stop, then how long they stayed away is no downtime of it")
    void away() {
        ClientReport seen = CycleRecorderTest.report(3_000.0);
        String command = "target: {command: {argv: [server], port: 8080}}, ";

        assertThat(ClientReports.downtimeMs(seen, spec(command + "restart: {close: client}"), null, null))
                .isNull();
        assertThat(ClientReports.downtimeMs(seen, spec(command + "restart: {close: server}"), null, null))
                .isEqualTo(3_000);
    }

    private static PlannedCycle plan(String clients) {
        return spec("clients: " + clients);
    }

    private static PlannedCycle spec(String spec) {
        return ((Plan.Cycles) Planner.plan(Specs.experiment("{" + spec + "}")))
                .copy(0)
                .next();
    }

    private static Program left(boolean listens) {
        return new Program(
                null,
                null,
                null,
                143,
                List.of(new LeftBehind(4711, "worker", listens)),
                null,
                null,
                null,
                null,
                null,
                "output.log");
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
