package dev.rebind.agent;

import static dev.rebind.agent.Made.AGENT;
import static dev.rebind.agent.Made.PORT;
import static dev.rebind.agent.Made.SECOND;
import static dev.rebind.agent.Made.STRANGERS;
import static dev.rebind.agent.Made.life;
import static dev.rebind.agent.Made.listener;
import static dev.rebind.agent.Made.owner;
import static dev.rebind.agent.Made.socket;
import static dev.rebind.agent.Made.timeWait;
import static dev.rebind.agent.Made.view;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Explanation.Blocker;
import dev.rebind.diagnosis.Cause;
import dev.rebind.diagnosis.Question;
import dev.rebind.diagnosis.seen.Attempt;
import dev.rebind.diagnosis.seen.Observation;
import dev.rebind.diagnosis.seen.Opener;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.proc.Namespace;
import dev.rebind.sockets.release.Release;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExplainerTest {
    private static final String HERE = "127.0.0.1:" + PORT;
    private static final String CLIENT = "127.0.0.1:40001";
    private static final String OTHER_CLIENT = "127.0.0.1:40002";

    private final ConnectionHistory history = new ConnectionHistory(AGENT);
    private final Map<TcpSocket, Opener> openers = new HashMap<>();

    private static final Namespace.Ports EPHEMERAL = new Namespace.Ports(32_768, 60_999);
    private static final Namespace.Ports ALL = new Namespace.Ports(1, 65_535);
    private static final Namespace.Ports THIS_ONE = new Namespace.Ports(PORT, PORT);

    private Explanation explain(PortView view, boolean reuse) {
        return explain(view, "127.0.0.1", reuse, EPHEMERAL);
    }

    private Explanation explain(PortView view, String address, boolean reuse, Namespace.Ports ephemeral) {
        return explain(view, failed(address, reuse, "EADDRINUSE", "bind"), ephemeral);
    }

    private Explanation explain(PortView view, Start.Failed failed, Namespace.Ports ephemeral) {
        Question question = Explainer.question(failed);
        Observation seen = Made.observation(
                question, view, Attempt.refused(question, true, Explainer.errno(failed)), ephemeral, openers);
        return new Explainer(ZoneOffset.UTC).explain(failed, GenerationFacts.with(history, seen, STRANGERS));
    }

    private static Start.Failed failed(String address, boolean reuse, @Nullable String errno, @Nullable String call) {
        var settings = new GenerationSettings(
                9,
                new Place(address, PORT),
                GenerationSettings.Mode.process,
                reuse,
                false,
                "echo",
                "nio",
                true,
                false,
                null);
        return new Start.Failed(
                9,
                settings,
                errno,
                "EADDRINUSE".equals(errno) ? 98 : null,
                call,
                "the server's message",
                Instant.EPOCH.plusSeconds(10),
                10 * SECOND);
    }

    /** Generation 1 had a connection to {@link #CLIENT}, and is gone. */
    private void hadConnection(boolean reuse) {
        history.begins(life(1, "127.0.0.1", reuse, 11, 1));
        TcpSocket connection = socket(TcpState.ESTABLISHED, HERE, CLIENT, 7);
        history.saw(
                PORT, view(2, List.of(listener(HERE, 5), connection), Map.of(5L, owner(11), 7L, owner(11))), STRANGERS);
        history.ends(PORT, 1, 9 * SECOND);
    }

    private static void isOnly(Explanation explanation, Cause cause, @Nullable Integer generation) {
        assertThat(explanation.cause()).isEqualTo(cause);
        assertThat(explanation.blocking()).singleElement().satisfies(blocker -> {
            assertThat(blocker.cause()).isEqualTo(cause);
            assertThat(blocker.generation()).isEqualTo(generation);
        });
    }

    @Nested
    @DisplayName("leftovers of a generation that was seen")
    class Leftovers {
        @ParameterizedTest
        @CsvSource({
            "TIME_WAIT, time_wait",
            "FIN_WAIT_2, fin_wait2",
            "FIN_WAIT_1, closing",
            "LAST_ACK, closing",
            "CLOSING, closing"
        })
        @DisplayName("have the cause of their state, and the options of their generation")
        void orphans(TcpState state, Cause cause) {
            hadConnection(false);
            Explanation explanation = explain(view(10, List.of(socket(state, HERE, CLIENT, 0)), Map.of()), false);

            isOnly(explanation, cause, 1);
            assertThat(explanation.confident()).isTrue();
            assertThat(explanation.prevention())
                    .isEqualTo("It would have bound at once had both servers set SO_REUSEADDR.");
        }

        @ParameterizedTest
        @CsvSource({"ESTABLISHED, established", "CLOSE_WAIT, close_wait", "FIN_WAIT_2, fin_wait2"})
        @DisplayName("that a handler still holds name it")
        void held(TcpState state, Cause cause) {
            hadConnection(false);
            Explanation explanation =
                    explain(view(10, List.of(socket(state, HERE, CLIENT, 7)), Map.of(7L, owner(55))), false);

            isOnly(explanation, cause, 1);
            assertThat(explanation.blocking().getFirst().owner()).isEqualTo(owner(55));
            assertThat(explanation.release()).isInstanceOf(Release.Held.class);
        }

        @Test
        @DisplayName("block a new generation with SO_REUSEADDR where the old one had it off: the trap")
        void trap() {
            hadConnection(false);
            Explanation explanation =
                    explain(view(10, List.of(socket(TcpState.TIME_WAIT, HERE, CLIENT, 0)), Map.of()), true);

            isOnly(explanation, Cause.time_wait, 1);
            assertThat(explanation.confident()).isTrue();
            assertThat(explanation.prevention())
                    .contains("had the old server set SO_REUSEADDR too")
                    .contains("second restart");
        }

        @Test
        @DisplayName("that had SO_REUSEADDR would have let a generation with it bind")
        void newAlone() {
            hadConnection(true);
            Explanation explanation =
                    explain(view(10, List.of(socket(TcpState.TIME_WAIT, HERE, CLIENT, 0)), Map.of()), false);

            isOnly(explanation, Cause.time_wait, 1);
            assertThat(explanation.prevention()).contains("had it set SO_REUSEADDR");
        }

        @Test
        @DisplayName("with SO_REUSEADDR on both do not stand in the way: what did is not known")
        void bothReuse() {
            hadConnection(true);
            Explanation explanation =
                    explain(view(10, List.of(socket(TcpState.TIME_WAIT, HERE, CLIENT, 0)), Map.of()), true);

            assertThat(explanation.cause()).isEqualTo(Cause.unknown);
            assertThat(explanation.blocking()).isEmpty();
            assertThat(explanation.confident()).isFalse();
            assertThat(explanation.doubts()).singleElement().asString().contains("1 TIME_WAIT");
        }
    }

    @Nested
    @DisplayName("leftovers that nobody saw while they were open")
    class Unseen {
        @Test
        @DisplayName("are of the only generation that can have accepted them")
        void only() {
            history.begins(life(1, "127.0.0.1", false, 11, 1));
            history.ends(PORT, 1, 9 * SECOND);
            TcpSocket left = timeWait(HERE, CLIENT, Duration.ofSeconds(59));

            isOnly(explain(view(10, List.of(left), Map.of()), false), Cause.time_wait, 1);
        }

        @Test
        @DisplayName("are not of a generation that began after them")
        void olderThanTheGeneration() {
            history.begins(life(1, "127.0.0.1", true, 11, 100));
            history.ends(PORT, 1, 109 * SECOND);
            // Ten seconds left at 110: it began at 60.
            TcpSocket left = timeWait(HERE, CLIENT, Duration.ofSeconds(10));

            isOnly(explain(view(110, List.of(left), Map.of()), false), Cause.time_wait, null);
        }

        @Test
        @DisplayName("that were there before a generation are not its own")
        void seenBefore() {
            TcpSocket left = socket(TcpState.FIN_WAIT_2, HERE, CLIENT, 0);
            history.saw(PORT, view(0.5, List.of(left), Map.of()), STRANGERS);
            history.begins(life(1, "127.0.0.1", true, 11, 1));
            history.ends(PORT, 1, 9 * SECOND);

            isOnly(explain(view(10, List.of(left), Map.of()), false), Cause.fin_wait2, null);
        }

        @Test
        @DisplayName(
                "of two generations that both are possible have no generation, and the options of both where they agree")
        void two() {
            history.begins(life(1, "127.0.0.1", false, 11, 1));
            history.ends(PORT, 1, 4 * SECOND);
            history.begins(life(2, "127.0.0.1", false, 12, 5));
            history.ends(PORT, 2, 9 * SECOND);
            TcpSocket left = timeWait(HERE, CLIENT, Duration.ofSeconds(59));
            Explanation explanation = explain(view(10, List.of(left), Map.of()), true);

            isOnly(explanation, Cause.time_wait, null);
            assertThat(explanation.confident()).isTrue();
            assertThat(explanation.prevention()).contains("had the server that left them set SO_REUSEADDR too");
        }

        @Test
        @DisplayName("on another address are not of this address's generation, and not in its way")
        void otherAddress() {
            history.begins(life(1, "127.0.0.1", false, 11, 1));
            history.ends(PORT, 1, 9 * SECOND);
            Explanation explanation = explain(
                    view(10, List.of(timeWait("127.0.0.2:" + PORT, CLIENT, Duration.ofSeconds(59))), Map.of()), false);

            assertThat(explanation.cause()).isEqualTo(Cause.unknown);
            assertThat(explanation.blocking()).isEmpty();
        }

        @Test
        @DisplayName("on any address are in the way of the wildcard")
        void wildcard() {
            history.begins(life(1, "0.0.0.0", false, 11, 1));
            history.ends(PORT, 1, 9 * SECOND);
            Explanation explanation = explain(
                    view(10, List.of(timeWait("127.0.0.2:" + PORT, CLIENT, Duration.ofSeconds(59))), Map.of()),
                    "0.0.0.0",
                    false,
                    EPHEMERAL);

            isOnly(explanation, Cause.time_wait, 1);
        }

        @Test
        @DisplayName("on a port of ip_local_port_range may be of a connection that went out: of no generation then")
        void ephemeralPort() {
            history.begins(life(1, "127.0.0.1", false, 11, 1));
            history.ends(PORT, 1, 9 * SECOND);
            Explanation explanation = explain(
                    view(10, List.of(timeWait(HERE, CLIENT, Duration.ofSeconds(59))), Map.of()),
                    "127.0.0.1",
                    false,
                    ALL);

            isOnly(explanation, Cause.time_wait, null);
            assertThat(explanation.confident()).isFalse();
        }

        @Test
        @DisplayName("with options that nobody knows, one alone must have been without SO_REUSEADDR")
        void unknownOption() {
            Explanation explanation =
                    explain(view(10, List.of(timeWait(HERE, CLIENT, Duration.ofSeconds(59))), Map.of()), true);

            isOnly(explanation, Cause.time_wait, null);
            assertThat(explanation.confident()).isTrue();
        }

        @Test
        @DisplayName("with options that nobody knows, of several at least one stood in the way: a doubt")
        void unknownOptions() {
            Explanation explanation = explain(
                    view(
                            10,
                            List.of(
                                    timeWait(HERE, CLIENT, Duration.ofSeconds(59)),
                                    socket(TcpState.FIN_WAIT_2, HERE, OTHER_CLIENT, 0)),
                            Map.of()),
                    true);

            assertThat(explanation.confident()).isFalse();
            assertThat(explanation.doubts()).singleElement().asString().contains("At least one of these 2");
        }
    }

    @Nested
    @DisplayName("listeners")
    class Listeners {
        @Test
        @DisplayName("of a living generation are the old one's")
        void old() {
            history.begins(life(1, "127.0.0.1", true, 11, 1));
            Explanation explanation = explain(view(10, List.of(listener(HERE, 5)), Map.of(5L, owner(11))), true);

            isOnly(explanation, Cause.listener_old, 1);
            assertThat(explanation.release()).isInstanceOf(Release.Held.class);
            assertThat(explanation.prevention()).contains("SO_REUSEPORT");
        }

        @Test
        @DisplayName("whose inode was seen while the generation lived are the old one's, owner visible or not")
        void oldByInode() {
            hadConnection(true);
            isOnly(explain(view(10, List.of(listener(HERE, 5)), Map.of()), true), Cause.listener_old, 1);
        }

        @Test
        @DisplayName("of another process are another program's, with its pid and name")
        void other() {
            hadConnection(true);
            Explanation explanation = explain(view(10, List.of(listener(HERE, 6)), Map.of(6L, owner(77))), true);

            isOnly(explanation, Cause.listener_other, null);
            assertThat(explanation.blocking().getFirst().owner()).isEqualTo(owner(77));
        }

        @Test
        @DisplayName("without a visible owner are somebody's who cannot be seen, and not said to be another program's")
        void invisible() {
            hadConnection(true);
            isOnly(explain(view(10, List.of(listener(HERE, 6)), Map.of()), true), Cause.listener_unseen, null);
        }

        @Test
        @DisplayName("on another address are not in the way, and are not taken for the cause")
        void elsewhere() {
            Explanation explanation =
                    explain(view(10, List.of(listener("127.0.0.2:" + PORT, 6)), Map.of(6L, owner(77))), true);

            assertThat(explanation.cause()).isEqualTo(Cause.unknown);
            assertThat(explanation.blocking()).isEmpty();
        }

        @Test
        @DisplayName("come before all that is left: they hold the port longest")
        void first() {
            hadConnection(false);
            Explanation explanation = explain(
                    view(
                            10,
                            List.of(
                                    socket(TcpState.TIME_WAIT, HERE, CLIENT, 0),
                                    socket(TcpState.ESTABLISHED, HERE, OTHER_CLIENT, 0),
                                    listener(HERE, 6)),
                            Map.of(6L, owner(77))),
                    false);

            assertThat(explanation.cause()).isEqualTo(Cause.listener_other);
            assertThat(explanation.blocking())
                    .extracting(Blocker::cause)
                    .containsExactly(Cause.listener_other, Cause.established, Cause.time_wait);
        }
    }

    @Nested
    @DisplayName("strangers")
    class Strangers {
        @Test
        @DisplayName("a connection that is being made goes out")
        void outgoing() {
            hadConnection(true);
            TcpSocket out = socket(TcpState.SYN_SENT, HERE, "127.0.0.1:5432", 8);
            Explanation explanation = explain(view(10, List.of(out), Map.of(8L, owner(77))), true);

            isOnly(explanation, Cause.outgoing, null);
            assertThat(explanation.blocking().getFirst().owner()).isEqualTo(owner(77));
        }

        @Test
        @DisplayName(
                "on a port of ip_local_port_range are prevented by keeping the port out of it, elsewhere by the stranger alone")
        void prevention() {
            PortView view = view(10, List.of(socket(TcpState.ESTABLISHED, HERE, HERE, 8)), Map.of(8L, owner(77)));

            assertThat(explain(view, "127.0.0.1", true, THIS_ONE).prevention())
                    .contains("lies in net.ipv4.ip_local_port_range: list it in net.ipv4.ip_local_reserved_ports");
            assertThat(explain(view, "127.0.0.1", true, EPHEMERAL).prevention())
                    .contains("The kernel gives this port to no connection, so a program bound it before it connected")
                    .doesNotContain("ip_local");
        }

        @Test
        @DisplayName("a connection whose far end is elsewhere is judged by its ports, with a doubt")
        void byPorts() {
            TcpSocket out = socket(TcpState.ESTABLISHED, HERE, "127.0.0.1:443", 8);
            Explanation explanation =
                    explain(view(10, List.of(out), Map.of(8L, owner(77))), "127.0.0.1", false, THIS_ONE);

            isOnly(explanation, Cause.outgoing, null);
            assertThat(explanation.confident()).isFalse();
        }

        @Test
        @DisplayName(
                "a connection of a process that nobody knows is an open one, and its ports tell whether it was accepted")
        void stranger() {
            hadConnection(false);
            TcpSocket connection = socket(TcpState.ESTABLISHED, HERE, OTHER_CLIENT, 8);
            Explanation explanation = explain(view(10, List.of(connection), Map.of(8L, owner(77))), false);

            isOnly(explanation, Cause.established, null);
            assertThat(explanation.told().inTheWay().getFirst()).contains(", probably accepted here from ");
        }

        @Test
        @DisplayName(
                "an accepted connection is not taken for an outgoing one because its client's port is listened on later")
        void listenedOnLater() {
            hadConnection(false);
            TcpSocket connection = socket(TcpState.ESTABLISHED, HERE, CLIENT, 7);
            Explanation explanation =
                    explain(view(10, List.of(connection), List.of(listener(CLIENT, 9)), Map.of(7L, owner(55))), false);

            isOnly(explanation, Cause.established, 1);
        }

        @Test
        @DisplayName("a connection that the kernel's count of bytes tells to go out is of no generation")
        void counted() {
            hadConnection(false);
            TcpSocket connection = socket(TcpState.ESTABLISHED, HERE, CLIENT, 7);
            openers.put(connection, Opener.SELF);

            isOnly(explain(view(10, List.of(connection), Map.of(7L, owner(55))), false), Cause.outgoing, null);
        }

        @Test
        @DisplayName("a client connected to itself is one socket, whoever owns it")
        void itself() {
            hadConnection(true);
            Explanation explanation = explain(
                    view(10, List.of(socket(TcpState.ESTABLISHED, HERE, HERE, 8)), Map.of(8L, owner(77))), true);

            isOnly(explanation, Cause.self_connect, null);
        }

        @Test
        @DisplayName("a socket that is bound and does not listen is named, with its owner")
        void boundOnly() {
            TcpSocket bound = socket(TcpState.CLOSED, HERE, "0.0.0.0:0", 8);
            Explanation explanation = explain(view(10, List.of(bound), Map.of(8L, owner(77))), false);

            isOnly(explanation, Cause.bound_not_listening, null);
            assertThat(explanation.told().inTheWay().getFirst())
                    .contains("bound")
                    .contains("pid 77");
        }

        @Test
        @DisplayName("a connection in a listener's queue is established")
        void queued() {
            isOnly(
                    explain(view(10, List.of(socket(TcpState.ESTABLISHED, HERE, CLIENT, 0)), Map.of()), false),
                    Cause.established,
                    null);
        }

        @Test
        @DisplayName("a connection request does not hold the port")
        void request() {
            Explanation explanation =
                    explain(view(10, List.of(socket(TcpState.NEW_SYN_RECV, HERE, CLIENT, 0)), Map.of()), false);
            assertThat(explanation.cause()).isEqualTo(Cause.unknown);
        }
    }

    @Nested
    @DisplayName("what is no matter of sockets")
    class Others {
        @Test
        @DisplayName("an empty port: what stood in the way is gone")
        void empty() {
            Explanation explanation = explain(view(10, List.of(), Map.of()), false);
            assertThat(explanation.cause()).isEqualTo(Cause.unknown);
            assertThat(explanation.doubts()).singleElement().asString().contains("No socket was on the port");
        }

        @Test
        @DisplayName("a port that cannot be read: the reason, and no cause")
        void unreadable() {
            Explanation explanation =
                    explain(new PortView(Made.UNREADABLE, Made.UNREADABLE, Made.UNREADABLE, Map.of()), false);
            assertThat(explanation.cause()).isEqualTo(Cause.unknown);
            assertThat(explanation.confident()).isFalse();
            assertThat(explanation.doubts())
                    .singleElement()
                    .asString()
                    .contains("inet_diag")
                    .contains("EPERM");
        }

        @ParameterizedTest
        @CsvSource({"EACCES, security_module", "EADDRNOTAVAIL, address_not_local", "EMFILE, unknown"})
        @DisplayName("another errno: its reason, whatever stands on the port")
        void otherErrno(String errno, Cause cause) {
            hadConnection(false);
            Explanation explanation = explain(
                    view(10, List.of(socket(TcpState.TIME_WAIT, HERE, CLIENT, 0)), Map.of()),
                    failed("192.0.2.1", false, errno, "bind"),
                    EPHEMERAL);
            assertThat(explanation.cause()).isEqualTo(cause);
            assertThat(explanation.blocking()).isEmpty();
        }

        @Test
        @DisplayName("no errno: the server's message")
        void noErrno() {
            Explanation explanation =
                    explain(view(10, List.of(), Map.of()), failed("127.0.0.1", false, null, null), EPHEMERAL);
            assertThat(explanation.doubts()).singleElement().asString().contains("the server's message");
        }
    }

    @Test
    @DisplayName("several states: all are listed, the cause is the one that holds longest, the release is the last")
    void mixed() {
        hadConnection(false);
        Explanation explanation = explain(
                view(
                        10,
                        List.of(
                                timeWait(HERE, "127.0.0.1:40010", Duration.ofSeconds(59)),
                                socket(TcpState.FIN_WAIT_1, HERE, "127.0.0.1:40011", 0),
                                socket(TcpState.TIME_WAIT, HERE, CLIENT, 0),
                                socket(TcpState.FIN_WAIT_2, HERE, "127.0.0.1:40012", 0)),
                        Map.of()),
                false);

        assertThat(explanation.cause()).isEqualTo(Cause.closing);
        assertThat(explanation.blocking())
                .extracting(Blocker::cause)
                .containsExactly(Cause.closing, Cause.time_wait, Cause.time_wait, Cause.fin_wait2);
        assertThat(explanation.release()).isInstanceOf(Release.Unbounded.class);
    }

    @Test
    @DisplayName("IPv6: a wildcard generation's mapped connections are told by their IPv4 address")
    void mapped() {
        history.begins(life(1, "::", false, 11, 1));
        TcpSocket mapped = socket(TcpState.ESTABLISHED, HERE, CLIENT, 7).withFamily(Family.IPV6);
        history.saw(PORT, view(2, List.of(mapped), Map.of(7L, owner(11))), STRANGERS);
        history.ends(PORT, 1, 9 * SECOND);

        isOnly(explain(view(10, List.of(mapped), Map.of(7L, owner(11))), "::", false, EPHEMERAL), Cause.established, 1);
        assertThat(explain(view(10, List.of(mapped), Map.of(7L, owner(11))), "::1", false, EPHEMERAL)
                        .blocking())
                .isEmpty();
    }
}
