package dev.rebind.agent;

import static dev.rebind.agent.Made.PORT;
import static dev.rebind.agent.Made.SECOND;
import static dev.rebind.agent.Made.owner;
import static dev.rebind.agent.Made.socket;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Explanation.Blocker;
import dev.rebind.sockets.Owner;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.release.Release;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
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
    private static final String BOTH = "It would have bound at once had both generations set SO_REUSEADDR.";

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

    private static Blocker blocker(TcpState state, Cause cause, @Nullable Owner owner, @Nullable Integer generation) {
        return new Blocker(socket(state, HERE, "127.0.0.1:40001", 0), cause, owner, generation, POINT);
    }

    private String say(Release release, @Nullable String prevention, List<Blocker> blockers, String... doubts) {
        var explanation = new Explanation(
                blockers.isEmpty() ? Cause.unknown : blockers.getFirst().cause(),
                blockers,
                release,
                doubts.length == 0,
                Arrays.asList(doubts),
                prevention);
        return sentences.failed(failed("EADDRINUSE", 98, "bind"), explanation, generation -> generation == 3);
    }

    @Test
    @DisplayName("the sentence of the issue, with the point of a calibrated prediction")
    void point() {
        var twenty = new ArrayList<Blocker>();
        for (int i = 0; i < 20; i++) {
            twenty.add(blocker(TcpState.TIME_WAIT, Cause.time_wait, null, 1));
        }
        assertThat(say(POINT, BOTH, twenty))
                .isEqualTo("Generation 2 could not bind 0.0.0.0:18080 (EADDRINUSE, errno 98): 20 sockets in TIME_WAIT,"
                        + " left by generation 1, which ran without SO_REUSEADDR. The port is free again in 60.3 s, at"
                        + " 21:52:07.4. It would have bound at once had both generations set SO_REUSEADDR.");
    }

    @Test
    @DisplayName("one socket is one socket, and an uncalibrated release is a window")
    void window() {
        assertThat(say(WINDOW, null, List.of(blocker(TcpState.TIME_WAIT, Cause.time_wait, null, 3))))
                .isEqualTo("Generation 2 could not bind 0.0.0.0:18080 (EADDRINUSE, errno 98): 1 socket in TIME_WAIT,"
                        + " left by generation 3, which ran with SO_REUSEADDR. The port is free again between 60.0 s"
                        + " and 62.0 s from now, at 21:52:09.1 at the latest.");
    }

    @Test
    @DisplayName("a window that has begun does not begin before now")
    void windowBegun() {
        assertThat(sentences.release(
                        new Release.Window(9 * SECOND, 11 * SECOND, OptionalLong.empty(), ""), AT, 10 * SECOND))
                .startsWith("The port is free again between 0.0 s and 1.0 s from now");
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
    @DisplayName("a listener is named with its process")
    void listener() {
        assertThat(say(HELD, null, List.of(blocker(TcpState.LISTEN, Cause.listener_other, owner(77), null))))
                .isEqualTo("Generation 2 could not bind 0.0.0.0:18080 (EADDRINUSE, errno 98): another program listens"
                        + " (java, pid 77). The port does not become free by itself: a listener ends when its process"
                        + " closes it.");
    }

    @Test
    @DisplayName("several causes are told one after the other, and origins only where they are known")
    void several() {
        assertThat(say(
                        HELD,
                        null,
                        List.of(
                                blocker(TcpState.ESTABLISHED, Cause.established, owner(5), 1),
                                blocker(TcpState.TIME_WAIT, Cause.time_wait, null, 1),
                                blocker(TcpState.TIME_WAIT, Cause.time_wait, null, null),
                                blocker(TcpState.FIN_WAIT_2, Cause.fin_wait2, null, null))))
                .contains(
                        "1 socket in ESTABLISHED (java, pid 5), left by generation 1, which ran without SO_REUSEADDR;")
                .contains("2 sockets in TIME_WAIT, left by a server that is not known here, and by generation 1")
                .contains("1 socket in FIN_WAIT_2, left by a server that is not known here.");
    }

    @Test
    @DisplayName("without a blocker the doubts are the explanation")
    void nothingFound() {
        assertThat(say(HELD, null, List.of(), "No socket was on the port."))
                .isEqualTo(
                        "Generation 2 could not bind 0.0.0.0:18080 (EADDRINUSE, errno 98). No socket was on the port.");
    }

    @Test
    @DisplayName("listen is called listen, and a failure without an errno has the server's message")
    void otherCalls() {
        var none = new Explanation(Cause.unknown, List.of(), HELD, false, List.of("Why is not known."), null);
        assertThat(sentences.failed(failed("EADDRINUSE", 98, "listen"), none, _ -> false))
                .startsWith("Generation 2 could not listen on 0.0.0.0:18080 (EADDRINUSE, errno 98).");
        assertThat(sentences.failed(failed(null, null, null), none, _ -> false))
                .startsWith("Generation 2 could not bind 0.0.0.0:18080 (the server's message).");
    }

    @Test
    @DisplayName("a bind that succeeded says over what, and claims no reason that is not proven")
    void bound() {
        var bound = new Start.Bound(2, new Place("127.0.0.1", PORT), List.of(1L), AT, 10 * SECOND);

        assertThat(Sentences.bound(bound, Map.of(), false, false))
                .isEqualTo("Generation 2 bound 127.0.0.1:18080: nothing was left on the port.");
        assertThat(Sentences.bound(bound, Map.of("TIME_WAIT", 20), true, true))
                .isEqualTo(
                        "Generation 2 bound 127.0.0.1:18080 over 20 sockets in TIME_WAIT: both generations set SO_REUSEADDR.");
        assertThat(Sentences.bound(bound, Map.of("LISTEN", 1), true, true))
                .isEqualTo(
                        "Generation 2 bound 127.0.0.1:18080 over 1 socket in LISTEN: by then none of it stood in the way.");
        assertThat(Sentences.bound(bound, Map.of("TIME_WAIT", 1), false, true))
                .endsWith("by then none of it stood in the way.");
    }
}
