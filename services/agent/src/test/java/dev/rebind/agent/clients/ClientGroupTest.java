package dev.rebind.agent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.clients.ClientGroup.Service;
import dev.rebind.client.protocol.ClientEventLine;
import dev.rebind.client.protocol.ClientOrder;
import dev.rebind.client.protocol.ClientReport;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Whether the clients of a new server are served")
class ClientGroupTest {
    private static final String AFTER = "{\"count\": 10, \"p50\": 1.0, \"p99\": 2.0, \"max\": 3.0}";

    /** @param line what the clients' process says each time */
    private record Saying(String line) implements ClientGroup {
        @Override
        public void order(ClientOrder order) {}

        @Override
        public ClientReport report() {
            return switch (ClientEventLine.parse(line)) {
                case ClientEventLine.Parsed.Event(ClientReport report) -> report;
                case ClientEventLine.Parsed other -> throw new IllegalStateException(other.toString());
            };
        }

        @Override
        public String condition() {
            return "";
        }

        @Override
        public void close() {}
    }

    /** Of five connections, in an outage. */
    private static Service service(int served, @Nullable Integer unansweredBefore, @Nullable String after)
            throws InterruptedException {
        String line = """
                {"event": "report", "at": "2026-12-01T10:00:00Z", "wanted": 5, "connections": 5, "served": %d,
                 "stalled": false, "answers": 10, "unexpected": 0, "generations": {}, "connects": 5, "failedConnects": {},
                 "selfConnects": 0, "resets": 0, "ends": 0, "broken": {}, "outages": 1, "bytesSent": 0, "bytesReceived": 0,
                 "requestsLost": 0, "bytesLost": 0, "localPorts": [], "lastGoodAnswerAt": "2026-12-01T10:00:00Z",
                 "requests": {"sent": 20, "answered": 10, "bytesCut": 0, "unansweredConnections": %s, "after": %s}}
                """.formatted(served, unansweredBefore, after);
        return new Saying(line).awaitService(true, Duration.ZERO, () -> false);
    }

    @Test
    @DisplayName("A new server that answers some connections, where the old one answered all, does not serve them")
    void fewerThanBefore() throws InterruptedException {
        assertThat(service(1, 0, AFTER))
                .isInstanceOfSatisfying(
                        Service.Unserved.class,
                        unserved -> assertThat(unserved.why()).startsWith("1 of 5 were answered within 0.0 s"));
    }

    @Test
    @DisplayName("When the old server did not answer all connections either, then nothing is said against the new one")
    void asFewAsBefore() throws InterruptedException {
        assertThat(service(1, 3, AFTER))
                .isInstanceOfSatisfying(
                        Service.Unknown.class,
                        unknown -> assertThat(unknown.why())
                                .contains("the old one did not answer on 3 of 5 either", "take fewer"));
    }

    @Test
    @DisplayName("A new server that answers nobody does not serve, however many the old one answered")
    void nobody() throws InterruptedException {
        assertThat(service(0, 3, null)).isInstanceOf(Service.Unserved.class);
    }

    @Test
    @DisplayName("Where each request has a connection of its own, an outage is one")
    void connectionEach() throws InterruptedException {
        assertThat(service(0, null, AFTER)).isInstanceOf(Service.Unserved.class);
    }
}
