package dev.rebind.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rebind.agent.Agent.Clearing;
import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Agent.Stop;
import dev.rebind.agent.Explanation.Blocker;
import dev.rebind.agent.GenerationSettings.Mode;
import dev.rebind.agent.child.ChildJvm;
import dev.rebind.agent.lab.Obstacles;
import dev.rebind.agent.lab.Obstacles.Kind;
import dev.rebind.agent.lab.Obstacles.Obstacle;
import dev.rebind.agent.lab.Obstacles.Placing;
import dev.rebind.child.protocol.StopWay;
import dev.rebind.diagnosis.Cause;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.Owner;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import dev.rebind.sockets.release.Release;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** On real children and sockets. */
class LocalAgentTest {
    private static final Duration GRACE = Duration.ofSeconds(20);

    private final LocalAgent agent = new LocalAgent();
    private final Place place = new Place("127.0.0.1", FreePorts.next());

    @AfterEach
    void end() {
        agent.close();
    }

    private GenerationSettings settings(int generation, Mode mode, boolean reuse) {
        return new GenerationSettings(generation, place, mode, reuse, false, "echo", "nio", true, false, null);
    }

    private GenerationSettings handlers(int generation, Mode mode, boolean reuse) {
        return new GenerationSettings(generation, place, mode, reuse, false, "echo", "nio", true, true, null);
    }

    private Start.Bound bound(GenerationSettings settings) {
        Start start = agent.start(settings);
        assertThat(start).isInstanceOf(Start.Bound.class);
        return (Start.Bound) start;
    }

    private Explanation failure(GenerationSettings settings) {
        return explained(settings).explanation();
    }

    private ExplainedFailure explained(GenerationSettings settings) {
        Start start = agent.start(settings);
        assertThat(start).isInstanceOfSatisfying(Start.Failed.class, failed -> {
            assertThat(failed.errno()).isEqualTo("EADDRINUSE");
            assertThat(failed.errnoNumber()).isEqualTo(98);
            assertThat(failed.call()).isEqualTo("bind");
        });
        return agent.explain((Start.Failed) start);
    }

    private List<TcpState> states() {
        return agent.look(place).local() instanceof Snapshot snapshot
                ? snapshot.sockets().stream().map(TcpSocket::state).toList()
                : List.of();
    }

    private void awaitStates(TcpState... states) {
        await().until(this::states, seen -> seen.equals(List.of(states)));
    }

    private static void isOf(Explanation explanation, Cause cause, int sockets, int generation) {
        assertThat(explanation.cause()).isEqualTo(cause);
        assertThat(explanation.doubts()).isEmpty();
        assertThat(explanation.blocking()).hasSize(sockets).allSatisfy(blocker -> {
            assertThat(blocker.cause()).isEqualTo(cause);
            assertThat(blocker.generation()).isEqualTo(generation);
        });
    }

    @ParameterizedTest
    @CsvSource({"process, close", "process, kill", "listener, close"})
    @DisplayName("when the server closes first, TIME_WAITs of its generation block the next one")
    void serverFirst(Mode mode, StopWay way) throws Exception {
        bound(settings(1, mode, false));
        try (var clients = new RawClients(place, 3)) {
            Stop stop = agent.stop(1, way, GRACE);
            assertThat(stop)
                    .isInstanceOfSatisfying(
                            Stop.Stopped.class,
                            stopped -> assertThat(stopped.exitCode())
                                    .isEqualTo(mode == Mode.listener ? null : way == StopWay.kill ? 137 : 0));
            clients.followTheServer();
        }
        awaitStates(TcpState.TIME_WAIT, TcpState.TIME_WAIT, TcpState.TIME_WAIT);

        Explanation explanation = failure(settings(2, mode, false));

        isOf(explanation, Cause.time_wait, 3, 1);
        assertThat(explanation.release()).isInstanceOf(Release.Window.class);
        assertThat(explanation.prevention()).contains("both servers");
        isOf(failure(settings(3, mode, true)), Cause.time_wait, 3, 1);
    }

