package dev.rebind.agent.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import dev.rebind.agent.Agent.Clearing;
import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Agent.Stop;
import dev.rebind.agent.ExplainedFailure;
import dev.rebind.agent.Explanation;
import dev.rebind.agent.GenerationSettings;
import dev.rebind.agent.GenerationSettings.Mode;
import dev.rebind.agent.PortForecast;
import dev.rebind.agent.PortView;
import dev.rebind.agent.RawClients;
import dev.rebind.agent.RecordingAgent;
import dev.rebind.agent.RecordingAgent.Released;
import dev.rebind.agent.clients.ClientGroup;
import dev.rebind.agent.http.Authorizer;
import dev.rebind.agent.http.Served;
import dev.rebind.agent.wire.Wire;
import dev.rebind.agent.wire.WireMessages;
import dev.rebind.agent.wire.WireMessages.About;
import dev.rebind.agent.wire.WireMessages.Baseline;
import dev.rebind.agent.wire.WireMessages.BaselineState;
import dev.rebind.agent.wire.WireMessages.BaselineUnderHold;
import dev.rebind.agent.wire.WireMessages.Holder;
import dev.rebind.child.protocol.StopWay;
import dev.rebind.client.protocol.ClientReport;
import dev.rebind.client.traffic.Traffic;
import dev.rebind.diagnosis.Cause;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.PosixSocket;
import dev.rebind.sockets.proc.Namespace;
import dev.rebind.sockets.release.Release;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** An agent over HTTP does what the same agent does in this process. */
class RemoteAgentTest {
    private static final Duration GRACE = Duration.ofSeconds(20);
    private static final Duration LEASE = Duration.ofMinutes(1);
    /** This process's clock is made to be so far ahead of the agent's. */
    private static final long AHEAD = Duration.ofHours(5).toNanos();

    private static final Baseline IDLE = new Baseline(BaselineState.idle, null, null);
    private static final Holder HOLDER = new Holder("shop", "rolling", "u1");

    private final Served served = new Served();
    private final RemoteAgent agent =
            RemoteAgent.connect(served.base(), () -> Served.TOKEN, null, () -> System.nanoTime() + AHEAD);
    private final Place place = new Place("127.0.0.1", FreePorts.next());

    RemoteAgentTest() throws Exception {}

    @AfterEach
    void end() {
        agent.close();
        served.close();
    }

    private GenerationSettings settings(int generation) {
        return new GenerationSettings(generation, place, Mode.process, false, false, "echo", "nio", true, false, null);
    }

    private RecordingAgent behind() {
        return served.agents.getLast();
    }

    private List<TcpState> states() {
        return agent.look(place).local() instanceof Snapshot snapshot
                ? snapshot.sockets().stream().map(TcpSocket::state).toList()
                : List.of();
    }

    /** What the agent itself said, with every time of its clock moved to this one's. */
    private JsonNode moved(Object direct) {
        JsonNode json = Wire.mapper().valueToTree(direct);
        move(json, -agent.offset().nanos());
        return json;
    }

