package dev.rebind.agent;

import static dev.rebind.agent.Made.PORT;
import static dev.rebind.agent.Made.SECOND;
import static dev.rebind.agent.Made.socket;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Explanation.Blocker;
import dev.rebind.agent.Explanation.Told;
import dev.rebind.diagnosis.Cause;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.release.Release;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SentencesTest {
    private static final String HERE = "127.0.0.1:" + PORT;
    private static final Instant AT = Instant.parse("2026-11-22T21:51:07.1Z");
    private static final Release POINT =
            new Release.Window(70 * SECOND, 72 * SECOND, OptionalLong.of(70_300_000_000L), "");
    private static final Release WINDOW = new Release.Window(70 * SECOND, 72 * SECOND, OptionalLong.empty(), "");
    private static final Release HELD = new Release.Held("a listener ends when its process closes it");
    private static final String BOTH = "It would have bound at once had both servers set SO_REUSEADDR.";

    private final Sentences sentences = new Sentences(ZoneOffset.UTC);

    private static Start.Failed failed(@Nullable String errno, @Nullable Integer number, @Nullable String call) {
        var settings = new GenerationSettings(
                2,
                new Place("0.0.0.0", PORT),
                GenerationSettings.Mode.process,
                false,
                false,
                "echo",
                "nio",
                true,
                false,
                null);
        return new Start.Failed(2, settings, errno, number, call, "the server's message", AT, 10 * SECOND);
    }

    private static final Blocker BLOCKER =
            new Blocker(socket(TcpState.TIME_WAIT, HERE, "127.0.0.1:40001", 0), Cause.time_wait, List.of(), 1, POINT);

    private String say(Release release, @Nullable String prevention, Told told, String... doubts) {
        var explanation = new Explanation(
                Cause.time_wait,
                told.inTheWay().isEmpty() ? List.of() : List.of(BLOCKER),
                release,
                doubts.length == 0,
                Arrays.asList(doubts),
                prevention,
                told);
        return sentences.failed(failed("EADDRINUSE", 98, "bind"), explanation).whole();
    }

    private static Told told(String... inTheWay) {
        return new Told(List.of(inTheWay), List.of(), List.of());
    }

    @Test
    @DisplayName("what, why, until when, and what would have prevented it, with the point of a calibrated prediction")
    void point() {
        assertThat(say(
                        POINT,
                        BOTH,
                        told("20 sockets in TIME_WAIT, left by the old server, which ran without SO_REUSEADDR")))
                .isEqualTo(
                        "The new server could not bind 0.0.0.0:18080 (EADDRINUSE, errno 98): 20 sockets in TIME_WAIT,"
                                + " left by the old server, which ran without SO_REUSEADDR. The port is free again 60.3 s"
                                + " after the failed bind, at 21:52:07.4 UTC. It would have bound at once had both servers set SO_REUSEADDR.");
    }

    @Test
    @DisplayName("an uncalibrated release is a window")
    void window() {
        assertThat(say(WINDOW, null, told("1 socket in TIME_WAIT")))
                .isEqualTo(
                        "The new server could not bind 0.0.0.0:18080 (EADDRINUSE, errno 98): 1 socket in TIME_WAIT."
                                + " The port is free again between 60.0 s and 62.0 s after the failed bind, at 21:52:09.1 UTC at the latest.");
    }

    @Test
    @DisplayName("a window that is shorter than what is shown of it is told as a time")
    void windowOfMilliseconds() {
        assertThat(sentences.release(
                        new Release.Window(70_401_000_000L, 70_449_000_000L, OptionalLong.empty(), ""),
                        AT,
                        10 * SECOND))
                .startsWith("The port is free again 60.4 s after the failed bind, at ");
    }

    @Test
    @DisplayName("a window that has begun does not begin before the failure")
    void windowBegun() {
        assertThat(sentences.release(
                        new Release.Window(9 * SECOND, 11 * SECOND, OptionalLong.empty(), ""), AT, 10 * SECOND))
                .startsWith("The port is free again between 0.0 s and 1.0 s after the failed bind");
    }

    @Test
    @DisplayName("what could change a prediction is said with it")
    void caveat() {
        assertThat(sentences.release(
                        new Release.Window(70 * SECOND, 72 * SECOND, OptionalLong.empty(), "should it rain"),
                        AT,
                        10 * SECOND))
                .endsWith("at the latest (should it rain).");
    }

    @Test
    @DisplayName(
            "kinds of sockets are told one after the other, then who has them, what ends them, and what is not known")
    void several() {
        var told = new Told(
                List.of("nginx (pid 77) listens on 0.0.0.0:18080", "2 sockets in TIME_WAIT"),
                List.of("Process 77 runs `nginx`."),
                List.of(
                        new Explanation.Remedy("end_processes", true, "End process 77."),
                        new Explanation.Remedy("another_port", true, "Or take another port.")));
        assertThat(say(HELD, "Nothing would.", told, "Something is not known."))
                .isEqualTo(
                        "The new server could not bind 0.0.0.0:18080 (EADDRINUSE, errno 98): nginx (pid 77) listens on"
                                + " 0.0.0.0:18080; and 2 sockets in TIME_WAIT. Process 77 runs `nginx`. The port does not become"
                                + " free by itself: a listener ends when its process closes it. Nothing would. End process 77."
                                + " Something is not known.");
    }

    @Test
    @DisplayName("without a blocker the doubts are the explanation")
    void nothingFound() {
        assertThat(say(HELD, null, Told.NOTHING, "No socket was on the port."))
                .isEqualTo(
                        "The new server could not bind 0.0.0.0:18080 (EADDRINUSE, errno 98). No socket was on the port.");
    }

    @Test
    @DisplayName("listen is called listen, and a failure without an errno has the server's message and no call")
    void otherCalls() {
        var none = Explanation.unknown(HELD, "Why is not known.");
        assertThat(sentences.failed(failed("EADDRINUSE", 98, "listen"), none).event())
                .startsWith("The new server could not listen on 0.0.0.0:18080 (EADDRINUSE, errno 98).");
        assertThat(sentences.failed(failed(null, null, null), none).event())
                .startsWith("The new server did not start on 0.0.0.0:18080 (the server's message).");
    }

    @Test
    @DisplayName("a bind that succeeded says over what, and claims no reason that is not proven")
    void bound() {
        var bound = new Start.Bound(2, new Place("127.0.0.1", PORT), List.of(1L), AT, 10 * SECOND);

        assertThat(Sentences.bound(bound, Map.of(), false, false))
                .isEqualTo("The new server bound 127.0.0.1:18080: nothing was left on the port.");
        assertThat(Sentences.bound(bound, Map.of("TIME_WAIT", 20), true, true))
                .isEqualTo(
                        "The new server bound 127.0.0.1:18080 over 20 sockets in TIME_WAIT: both servers set SO_REUSEADDR.");
        assertThat(Sentences.bound(bound, Map.of("LISTEN", 1), true, true))
                .isEqualTo(
                        "The new server bound 127.0.0.1:18080 over 1 socket in LISTEN: by then none of it stood in the way.");
        assertThat(Sentences.bound(bound, Map.of("TIME_WAIT", 1), false, true))
                .endsWith("by then none of it stood in the way.");
    }

    @Test
    @DisplayName("a bind beside others names them, and is not said to have found nothing")
    void beside() {
        var other = new Agent.Beside(
                "0.0.0.0:18080", List.of(7L), "old", "a_share", "Beside a server on [::], old gets a share.");
        var bound =
                new Start.Bound(2, new Place("127.0.0.1", PORT), List.of(1L), AT, 10 * SECOND).beside(List.of(other));

        assertThat(Sentences.bound(bound, Map.of(), false, false))
                .isEqualTo("The new server bound 127.0.0.1:18080. Beside a server on [::], old gets a share.");
        assertThat(Sentences.bound(bound, Map.of("LISTEN", 1, "TIME_WAIT", 2), false, false))
                .isEqualTo(
                        "The new server bound 127.0.0.1:18080 over 2 sockets in TIME_WAIT: by then none of it stood in"
                                + " the way. Beside a server on [::], old gets a share.");
    }
}
