package dev.rebind.client.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.client.protocol.ClientEvent.Quote;
import dev.rebind.client.protocol.ClientEventLine.Parsed;
import dev.rebind.client.protocol.ClientReport.RoundTripMs;
import dev.rebind.client.protocol.RequestReport.Failure;
import dev.rebind.client.protocol.RequestReport.Failures;
import dev.rebind.client.protocol.RequestReport.Latency;
import dev.rebind.client.protocol.RequestReport.Made;
import dev.rebind.client.protocol.RequestReport.Phase;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientEventLineTest {
    private static final Instant AT = Instant.parse("2026-11-22T21:52:07.412345678Z");

    static ClientEvent[] events() {
        return new ClientEvent[] {
            new ClientEvent.Connected(5, AT),
            new ClientEvent.Said(List.of(new Quote(40_000, 1L << 40, "I am server"), new Quote(40_001, 0, "")), AT),
            new ClientEvent.Misunderstood("danse \"là\"", AT),
            new ClientEvent.Stopped(AT),
            new ClientEvent.Measured(
                    1L << 40,
                    1,
                    2,
                    Map.of("ECONNREFUSED", 3L),
                    5,
                    Map.of("refused", 2L),
                    4,
                    List.of(300.25, 1.0),
                    List.of(new ClientEvent.Trips(3, 999)),
                    AT),
            new ClientReport(
                    AT,
                    5,
                    4,
                    3,
                    true,
                    1L << 40,
                    2,
                    Map.of(1, 7L, 2, 8L),
                    9,
                    Map.of("ECONNREFUSED", 3L),
                    1,
                    2,
                    3,
                    Map.of("ETIMEDOUT", 1L),
                    1,
                    AT,
                    AT,
                    2,
                    300.25,
                    310.5,
                    10,
                    11,
                    12L,
                    13,
                    14,
                    new RoundTripMs(100, 1, 2.5, 3, 4),
                    List.of(40_000, 40_001),
                    new RequestReport(
                            100,
                            90,
                            Map.of(Failure.refused, 9L, Failure.closed_early, 1L),
                            2,
                            11,
                            new Latency(50, 0.5, 1, 2),
                            null,
                            new Latency(40, 0.25, 1.5, 3),
                            0.75,
                            List.of(
                                    new Failures(
                                            Failure.refused,
                                            Phase.connecting,
                                            Made.never,
                                            false,
                                            AT,
                                            AT.plusMillis(1),
                                            AT.plusMillis(2),
                                            9,
                                            "ECONNREFUSED"),
                                    new Failures(
                                            Failure.closed_early,
                                            Phase.connected,
                                            Made.before_mark,
                                            true,
                                            AT,
                                            AT,
                                            AT,
                                            1,
                                            null)))),
            new ClientReport(
                    AT, 5, 0, 0, false, 0, 0, Map.of(), 0, Map.of(), 0, 0, 0, Map.of(), 0, null, null, null, null, null,
                    0, 0, null, 0, 0, null, List.of(), null)
        };
    }

    @ParameterizedTest
    @MethodSource("events")
    @DisplayName("What is written is read again")
    void bothWays(ClientEvent event) {
        assertThat(ClientEventLine.parse(ClientEventLine.write(event).encode())).isEqualTo(new Parsed.Event(event));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "[]",
                "{\"event\":\"report\",\"at\":\"2026-11-22T21:52:07Z\"}",
                "{\"event\":\"said\",\"at\":\"2026-11-22T21:52:07Z\",\"quotes\":[1]}",
                "{\"event\":\"connected\",\"at\":\"2026-11-22T21:52:07Z\",\"connections\":\"all\"}"
            })
    @DisplayName("What is no event is garbage, not an exception")
    void garbage(String line) {
        assertThat(ClientEventLine.parse(line)).isInstanceOf(Parsed.Garbage.class);
    }

    @Property
    void anythingParsesToSomething(@ForAll String line) {
        assertThat(ClientEventLine.parse(line)).isNotNull();
    }
}