    private static void move(JsonNode json, long by) {
        if (json instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> member : object.properties()) {
                // A length of time is the same by every clock.
                if (member.getKey().endsWith("Nanos") && !member.getKey().equals("halfNanos")) {
                    object.put(member.getKey(), member.getValue().longValue() + by);
                }
            }
        }
        json.forEach(each -> move(each, by));
    }

    private void sameAs(Object remote, Object direct) {
        JsonNode json = Wire.mapper().valueToTree(remote);
        assertThat(json).isEqualTo(moved(direct));
    }

    @Test
    @DisplayName("a restart has the same cause, residue and release as at the agent itself, by this process's clock")
    void restart() throws Exception {
        agent.hold(HOLDER, LEASE, BaselineUnderHold.stop);
        Start bound = agent.start(settings(1));
        assertThat(bound).isInstanceOf(Start.Bound.class);
        try (var clients = new RawClients(place, 3)) {
            assertThat(agent.stop(1, StopWay.close, GRACE))
                    .isEqualTo(behind().said(Stop.class).getFirst());
            clients.followTheServer();
        }
        await().until(
                        this::states,
                        seen -> seen.equals(List.of(TcpState.TIME_WAIT, TcpState.TIME_WAIT, TcpState.TIME_WAIT)));
        PortView residue = agent.look(place);
        Start start = agent.start(settings(2));
        List<PortView> looks = behind().said(PortView.class);

        assertThat(start).isInstanceOf(Start.Failed.class);
        ExplainedFailure failure = agent.explain((Start.Failed) start);

        assertThat(failure.failed()).isEqualTo(start);
        assertThat(behind().said(PortView.class)).as("explaining is the look").isEqualTo(looks);
        Explanation explanation = failure.explanation();
        assertThat(explanation.cause()).isEqualTo(Cause.time_wait);
        assertThat(explanation.blocking())
                .hasSize(3)
                .allSatisfy(blocker -> assertThat(blocker.generation()).isEqualTo(1));
        assertThat(agent.offset().nanos() + AHEAD)
                .isBetween(-agent.offset().errorNanos(), agent.offset().errorNanos());
        sameAs(bound, behind().said(Start.class).getFirst());
        sameAs(start, behind().said(Start.class).getLast());
        sameAs(residue, looks.getLast());
        ExplainedFailure direct = behind().said(ExplainedFailure.class).getLast();
        sameAs(explanation, direct.explanation());
        sameAs(failure.view(), direct.view());

        PortForecast forecast = agent.forecast(place);
        sameAs(forecast, behind().said(PortForecast.class).getLast());
        assertThat(forecast.releases().local())
                .hasSize(3)
                .allSatisfy(release -> assertThat(release).isInstanceOf(Release.Window.class));

        Release.Window window = (Release.Window) explanation.release();
        agent.released(failure, window.latestNanos(), Duration.ofMillis(3));

        assertThat(behind().released()).singleElement().satisfies(told -> isOf(told, window));
    }

    private void isOf(Released told, Release.Window window) {
        assertThat(told.failure())
                .isSameAs(behind().said(ExplainedFailure.class).getLast());
        long error = agent.offset().errorNanos();
        // The true moment lies in what is told.
        long true_ = window.latestNanos() + agent.offset().nanos();
        assertThat(told.nanos()).isEqualTo(true_ + error);
        assertThat(told.exact()).isEqualTo(Duration.ofMillis(3).plusNanos(2 * error));
    }

    @Test
    @DisplayName("another experiment is told who holds the agent; closing gives it back and ends what was started")
    void holds() throws Exception {
        agent.hold(HOLDER, LEASE, BaselineUnderHold.stop);
        assertThat(agent.start(settings(1))).isInstanceOf(Start.Bound.class);
        try (RemoteAgent other = RemoteAgent.connect(served.base(), () -> Served.TOKEN)) {
            assertThatThrownBy(() -> other.hold(new Holder("shop", "other", "u2"), LEASE, BaselineUnderHold.stop))
                    .isInstanceOfSatisfying(
                            AgentException.class,
                            refused -> assertThat(Objects.requireNonNull(refused.problem())
                                            .holder())
                                    .isEqualTo(HOLDER));
            assertThat(other.start(settings(2)))
                    .isInstanceOfSatisfying(
                            Start.Broken.class,
                            broken -> assertThat(broken.why()).contains("held by shop/rolling"));
        }
        assertThat(agent.lost()).isNull();

        agent.close();

        assertThat(served.baseline.orders).containsExactly("hold reset", "release");
        assertThat(behind().said(Stop.class)).singleElement().isInstanceOf(Stop.Stopped.class);
    }

    @Test
    @DisplayName("what an earlier process of the same experiment started is ended before it is held anew")
    void anew() throws Exception {
        agent.hold(HOLDER, LEASE, BaselineUnderHold.stop);
        assertThat(agent.start(settings(1))).isInstanceOf(Start.Bound.class);
        try (RemoteAgent later = RemoteAgent.connect(served.base(), () -> Served.TOKEN)) {
            later.hold(HOLDER, LEASE, BaselineUnderHold.stop);
            assertThat(served.baseline.orders).containsExactly("hold reset", "release", "hold reset");
            assertThat(later.start(settings(1))).isInstanceOf(Start.Bound.class);
        }
    }

    @Test
    @DisplayName("a hold is renewed while it lasts, and its loss is known")
    void renewal() throws Exception {
        agent.hold(HOLDER, Duration.ofSeconds(1), BaselineUnderHold.keep);
        served.tenantForgets(HOLDER.uid());
        await().until(() -> agent.lost() != null);
        assertThat(agent.lost()).contains("the hold has ended");
        assertThat(agent.start(settings(1))).isInstanceOf(Start.Broken.class);
    }

    @Test
    @DisplayName("a hold that has ended is known as soon as the agent refuses something for it")
    void lostAtOnce() throws Exception {
        agent.hold(HOLDER, LEASE, BaselineUnderHold.stop);
        assertThat(agent.lost()).isNull();
        served.tenantForgets(HOLDER.uid());
        assertThat(agent.start(settings(1))).isInstanceOf(Start.Broken.class);
        assertThat(agent.lost()).contains("the hold has ended");
    }

    @Test
    @DisplayName("an outage of the API server delays what is asked of an agent, and is no answer")
    void outage() throws Exception {
        var undecided = new AtomicInteger();
        Authorizer authorizer = bearer -> undecided.getAndUpdate(left -> Math.max(0, left - 1)) > 0
                ? new Authorizer.Decision.Undecided("the API server did not review the token")
                : Served.GATE.check(bearer);
        try (var behindGate = new Served(authorizer, 0, Duration.ofMinutes(1));
                RemoteAgent remote = RemoteAgent.connect(behindGate.base(), () -> Served.TOKEN)) {
            remote.hold(HOLDER, LEASE, BaselineUnderHold.stop);
            undecided.set(6);
            assertThat(remote.start(settings(1))).isInstanceOf(Start.Bound.class);
            assertThat(behindGate.agents.getLast().said(Start.class)).as("once").hasSize(1);
            undecided.set(6);
            assertThat(remote.look(place).local()).isInstanceOf(Snapshot.class);
            undecided.set(6);
            assertThat(remote.stop(1, StopWay.close, GRACE)).isInstanceOf(Stop.Stopped.class);
            assertThat(remote.lost()).isNull();
        }
    }

    @Test
    @DisplayName("whoever connects during an outage is told so, and waits for nothing")
    void outageAtFirst() throws Exception {
        try (var behindGate =
                new Served(_ -> new Authorizer.Decision.Undecided("it is away"), 0, Duration.ofMinutes(1))) {
            assertThatThrownBy(() -> RemoteAgent.connect(behindGate.base(), () -> Served.TOKEN))
                    .isInstanceOf(AgentException.class)
                    .hasMessageContaining("503")
                    .hasMessageContaining("it is away");
        }
    }

    @Test
    @DisplayName("a token that expired meanwhile is waited for until it is replaced")
    void expired() throws Exception {
        var expired = new AtomicInteger();
        try (RemoteAgent remote = RemoteAgent.connect(
                served.base(),
                () -> expired.getAndUpdate(left -> Math.max(0, left - 1)) > 0 ? "expired" : Served.TOKEN)) {
            expired.set(2);
            assertThat(remote.ask().baseline().state()).isEqualTo(BaselineState.bound);
            assertThat(expired).hasValue(0);
        }
    }

    @Test
    @DisplayName("clients of an agent elsewhere are served, ordered and ended as those of this process")
    void clients() throws Exception {
        agent.hold(HOLDER, LEASE, BaselineUnderHold.stop);
        assertThat(agent.start(settings(1))).isInstanceOf(Start.Bound.class);
        try (ClientGroup clients =
                agent.clients(place, new ClientGroup.Wanted(3, "echo", true, true, new Traffic.Rebind()))) {
            assertThat(clients.awaitServed(true, Duration.ofSeconds(30))).isNull();
            ClientReport report = Objects.requireNonNull(clients.report());
            assertThat(report.served()).isEqualTo(3);
            assertThat(report.generations()).containsOnlyKeys(1);
            clients.disconnect();
            await().until(() -> connections(clients) == 0);
            clients.resume();
            assertThat(clients.awaitServed(true, Duration.ofSeconds(30))).isNull();
        }
        await().until(() -> states().equals(List.of(TcpState.LISTEN)));
    }

    @Test
    @DisplayName("clients that lose their connections and do not reconnect are told to have lost them")
    void lostConnections() throws Exception {
        agent.hold(HOLDER, LEASE, BaselineUnderHold.stop);
        assertThat(agent.start(settings(1))).isInstanceOf(Start.Bound.class);
        try (ClientGroup clients =
                agent.clients(place, new ClientGroup.Wanted(3, "echo", true, false, new Traffic.Rebind()))) {
            assertThat(clients.awaitServed(true, Duration.ofSeconds(30))).isNull();
            assertThat(agent.stop(1, StopWay.reset, GRACE)).isInstanceOf(Stop.Stopped.class);
            assertThat(clients.awaitServed(true, Duration.ZERO))
                    .contains("0 of 3 were answered within 0.0 s", "connections that were lost: {ECONNRESET=3}");
        }
    }

    private static int connections(ClientGroup clients) throws InterruptedException {
        ClientReport report = clients.report();
        return report == null ? -1 : report.connections();
    }

    @Test
    @DisplayName("an agent that was started anew, or is gone, is a failure in each result's own words")
    void gone() throws Exception {
        agent.hold(HOLDER, LEASE, BaselineUnderHold.stop);
        int port = served.base().getPort();
        long began = System.nanoTime();
        served.close();
        try (var _ = new Served(Served.GATE, port, Duration.ofMinutes(1))) {
            fails("was started anew");
            assertThat(agent.unansweredSince(began))
                    .as("it is another one that answers")
                    .isNull();
        }
        fails("cannot be reached");
        assertThat(agent.unansweredSince(began)).contains("cannot be reached");
        assertThat(agent.unansweredSince(System.nanoTime())).isNull();
    }

    private void fails(String why) {
        assertThat(agent.start(settings(1)))
                .isInstanceOfSatisfying(
                        Start.Broken.class, broken -> assertThat(broken.why()).contains(why));
        assertThat(agent.stop(1, StopWay.close, GRACE))
                .isInstanceOfSatisfying(
                        Stop.Broken.class, broken -> assertThat(broken.why()).contains(why));
        assertThat(agent.look(place).local())
                .isInstanceOfSatisfying(
                        Reading.Unreadable.class,
                        unreadable -> assertThat(unreadable.why()).contains(why));
        assertThat(agent.clear(place))
                .isInstanceOfSatisfying(
                        Clearing.Refused.class,
                        refused -> assertThat(refused.why()).contains(why));
        var failed = new Start.Failed(
                1, settings(1), "EADDRINUSE", 98, "bind", "in use", java.time.Instant.EPOCH, System.nanoTime());
        ExplainedFailure failure = agent.explain(failed);
        assertThat(failure.explanation().cause()).isEqualTo(Cause.unknown);
        assertThat(failure.explanation().doubts()).singleElement().asString().contains(why);
        assertThat(failure.view().local())
                .isInstanceOfSatisfying(
                        Reading.Unreadable.class,
                        unreadable -> assertThat(unreadable.why()).contains(why));
        // Nobody there remembers it.
        agent.released(failure, System.nanoTime(), Duration.ofMillis(3));
    }

    @Test
    @DisplayName("the agent says of a port of its namespace whether an outgoing connection may be given it")
    void ephemeral() throws Exception {
        Namespace here = new Namespace();
        Namespace.Ports range = here.localPorts().orElseThrow();
        try (var served = new Served(Served.GATE, 0, Duration.ofMinutes(1));
                RemoteAgent remote = RemoteAgent.connect(served.base(), () -> Served.TOKEN)) {
            assertThat(remote.ports().ephemeral(range.last())).isEqualTo(!here.reserved(range.last()));
            assertThat(remote.ports().ephemeral(range.first() - 1)).isFalse();
        }
    }

    @Test
    @DisplayName("clients that nobody asks after end by themselves")
    void forgotten() throws Exception {
        try (var hasty = new Served(Served.GATE, 0, Duration.ofMillis(1));
                RemoteAgent remote = RemoteAgent.connect(hasty.base(), () -> Served.TOKEN)) {
            remote.hold(HOLDER, LEASE, BaselineUnderHold.stop);
            try (ClientGroup clients =
                    remote.clients(place, new ClientGroup.Wanted(1, "echo", true, true, new Traffic.Rebind()))) {
                await().until(() -> hasty.clients.getLast().condition().startsWith("exit code"));
                assertThat(clients.report()).isNull();
                assertThat(clients.condition()).contains("404").contains("they have ended");
            }
        }
    }

    private static String said(@Nullable Integer protocol) throws IOException {
        HttpServer former = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        var asked = new CopyOnWriteArrayList<String>();
        former.createContext("/", exchange -> {
            asked.add(exchange.getRequestURI().getPath());
            byte[] json = Wire.mapper()
                    .writeValueAsBytes(
                            new About(protocol, "one", "0.0.9", null, "server-0", 1, 1, null, null, false, null, IDLE));
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, json.length);
            try (exchange) {
                exchange.getResponseBody().write(json);
            }
        });
        former.start();
        try {
            URI base = URI.create("http://127.0.0.1:" + former.getAddress().getPort());
            String message = catchThrowableOfType(
                            AgentException.class, () -> RemoteAgent.connect(base, () -> Served.TOKEN))
                    .getMessage();
            assertThat(asked)
                    .as("an agent that is not understood is asked nothing more")
                    .hasSize(1);
            return String.valueOf(message);
        } finally {
            former.stop(0);
        }
    }

    @Test
    @DisplayName(
            "an agent of another version of the protocol is refused before anything is asked of it, and the message says what to do")
    void otherProtocol() throws Exception {
        assertThat(said(null)).contains("pod server-0", "Rebind 0.0.9", "version 0 of the protocol", "helm upgrade");
        assertThat(said(WireMessages.PROTOCOL + 1)).contains("version " + (WireMessages.PROTOCOL + 1));
    }

    @Test
    @DisplayName(
            "who waits for an agent that another experiment holds learns by whom from its first answer, and who holds it gets it")
    void heldByAnother() throws Exception {
        agent.hold(HOLDER, LEASE, BaselineUnderHold.keep);

        AgentException refusal = catchThrowableOfType(
                AgentException.class,
                () -> RemoteAgent.connect(served.base(), () -> Served.TOKEN, new Holder("shop", "other", "u2")));

        assertThat(Objects.requireNonNull(refusal.problem()).holder()).isEqualTo(HOLDER);
        assertThat(refusal).hasMessageContaining("held by experiment shop/rolling");
        RemoteAgent.connect(served.base(), () -> Served.TOKEN, HOLDER).close();
    }

    @Test
    @DisplayName("why a port is taken is what the agent says, with the process that has it")
    void why() throws Exception {
        try (var listener = PosixSocket.open(Family.IPV4)
                .bind(new Endpoint(InetAddress.ofLiteral(place.address()), place.port()))
                .listen(1)) {
            JsonNode told = Wire.mapper().readTree(agent.ports().why(place));
            assertThat(told.path("address").asText()).isEqualTo("127.0.0.1");
            assertThat(told.path("verdict").asText()).isEqualTo("taken");
            assertThat(told.at("/blocking/0/holder/processes/0/pid").asLong())
                    .isEqualTo(ProcessHandle.current().pid());
            assertThat(listener.fd()).isNotNegative();
            JsonNode elsewhere = Wire.mapper()
                    .readTree(agent.ports().whyOfPod(place.port(), "00000000-0000-0000-0000-000000000000", false));
            assertThat(elsewhere.path("verdict").asText()).isEqualTo("not_known");
        }
    }

    @Test
    @DisplayName("an answer to why that is no diagnosis is taken for none")
    void noDiagnosis() throws Exception {
        HttpServer other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        other.createContext("/", exchange -> {
            boolean first = exchange.getRequestURI().getPath().equals("/v1/agent");
            byte[] json = Wire.mapper()
                    .writeValueAsBytes(
                            first
                                    ? new About(
                                            WireMessages.PROTOCOL,
                                            "one",
                                            "0.0.9",
                                            null,
                                            "server-0",
                                            1,
                                            1,
                                            null,
                                            null,
                                            false,
                                            null,
                                            IDLE)
                                    : Map.of("verdict", "free"));
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, json.length);
            try (exchange) {
                exchange.getResponseBody().write(json);
            }
        });
        other.start();
        URI base = URI.create("http://127.0.0.1:" + other.getAddress().getPort());
        try (var of = RemoteAgent.connect(base, () -> "")) {
            assertThatThrownBy(() -> of.ports().why(place))
                    .isInstanceOf(AgentException.class)
                    .hasMessageContaining("no diagnosis");
        } finally {
            other.stop(0);
        }
    }
}