    @Test
    @DisplayName("what is explained is what is recorded: the timers of both are those of one moment")
    void oneLook() throws Exception {
        bound(settings(1, Mode.listener, false));
        try (var clients = new RawClients(place, 3)) {
            agent.stop(1, StopWay.close, GRACE);
            clients.followTheServer();
        }
        awaitStates(TcpState.TIME_WAIT, TcpState.TIME_WAIT, TcpState.TIME_WAIT);

        ExplainedFailure failure = explained(settings(2, Mode.listener, false));

        assertThat(failure.view().local())
                .isInstanceOfSatisfying(
                        Snapshot.class,
                        seen -> assertThat(seen.sockets())
                                .containsExactlyInAnyOrderElementsOf(failure.explanation().blocking().stream()
                                        .map(Blocker::socket)
                                        .toList()));
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    @DisplayName("a reset leaves nothing, and the next generation binds")
    void reset(Mode mode) throws Exception {
        bound(settings(1, mode, false));
        try (var _ = new RawClients(place, 3)) {
            assertThat(agent.stop(1, StopWay.reset, GRACE)).isInstanceOf(Stop.Stopped.class);
            awaitStates();
            bound(settings(2, mode, false));
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    @DisplayName("a client that does not close leaves FIN_WAIT_2 on the server's side")
    void halfClosed(Mode mode) throws Exception {
        bound(settings(1, mode, false));
        try (var _ = new RawClients(place, 1)) {
            assertThat(agent.stop(1, StopWay.close, GRACE)).isInstanceOf(Stop.Stopped.class);
            awaitStates(TcpState.FIN_WAIT_2);
            isOf(failure(settings(2, mode, false)), Cause.fin_wait2, 1, 1);
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    @DisplayName("connections that are served on block the next generation, and end with the agent")
    void keep(Mode mode) throws Exception {
        bound(handlers(1, mode, false));
        try (var _ = new RawClients(place, 2)) {
            assertThat(agent.stop(1, StopWay.keep, GRACE)).isInstanceOf(Stop.Stopped.class);
            awaitStates(TcpState.ESTABLISHED, TcpState.ESTABLISHED);

            Explanation explanation = failure(handlers(2, mode, false));

            isOf(explanation, Cause.established, 2, 1);
            assertThat(explanation.release()).isInstanceOf(Release.Held.class);
            List<Long> pids = explanation.blocking().stream()
                    .map(Blocker::owner)
                    .map(owner -> Objects.requireNonNull(owner, "a handler is visible"))
                    .map(Owner::pid)
                    .toList();
            assertThat(pids)
                    .doesNotHaveDuplicates()
                    .doesNotContain(ProcessHandle.current().pid());

            bound(new GenerationSettings(
                    3, new Place("127.0.0.2", place.port()), mode, false, false, "echo", "nio", true, false, null));
            agent.close();
            await().until(() -> pids.stream()
                    .noneMatch(pid ->
                            ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)));
        }
    }

    @ParameterizedTest
    @CsvSource({"process, process", "listener, listener", "process, listener", "listener, process"})
    @DisplayName("an old generation that still listens is told from another program's listener")
    void overlap(Mode old, Mode fresh) {
        Start.Bound first = bound(settings(1, old, true));
        Explanation explanation = failure(settings(2, fresh, true));

        isOf(explanation, Cause.listener_old, 1, 1);
        assertThat(explanation.blocking().getFirst().owner())
                .isEqualTo(new Owner(first.pids().getFirst(), "java"));
    }

    private Explanation beside(Kind kind) throws Exception {
        bound(settings(1, Mode.process, true));
        agent.stop(1, StopWay.close, GRACE);
        Placing placing = Obstacles.place(ChildJvm.likeThis(), kind, place, true, false);
        assertThat(placing).isInstanceOf(Placing.Placed.class);
        try (Obstacle obstacle = ((Placing.Placed) placing).obstacle()) {
            Explanation explanation = failure(settings(2, Mode.process, kind == Kind.listener));
            assertThat(explanation.blocking())
                    .singleElement()
                    .satisfies(blocker ->
                            assertThat(blocker.owner()).isEqualTo(new Owner(obstacle.pid(), "rebind-stranger")));
            return explanation;
        }
    }

    @ParameterizedTest
    @CsvSource({"listener, listener_other", "outgoing, outgoing", "self_connect, self_connect"})
    @DisplayName("another program is told by what it does, with its pid and name")
    void strangers(Kind kind, Cause cause) throws Exception {
        Explanation explanation = beside(kind);
        assertThat(explanation.cause()).isEqualTo(cause);
        assertThat(explanation.doubts()).isEmpty();
        assertThat(explanation.release()).isInstanceOf(Release.Held.class);
    }

    @Test
    @DisplayName("clear destroys what a generation left, and nothing of another program")
    void clear() throws Exception {
        bound(settings(1, Mode.process, true));
        try (var clients = new RawClients(place, 3)) {
            agent.stop(1, StopWay.close, GRACE);
            clients.followTheServer();
        }
        awaitStates(TcpState.TIME_WAIT, TcpState.TIME_WAIT, TcpState.TIME_WAIT);
        Placing placing = Obstacles.place(ChildJvm.likeThis(), Kind.outgoing, place, true, false);
        assertThat(placing).isInstanceOf(Placing.Placed.class);
        try (var _ = ((Placing.Placed) placing).obstacle()) {
            Clearing clearing = agent.clear(place);

            assertThat(clearing).isEqualTo(new Clearing.Cleared(3));
            awaitStates(TcpState.ESTABLISHED);
        }
        awaitStates();
        bound(settings(2, Mode.process, false));
        assertThat(agent.clear(place)).isEqualTo(new Clearing.Cleared(0));
    }

    @Test
    @DisplayName("a look at one address does not show what is left on another of the same port; the wildcard shows all")
    void addresses() throws Exception {
        var other = new Place("127.0.0.2", place.port());
        bound(settings(1, Mode.listener, false));
        assertThat(agent.start(new GenerationSettings(
                        2, other, Mode.listener, false, false, "echo", "nio", true, false, null)))
                .isInstanceOf(Start.Bound.class);
        try (var _ = new RawClients(other, 1)) {
            assertThat(agent.look(place).remote())
                    .isInstanceOfSatisfying(
                            Snapshot.class, seen -> assertThat(seen.sockets()).isEmpty());
            assertThat(states()).containsExactly(TcpState.LISTEN);
            assertThat(agent.look(other).local())
                    .isInstanceOfSatisfying(
                            Snapshot.class, seen -> assertThat(seen.sockets()).hasSize(2));
            assertThat(agent.look(new Place("0.0.0.0", place.port())).local())
                    .isInstanceOfSatisfying(
                            Snapshot.class, seen -> assertThat(seen.sockets()).hasSize(3));
        }
    }

    @Test
    @DisplayName("an address that is none of this machine's is another errno, and a cause of its own")
    void foreignAddress() {
        var settings = new GenerationSettings(
                1, new Place("192.0.2.1", place.port()), Mode.process, true, false, "echo", "nio", true, false, null);
        assertThat(agent.start(settings)).isInstanceOfSatisfying(Start.Failed.class, failed -> {
            assertThat(failed.errno()).isEqualTo("EADDRNOTAVAIL");
            Explanation explanation = agent.explain(failed).explanation();
            assertThat(explanation.cause()).isEqualTo(Cause.address_not_local);
            assertThat(explanation.told().inTheWay()).singleElement().asString().contains("192.0.2.1");
        });
    }

    @Test
    @DisplayName("a process that does not stop in time is killed, and the result says so")
    void graceOver() throws Exception {
        long pid = bound(settings(1, Mode.process, true)).pids().getFirst();
        assertThat(new ProcessBuilder("kill", "-STOP", Long.toString(pid))
                        .start()
                        .waitFor())
                .isZero();

        assertThat(agent.stop(1, StopWay.close, Duration.ofMillis(100))).isInstanceOf(Stop.Killed.class);

        assertThat(ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false))
                .isFalse();
        assertThat(states()).isEmpty();
    }

    @Test
    @DisplayName("a process that ended by itself was not stopped")
    void endedByItself() {
        long pid = bound(settings(1, Mode.process, true)).pids().getFirst();
        ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
        process.destroyForcibly();
        process.onExit().join();

        assertThat(agent.stop(1, StopWay.close, GRACE))
                .isInstanceOfSatisfying(
                        Stop.Broken.class,
                        broken -> assertThat(broken.why()).contains("by itself").contains("137"));
        bound(settings(1, Mode.process, true));
    }

    @Test
    @DisplayName("what cannot be done is a failure, and changes nothing")
    void refusals() {
        bound(settings(1, Mode.listener, true));

        assertThat(agent.start(settings(1, Mode.listener, true))).isInstanceOf(Start.Broken.class);
        assertThat(agent.stop(1, StopWay.kill, GRACE)).isInstanceOf(Stop.Broken.class);
        assertThat(agent.stop(5, StopWay.close, GRACE)).isInstanceOf(Stop.Broken.class);
        assertThat(states()).containsExactly(TcpState.LISTEN);
        agent.close();
        assertThat(states()).isEmpty();
        assertThat(agent.start(settings(2, Mode.process, true))).isInstanceOf(Start.Broken.class);
    }

    private static Start startWith(ChildJvm jvm, GenerationSettings settings) {
        try (var agent = new LocalAgent(
                jvm, dev.rebind.sockets.SocketReaders.best(), new dev.rebind.sockets.release.ReleasePredictor())) {
            return agent.start(settings);
        }
    }

    @Test
    @DisplayName("a child that cannot be started, or dies at its start, is broken, with its last words")
    void brokenChild() {
        assertThat(startWith(new ChildJvm(List.of("/nonexistent/java")), settings(1, Mode.process, true)))
                .isInstanceOfSatisfying(
                        Start.Broken.class, broken -> assertThat(broken.why()).contains("/nonexistent/java"));
        assertThat(startWith(
                        new ChildJvm(List.of("/bin/sh", "-c", "echo oh dear >&2; exit 3")),
                        settings(1, Mode.process, true)))
                .isInstanceOfSatisfying(
                        Start.Broken.class,
                        broken ->
                                assertThat(broken.why()).contains("exit code 3").contains("oh dear"));
    }

    @Test
    @DisplayName("garbage on a child's standard output does not hide its report")
    void garbage() {
        var command = new ArrayList<>(List.of(
                "/bin/sh",
                "-c",
                "echo garbage; echo '{\"event\":\"bind\"}'; printf '\\377\\000\\n'; exec \"$@\"",
                "sh"));
        command.addAll(ChildJvm.likeThis().command());
        assertThat(startWith(new ChildJvm(command), settings(1, Mode.process, true)))
                .isInstanceOf(Start.Bound.class);
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1", "0.0.0.0", "::1", "::"})
    @DisplayName("a listener that was refused is refused for as long as the port is taken, and then bound")
    void refusedAgainAndAgain(String address) throws PosixException {
        var there = new Place(address, place.port());
        var settings = new GenerationSettings(1, there, Mode.listener, false, false, "echo", "nio", true, false, null);
        try (PosixSocket other = PosixSocket.open(Family.IPV6)) {
            other.bind(new Endpoint(loopback(address.contains(":")), place.port()))
                    .listen(1);

            for (int i = 0; i < 3; i++) {
                assertThat(agent.start(settings)).isInstanceOfSatisfying(Start.Failed.class, failed -> {
                    assertThat(failed.addressInUse()).isTrue();
                    assertThat(failed.call()).isEqualTo("bind");
                    assertThat(failed.generation()).isEqualTo(1);
                });
            }
        }

        assertThat(agent.start(settings)).isInstanceOf(Start.Bound.class);
    }

    @Test
    @DisplayName("a refused generation does not speak for another one on its port")
    void refusedOnceOnly() {
        bound(settings(1, Mode.listener, false));
        failure(settings(2, Mode.listener, false));

        agent.stop(1, StopWay.close, GRACE);

        bound(settings(3, Mode.listener, false));
        failure(settings(2, Mode.listener, false));
    }

    private static InetAddress loopback(boolean six) {
        try {
            return InetAddress.getByName(six ? "::1" : "127.0.0.1");
        } catch (UnknownHostException e) {
            throw new AssertionError("an address in digits", e);
        }
    }
}
