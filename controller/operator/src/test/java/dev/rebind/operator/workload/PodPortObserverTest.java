package dev.rebind.operator.workload;

import static dev.rebind.operator.workload.FakeNodeAgent.leftover;
import static dev.rebind.operator.workload.FakeNodeAgent.listener;
import static dev.rebind.operator.workload.FakeNodeAgent.look;
import static dev.rebind.sockets.TcpState.FIN_WAIT_2;
import static dev.rebind.sockets.TcpState.TIME_WAIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.PortForecast;
import dev.rebind.agent.PortView;
import dev.rebind.engine.InferredResidue;
import dev.rebind.operator.workload.ServerContainers.Successor;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PodPortObserverTest {
    private static final long OLD = 1;
    private static final long NEW = 2;
    private static final String OLD_ID = "a".repeat(64);
    private static final String NEW_ID = "b".repeat(64);
    private static final Successor RUNS = new Successor("containerd://" + NEW_ID, true, true);

    private FakeNodeAgent node;
    private PodPortObserver port;

    /** A server with one connection is told to end. */
    @BeforeEach
    void order() throws Exception {
        node = new FakeNodeAgent(() -> look(Set.of(OLD_ID), listener(OLD), leftover(FIN_WAIT_2, 40_001)));
        TargetPod target = WebPod.target("web-0", "node-1", null).seenBy(node.base());
        port = new PodPortObserver(new PodPort(() -> "", new Place("0.0.0.0", 8080), target));
        port.replacing();
    }

    @AfterEach
    void close() {
        port.close();
        node.close();
    }

    /** The old container has ended, and the last look before that was known showed these. */
    private void ended(TcpSocket... sockets) {
        PortForecast last = seen(sockets);
        port.isOldGone(last);
        port.replaced(last, true);
    }

    private PortForecast seen(TcpSocket... sockets) {
        shows(sockets);
        return port.see();
    }

    private void shows(TcpSocket... sockets) {
        node.shows(() -> look(Set.of(NEW_ID), sockets));
    }

    private void settles(@Nullable Successor newest, TcpSocket... sockets) {
        shows(sockets);
        port.settle(() -> newest);
    }

    private List<TcpState> left() {
        PortView view = port.forecast().view();
        return view.local() instanceof Reading.Snapshot snapshot
                ? snapshot.sockets().stream().map(TcpSocket::state).toList()
                : List.of();
    }

    @Test
    @DisplayName("When a client closes its connection after the old container has ended, then the residue is TIME_WAIT")
    void settles() {
        ended(leftover(FIN_WAIT_2, 40_001));
        assertThat(left()).containsExactly(FIN_WAIT_2);
        settles(null, leftover(TIME_WAIT, 40_001));
        assertThat(left()).containsExactly(TIME_WAIT);
        assertThat(port.isSettling()).isTrue();
    }

    @Test
    @DisplayName(
            "When the new container runs and does not listen yet, then a look still shows what the old server left")
    void startedAtOnce() {
        ended(leftover(FIN_WAIT_2, 40_001));
        settles(RUNS, leftover(TIME_WAIT, 40_001));
        assertThat(left()).containsExactly(TIME_WAIT);
        assertThat(port.isPast()).isFalse();
    }

    @Test
    @DisplayName("When the new server listens, then the look before that is the residue, and no other look is needed")
    void listens() {
        ended(leftover(FIN_WAIT_2, 40_001));
        settles(RUNS, listener(NEW), leftover(TIME_WAIT, 40_001));
        assertThat(left()).containsExactly(FIN_WAIT_2);
        assertThat(port.isPast()).isTrue();
    }

    @Test
    @DisplayName(
            "When the new container has ended, then what is on the port may be its own: the look before that counts")
    void failed() {
        ended(leftover(FIN_WAIT_2, 40_001));
        settles(new Successor("containerd://" + NEW_ID, false, true), leftover(TIME_WAIT, 40_001));
        assertThat(left()).containsExactly(FIN_WAIT_2);
        assertThat(port.isPast()).isTrue();
    }

    @Test
    @DisplayName(
            "When a connection is new, then somebody accepted it between two looks, and the look before that counts")
    void accepted() {
        ended(leftover(FIN_WAIT_2, 40_001));
        settles(RUNS, leftover(TIME_WAIT, 40_001), leftover(TIME_WAIT, 40_002));
        assertThat(left()).containsExactly(FIN_WAIT_2);
        assertThat(port.isPast()).isTrue();
    }

    @Test
    @DisplayName(
            "When the last look before the old container's end shows its listener, then the next look is the residue")
    void endedAfterTheLook() {
        ended(listener(OLD), leftover(FIN_WAIT_2, 40_001));
        assertThat(port.forecast().view().local()).isInstanceOf(Reading.Unreadable.class);
        settles(RUNS, leftover(TIME_WAIT, 40_001));
        assertThat(left()).containsExactly(TIME_WAIT);
    }

    @Test
    @DisplayName(
            "When the new server listens in the first look after the old one's end, then nothing is known of between")
    void neverBetween() {
        ended(listener(OLD));
        settles(RUNS, listener(NEW), leftover(TIME_WAIT, 40_001));
        assertThat(port.forecast().view().local())
                .isEqualTo(new Reading.Unreadable(
                        "the port of a server without an agent",
                        "the old server still listened when the new one was there"));
        assertThat(port.isPast()).isTrue();
    }

    @Test
    @DisplayName(
            "When nobody looked between the two servers, then a TIME_WAIT older than the new container was left before it")
    void older() {
        ended(listener(OLD));
        settles(RUNS, listener(NEW));
        Instant started = Instant.now().minusSeconds(5);
        port.older(
                seen(
                                listener(NEW),
                                leftover(TIME_WAIT, 40_001, Duration.ofSeconds(50)),
                                leftover(TIME_WAIT, 40_002, Duration.ofSeconds(58)))
                        .view(),
                started);
        InferredResidue before = Objects.requireNonNull(port.leftBefore());
        assertThat(before.sockets())
                .extracting(socket -> socket.remote().port())
                .containsExactly(40_001);
        assertThat(before.how()).contains(started.toString(), "for 60 s", "right to 1 s");

        port.replacing();
        assertThat(port.leftBefore()).isNull();
    }

    @Test
    @DisplayName("When a look showed what was left, then timers add nothing to it")
    void seenBefore() {
        ended(leftover(TIME_WAIT, 40_001));
        port.older(seen(leftover(TIME_WAIT, 40_001, Duration.ofSeconds(10))).view(), Instant.now());
        assertThat(port.leftBefore()).isNull();
    }

    @Test
    @DisplayName("When the agent does not answer once, then the last look stands, and the next one counts again")
    void unanswered() {
        ended(leftover(FIN_WAIT_2, 40_001));
        node.shows(() -> {
            throw new IllegalStateException("made up");
        });
        port.settle(() -> null);
        assertThat(left()).containsExactly(FIN_WAIT_2);
        settles(null, leftover(TIME_WAIT, 40_001));
        assertThat(left()).containsExactly(TIME_WAIT);
    }

    @Test
    @DisplayName("When the new pod came beside the old one, which still listens, then there is no residue to wait for")
    void overlap() {
        PortForecast last = seen(listener(OLD));
        port.isOldGone(last);
        port.replaced(last, false);
        assertThat(port.isPast()).isTrue();
    }

    @Test
    @DisplayName(
            "When the container fails whose start was seen while the residue settled, then what was there then stood in its way")
    void meanwhile() {
        ended(leftover(FIN_WAIT_2, 40_001));
        settles(RUNS, leftover(TIME_WAIT, 40_001));
        port.showNow();
        port.newContainer("containerd://" + NEW_ID);
        shows();
        assertThat(PodPort.described(port.failed())).isEqualTo("on the port were {TIME_WAIT=1}");
    }

    @Test
    @DisplayName("When nothing but the wait for the next container looks at the port, then it still sees the release")
    void releasedMeanwhile() {
        ended(leftover(TIME_WAIT, 40_001));
        port.showNow();
        shows(leftover(TIME_WAIT, 40_001));
        port.failed();
        Start.Failed failed = ObservedReleaseTest.failed(new Place("0.0.0.0", 8080));
        assertThat(port.explain(failed, false, false, 1).explanation().blocking())
                .hasSize(1);

        seen();
        var bound = new Start.Bound(
                2,
                failed.settings().place(),
                List.of(),
                Instant.now(),
                System.nanoTime() + Duration.ofSeconds(5).toNanos());
        assertThat(port.told(bound)).isNotEqualTo(bound);
    }

    @Test
    @DisplayName(
            "When it is asked why, then the agent of the node answers for the pod, but for while its container is replaced")
    void why() throws Exception {
        assertThatThrownBy(port::why).hasMessage("its container is being replaced");
        port.showNow();
        assertThat(port.why()).contains("/v1/why/8080?pod=").contains("host=false");
    }
}
