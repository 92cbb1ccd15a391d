package dev.rebind.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.client.protocol.RequestReport;
import dev.rebind.client.protocol.RequestReport.Failure;
import dev.rebind.client.protocol.RequestReport.Failures;
import dev.rebind.client.protocol.RequestReport.Made;
import dev.rebind.client.protocol.RequestReport.Phase;
import dev.rebind.engine.EndpointHistory.Look;
import dev.rebind.engine.RequestCauses.Moments;
import dev.rebind.record.clients.RequestCause;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestCausesTest {
    private static final Instant MARK = Instant.parse("2026-11-30T12:00:00Z");
    /** In milliseconds since the mark: the old server ends by 100, the first bind fails by 400, the retry binds by 1,000. */
    private static final Moments FAILED = moments(false, 100, 400, 1_000);

    private static final Moments BOUND = moments(false, 100, null, 300);

    private final ClientClock clock = new ClientClock();

    RequestCausesTest() {
        clock.reported(-1_000_000, MARK, 1_000_000);
    }

    private static Moments moments(
            boolean overlap, @Nullable Integer others, @Nullable Integer failed, @Nullable Integer bound) {
        return new Moments(
                overlap, nanos(others), nanos(failed), true, nanos(bound), false, true, null, null, "10.244.1.7");
    }

    private static @Nullable Long nanos(@Nullable Integer millis) {
        return millis == null ? null : Long.valueOf(millis * 1_000_000L);
    }

    private static Failures failure(Failure failure, Phase phase, Made made, boolean onAnswered, int ms) {
        Instant at = MARK.plusMillis(ms);
        return new Failures(failure, phase, made, onAnswered, at, at, at, 1, null);
    }

    private static Failures refused(int ms) {
        return failure(Failure.refused, Phase.connecting, Made.never, false, ms);
    }

    private Map<String, Long> causes(Moments moments, Failures... failures) {
        long count = Arrays.stream(failures).mapToLong(Failures::count).sum();
        return RequestCauses.of(
                new RequestReport(count, 0, Map.of(), null, 0, null, null, null, null, List.of(failures)),
                clock,
                moments);
    }

    private RequestCause cause(Moments moments, Failures failure) {
        return RequestCause.valueOf(causes(moments, failure).keySet().iterator().next());
    }

    @ParameterizedTest
    @CsvSource({
        "50, refused_while_nobody_listened",
        "400, refused_while_nobody_listened",
        "402, refused_after_failed_bind",
        "1000, refused_after_failed_bind",
        "1002, unknown"
    })
    @DisplayName("A refusal is told by the last moment that it can only have come after")
    void refusals(int ms, RequestCause cause) {
        assertThat(cause(FAILED, refused(ms))).isEqualTo(cause);
    }

    @Test
    @DisplayName("A refusal is unknown while the old server listens on, and where the clocks were not compared")
    void refusalsUnknown() {
        assertThat(cause(moments(true, 100, null, 300), refused(200))).isEqualTo(RequestCause.unknown);
        clock.restart();
        assertThat(cause(BOUND, refused(200))).isEqualTo(RequestCause.unknown);
    }

    @Test
    @DisplayName("When the new server has ended by itself, then what is refused after its bind is refused for that")
    void refusedAfterTheEnd() {
        var ended = new Moments(false, nanos(100), null, true, nanos(300), true, true, null, null, "10.244.1.7");

        assertThat(cause(ended, refused(200))).isEqualTo(RequestCause.refused_while_nobody_listened);
        assertThat(cause(ended, refused(2_000))).isEqualTo(RequestCause.refused_after_new_server_ended);
        var shared = new Moments(false, nanos(100), null, true, nanos(300), true, false, null, null, "10.244.1.7");
        assertThat(cause(shared, refused(2_000)))
                .as("another listener may have gone")
                .isEqualTo(RequestCause.unknown);
    }

    @Test
    @DisplayName("When a start failed and no bind is known to have, then no failed bind is blamed")
    void refusedAfterAFailedStart() {
        var failed = new Moments(false, nanos(100), nanos(400), false, nanos(1_000), false, true, null, null, "::1");

        assertThat(cause(failed, refused(402))).isEqualTo(RequestCause.refused_after_failed_start);
        assertThat(cause(failed, refused(300))).isEqualTo(RequestCause.refused_while_nobody_listened);
    }

    @Test
    @DisplayName("Of several refusals in one group the last counts: none may have come after the bind")
    void group() {
        var group = new Failures(
                Failure.refused,
                Phase.connecting,
                Made.never,
                false,
                MARK.plusMillis(290),
                MARK.plusMillis(291),
                MARK.plusMillis(303),
                2,
                null);
        assertThat(causes(BOUND, group)).containsExactly(Map.entry("unknown", 2L));
    }

    @ParameterizedTest
    @CsvSource({
        "reset, before_mark, true, 500, reset_by_old_server",
        "closed_early, before_mark, true, 500, closed_by_old_server",
        "reset, before_mark, false, 500, unserved_by_old_server",
        "reset, after_mark, false, 98, unserved_by_old_server",
        "reset, after_mark, true, 98, reset_by_old_server",
        "reset, after_mark, false, 100, unknown",
        "closed_early, after_mark, false, 500, unknown",
        "closed_early, after_bound, true, 500, ended_by_new_server",
        "status, before_mark, true, 500, status_of_old_server",
        "status, after_mark, true, 150, status",
        "status, after_bound, false, 500, status_of_new_server",
        "timeout, after_mark, false, 500, timed_out_answering",
        "other, before_mark, true, 500, unknown",
    })
    @DisplayName("A connection that ends is the old server's where no other can have listened when it was made")
    void ends(Failure failure, Made made, boolean onAnswered, int ms, RequestCause cause) {
        assertThat(cause(BOUND, failure(failure, Phase.connected, made, onAnswered, ms)))
                .isEqualTo(cause);
    }

    @Test
    @DisplayName("A new server that is not alone on its port is not told to have ended a connection")
    void notAlone() {
        Failures reset = failure(Failure.reset, Phase.connected, Made.after_bound, true, 500);
        assertThat(cause(
                        new Moments(false, nanos(100), null, true, nanos(300), false, false, null, null, "10.244.1.7"),
                        reset))
                .isEqualTo(RequestCause.unknown);
        assertThat(cause(moments(true, 100, null, 300), reset)).isEqualTo(RequestCause.unknown);
    }

    @Test
    @DisplayName("Time-outs are told by how far the request had come, and an address that nobody has by its errno")
    void others() {
        assertThat(causes(
                        BOUND,
                        failure(Failure.timeout, Phase.waiting, Made.never, false, 1),
                        failure(Failure.timeout, Phase.connecting, Made.never, false, 1),
                        failure(Failure.unreachable, Phase.connecting, Made.never, false, 1)))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("timed_out_waiting", 1L, "timed_out_connecting", 1L, "unreachable", 1L));
    }

    private static Moments through(ClientRoute.Way way, boolean othersAnswer) {
        return new Moments(
                false,
                nanos(100),
                null,
                true,
                nanos(300),
                false,
                true,
                new ClientRoute("10.96.0.7", 80, way, othersAnswer),
                null,
                "10.244.1.7");
    }

    @Test
    @DisplayName("Through a Service or a URL a refusal may be somebody else's than the server's")
    void onTheWay() {
        for (ClientRoute.Way way : ClientRoute.Way.values()) {
            assertThat(cause(through(way, false), refused(50)))
                    .isEqualTo(
                            switch (way) {
                                case pod, hostPort -> RequestCause.refused_while_nobody_listened;
                                case service, url -> RequestCause.refused_on_the_way;
                            });
        }
    }

    @Test
    @DisplayName("Where other servers answer too, nobody is told to have ended a connection")
    void shared() {
        Failures reset = failure(Failure.reset, Phase.connected, Made.before_mark, true, 50);
        assertThat(cause(through(ClientRoute.Way.service, false), reset)).isEqualTo(RequestCause.reset_by_old_server);
        assertThat(cause(through(ClientRoute.Way.service, true), reset)).isEqualTo(RequestCause.unknown);
        Failures status = failure(Failure.status, Phase.connected, Made.after_bound, true, 500);
        assertThat(cause(through(ClientRoute.Way.service, true), status)).isEqualTo(RequestCause.status);
    }

    private static Moments endpoints(Look... looks) {
        var history = new EndpointHistory();
        Arrays.stream(looks).forEach(history::add);
        return new Moments(
                false,
                nanos(100),
                null,
                true,
                nanos(6_000),
                false,
                true,
                new ClientRoute("10.96.0.7", 80, ClientRoute.Way.service, true),
                history,
                "10.244.1.7");
    }

    /** A look at one slice, whose generation grows by one with each change. */
    private static Look look(int ms, long generation, @Nullable Integer goneMs, String... usable) {
        return new Look(
                ms * 1_000_000L,
                (ms + 10) * 1_000_000L,
                Map.of("slice", generation),
                Set.of(usable),
                Set.of(),
                nanos(goneMs));
    }

    @Test
    @DisplayName(
            "A refusal while the Service had no ready endpoint is the Service's; when the new server is bound, its pod is not ready")
    void noEndpoint() {
        Moments none = endpoints(look(0, 3, null), look(20_000, 3, null));
        assertThat(cause(none, refused(4_000))).isEqualTo(RequestCause.refused_without_endpoint);
        assertThat(cause(none, refused(6_010))).isEqualTo(RequestCause.refused_before_ready);
        assertThat(cause(none, refused(2_000)))
                .as("the node's rules may be of before the first look")
                .isEqualTo(RequestCause.refused_on_the_way);
        assertThat(cause(none, refused(20_100))).as("after the last look").isEqualTo(RequestCause.refused_on_the_way);
        clock.restart();
        assertThat(cause(none, refused(4_000))).isEqualTo(RequestCause.refused_on_the_way);
    }

    @Test
    @DisplayName("A refusal while the server's pod was the only endpoint is the server's own")
    void onlyTheServer() {
        Moments only = endpoints(look(-5_000, 3, null, "10.244.1.7"), look(20_000, 3, null, "10.244.1.7"));
        assertThat(cause(only, refused(4_000))).isEqualTo(RequestCause.refused_while_nobody_listened);
        assertThat(cause(only, refused(6_010))).isEqualTo(RequestCause.unknown);
        Moments another = endpoints(look(-5_000, 3, null, "10.244.1.8"), look(20_000, 3, null, "10.244.1.8"));
        assertThat(cause(another, refused(4_000))).isEqualTo(RequestCause.refused_on_the_way);
    }

    @Test
    @DisplayName("What was sent to the only endpoint after its pod was gone is told so, however it failed")
    void gone() {
        Moments gone = endpoints(
                look(-5_000, 3, null, "10.244.1.7"),
                look(500, 3, 520, "10.244.1.7"),
                look(20_000, 3, 20_020, "10.244.1.7"));
        for (Failure failure : List.of(Failure.refused, Failure.unreachable, Failure.timeout)) {
            assertThat(cause(gone, failure(failure, Phase.connecting, Made.never, false, 600)))
                    .isEqualTo(RequestCause.sent_to_gone_endpoint);
        }
        assertThat(cause(gone, failure(Failure.unreachable, Phase.connecting, Made.never, false, 510)))
                .as("its pod was there, as far as is known")
                .isEqualTo(RequestCause.unreachable);
        assertThat(cause(gone, failure(Failure.timeout, Phase.connected, Made.after_mark, false, 600)))
                .isEqualTo(RequestCause.timed_out_answering);
    }

    @Test
    @DisplayName(
            "Where only endpoints that end still serve, nothing is told by them: some proxies send connections there")
    void draining() {
        Moments draining = endpoints(
                new Look(-5_000_000_000L, -4_990_000_000L, Map.of("slice", 3L), Set.of(), Set.of("10.244.1.7"), null),
                new Look(20_000_000_000L, 20_010_000_000L, Map.of("slice", 3L), Set.of(), Set.of("10.244.1.7"), null));
        assertThat(cause(draining, refused(4_000))).isEqualTo(RequestCause.refused_on_the_way);
    }

    @Test
    @DisplayName(
            "Where the endpoints changed from one kind to another in the time that counts, or in unseen ways, nothing is told by them")
    void changed() {
        Moments lost = endpoints(
                look(-5_000, 3, null, "10.244.1.7"),
                look(300, 4, null),
                look(8_000, 4, null),
                look(9_000, 6, null),
                look(20_000, 6, null));
        assertThat(cause(lost, refused(200))).as("either may be").isEqualTo(RequestCause.refused_on_the_way);
        assertThat(cause(lost, refused(3_000))).as("the rules may be older").isEqualTo(RequestCause.refused_on_the_way);
        assertThat(cause(lost, refused(3_400))).isEqualTo(RequestCause.refused_without_endpoint);
        assertThat(cause(lost, refused(8_500)))
                .as("two changes, and one look")
                .isEqualTo(RequestCause.refused_on_the_way);
        assertThat(cause(lost, refused(12_100))).isEqualTo(RequestCause.refused_before_ready);
        Moments once = endpoints(look(0, 3, null), look(4_000, 3, null), look(5_000, 4, null), look(20_000, 4, null));
        assertThat(cause(once, refused(4_500)))
                .as("one change that made nobody ready")
                .isEqualTo(RequestCause.refused_without_endpoint);
    }
}
