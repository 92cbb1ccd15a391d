package dev.rebind.agent.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.Agent;
import dev.rebind.agent.Agent.Clearing;
import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Agent.Stop;
import dev.rebind.agent.GenerationSettings;
import dev.rebind.agent.GenerationSettings.Mode;
import dev.rebind.client.traffic.Traffic;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.release.Release;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WireTest {
    private static final Instant AT = Instant.parse("2026-11-22T01:02:03.123456789Z");
    private static final Place PLACE = new Place("::1", 80);
    private static final GenerationSettings SETTINGS =
            new GenerationSettings(1, PLACE, Mode.listener, true, false, "echo", "nio", true, false, null);

    static Stream<Object> results() {
        return Stream.of(
                new Start.Bound(1, PLACE, List.of(7L), AT, Long.MAX_VALUE - 1),
                new Start.Bound(
                        1,
                        PLACE,
                        List.of(7L),
                        AT,
                        9,
                        8,
                        7L,
                        List.of(new Agent.Beside("0.0.0.0:80", List.of(), null, "a_share", "Somebody."))),
                new Start.Failed(1, SETTINGS, null, null, null, "no", AT, -5),
                new Start.Broken(1, "why"),
                new Stop.Stopped(Duration.ofNanos(1_000_000_001), null),
                new Stop.Killed(Duration.ZERO),
                new Stop.Broken("why"),
                new Clearing.Cleared(3),
                new Clearing.Refused("why"),
                new Reading.Snapshot(AT, 5, "inet_diag", List.of(), 3),
                new Reading.Unreadable("what", "why"),
                new Release.Window(1, 2, OptionalLong.empty(), ""),
                new Release.Window(1, 2, OptionalLong.of(2), "but"),
                new Release.Held("why"),
                new Release.Unbounded("why"),
                new Release.Free(),
                new Traffic.Rebind(),
                new Traffic.Tcp("PING", null, Duration.ofSeconds(5)),
                new Traffic.Http(
                        "GET",
                        "/healthz",
                        List.of(new Traffic.Header("Accept", "*/*")),
                        10,
                        204,
                        false,
                        2_000,
                        Traffic.Version.http2,
                        Duration.ofMillis(1_500),
                        0,
                        new Traffic.Tls(null, "-----BEGIN CERTIFICATE-----", true, "web.example")));
    }

    @ParameterizedTest
    @MethodSource("results")
    @DisplayName("every kind of result comes back as it was, to the nanosecond, and says which one it is")
    void roundTrip(Object result) throws Exception {
        Class<?> sealed = result.getClass().getInterfaces()[0];
        String json = Wire.mapper().writerFor(sealed).writeValueAsString(result);
        assertThat(json).startsWith("{\"is\":\"").doesNotContain("null");
        Object back = Wire.mapper().readValue(json, sealed);
        assertThat(back).isEqualTo(result);
    }

    @Test
    @DisplayName("settings are what a person would write")
    void settings() throws Exception {
        assertThat(Wire.mapper().writeValueAsString(SETTINGS))
                .isEqualTo("{\"generation\":1,\"place\":{\"address\":\"::1\",\"port\":80},\"mode\":\"listener\","
                        + "\"reuseAddress\":true,\"reusePort\":false,\"service\":\"echo\",\"transport\":\"nio\","
                        + "\"reading\":true,\"processPerConnection\":false}");
    }
}
