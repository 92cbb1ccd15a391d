package dev.rebind.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.diagnosis.Cause;
import dev.rebind.diagnosis.Diagnosis;
import dev.rebind.diagnosis.text.Screen;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.release.ReleasePredictor;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class OutsideViewTest {
    private static final TcpSocket LEFT = Made.timeWait("10.1.0.7:18080", "10.1.0.8:40000", Duration.ofSeconds(50));

    private final OutsideView outside = new OutsideView();

    private static PortForecast forecast(PortView view) {
        return PortForecast.of(view, new ReleasePredictor());
    }

    private static Start.Failed failed(@Nullable String errno) {
        var settings = new GenerationSettings(
                2,
                new Place("0.0.0.0", Made.PORT),
                GenerationSettings.Mode.process,
                false,
                false,
                "echo",
                "nio",
                true,
                false,
                null);
        return new Start.Failed(2, settings, errno, null, null, "its container ended", Instant.EPOCH, Made.SECOND);
    }

    @Test
    @DisplayName("When the errno is EADDRINUSE and TIME_WAIT is all that is there, then that was it, whoever set what")
    void timeWait() {
        Explanation explanation = outside.explain(
                failed("EADDRINUSE"), forecast(Made.view(1, List.of(LEFT), Map.of())), null, null, 1, null);
        assertThat(explanation.cause()).isEqualTo(Cause.time_wait);
        assertThat(explanation.blocking())
                .singleElement()
                .satisfies(blocker -> assertThat(blocker.generation()).isNull());
        assertThat(explanation.prevention())
                .isEqualTo("It would have bound at once had both the old server and the new one set SO_REUSEADDR.");
    }

    @Test
    @DisplayName("When it is known what was toggled, then the trap of the first restart is told")
    void toggled() {
        Explanation explanation = outside.explain(
                failed("EADDRINUSE"), forecast(Made.view(1, List.of(LEFT), Map.of())), false, true, 1, null);
        assertThat(explanation.cause()).isEqualTo(Cause.time_wait);
        assertThat(explanation.prevention()).contains("had the old server set SO_REUSEADDR too");
    }

    @Test
    @DisplayName("When nobody tells the errno, then the cause is unknown, whatever is on the port")
    void noErrno() {
        Explanation explanation =
                outside.explain(failed(null), forecast(Made.view(1, List.of(LEFT), Map.of())), null, null, 1, null);
        assertThat(explanation.cause()).isEqualTo(Cause.unknown);
    }

    @Test
    @DisplayName(
            "When the old server's listener is known and still there, then it is the cause; another one is not taken for it")
    void oldListener() {
        PortView view = Made.view(1, List.of(Made.listener("0.0.0.0:18080", 9)), Map.of());

        Explanation explanation = outside.explain(failed("EADDRINUSE"), forecast(view), null, null, 1, 9L);
        assertThat(explanation.cause()).isEqualTo(Cause.listener_old);
        assertThat(explanation.confident()).isTrue();
        assertThat(explanation.blocking())
                .singleElement()
                .satisfies(blocker -> assertThat(blocker.generation()).isEqualTo(1));

        assertThat(outside.explain(failed("EADDRINUSE"), forecast(view), null, null, 1, 8L)
                        .cause())
                .isEqualTo(Cause.listener_unseen);
    }

    @Test
    @DisplayName("When somebody listens, then it is said that whose it is cannot be seen")
    void listener() {
        Explanation explanation = outside.explain(
                failed("EADDRINUSE"),
                forecast(Made.view(1, List.of(LEFT, Made.listener("0.0.0.0:18080", 9)), Map.of())),
                null,
                null,
                1,
                null);
        assertThat(explanation.cause()).isEqualTo(Cause.listener_unseen);
        assertThat(explanation.confident()).isFalse();
        assertThat(explanation.told().inTheWay().getFirst())
                .contains("an unseen process with a socket of")
                .contains("listens on");
    }

    @Test
    @DisplayName(
            "When a connection is held by a process that cannot be seen, then it is said that it is open, and not who accepted it")
    void connection() {
        TcpSocket open = Made.socket(TcpState.ESTABLISHED, "10.1.0.7:18080", "10.1.0.8:40000", 9);
        assertThat(outside.explain(
                                failed("EADDRINUSE"),
                                forecast(Made.view(1, List.of(open), Map.of())),
                                null,
                                null,
                                1,
                                null)
                        .cause())
                .isEqualTo(Cause.established);
    }

    @Test
    @DisplayName("When a listener came over a TIME_WAIT that is still there, then both have set SO_REUSEADDR")
    void proven() {
        PortView before = Made.view(1, List.of(LEFT), Map.of());
        PortView over = Made.view(2, List.of(LEFT, Made.listener("0.0.0.0:18080", 9)), Map.of());
        assertThat(OutsideView.reuseProven(before, over)).isTrue();
        assertThat(OutsideView.reuseProven(before, Made.view(2, List.of(Made.listener("0.0.0.0:18080", 9)), Map.of())))
                .as("it had gone by then")
                .isFalse();
        assertThat(OutsideView.reuseProven(over, over))
                .as("the listener was there before")
                .isFalse();
        assertThat(OutsideView.reuseProven(
                        before, Made.view(2, List.of(LEFT, Made.listener("127.0.0.1:18080", 9)), Map.of())))
                .as("another address needs no option")
                .isFalse();
        assertThat(OutsideView.reuseProven(
                        before, Made.view(2, List.of(LEFT, Made.listener("[::]:18080", 9)), Map.of())))
                .as("it may be for IPv6 only")
                .isFalse();
    }

    @Test
    @DisplayName("When nobody has tried to bind, then the rule answers, and who holds a socket is left open")
    void diagnose() {
        Diagnosis left = outside.diagnose(Made.PORT, forecast(Made.view(1, List.of(LEFT), Map.of())));
        assertThat(left.verdict()).isEqualTo(Diagnosis.Verdict.FREE_LATER);
        assertThat(left.cause()).contains(Cause.time_wait);
        assertThat(outside.diagnose(Made.PORT, forecast(Made.view(1, List.of(), Map.of())))
                        .verdict())
                .isEqualTo(Diagnosis.Verdict.FREE);

        Diagnosis taken = outside.diagnose(
                Made.PORT, forecast(Made.view(1, List.of(Made.listener("0.0.0.0:18080", 9)), Map.of())));
        assertThat(taken.verdict()).isEqualTo(Diagnosis.Verdict.TAKEN);
        assertThat(taken.cause()).contains(Cause.listener_unseen);
        List<String> text = new Screen(ZoneOffset.UTC).lines(taken);
        assertThat(String.join(" ", text))
                .contains("an unseen process with a socket of uid 0 listens on 0.0.0.0:18080")
                .contains(
                        "The socket was opened by uid 0. Which process has it is not seen from outside: ask on its machine, or in its container.");
    }
}
