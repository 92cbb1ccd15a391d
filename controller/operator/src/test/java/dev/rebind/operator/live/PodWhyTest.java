package dev.rebind.operator.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rebind.agent.PortForecast;
import dev.rebind.agent.PortForecast.Releases;
import dev.rebind.agent.PortView;
import dev.rebind.agent.remote.AgentException;
import dev.rebind.agent.remote.RemoteAgent;
import dev.rebind.live.Experiments.AnsweredBy;
import dev.rebind.live.Experiments.PortDiagnosis;
import dev.rebind.live.Experiments.Why;
import dev.rebind.operator.run.FakeTarget;
import dev.rebind.operator.workload.AgentAnswer;
import dev.rebind.record.Json;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.release.Release;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Why the port of a pod can or cannot be bound")
class PodWhyTest {
    private static final Duration SHORT = Duration.ofMillis(200);

    private static FakeTarget listening(String name) {
        var listener = TcpSocket.of(
                        TcpState.LISTEN,
                        new Endpoint(InetAddress.ofLiteral("0.0.0.0"), 8080),
                        new Endpoint(InetAddress.ofLiteral("0.0.0.0"), 0))
                .withInode(7);
        Reading seen = new Snapshot(Instant.EPOCH, 0, "made up", List.of(listener));
        return new FakeTarget(name)
                .forecasting(new PortForecast(
                        new PortView(seen, seen, seen, Map.of()),
                        new Releases(List.of(new Release.Held("it listens")), List.of())));
    }

    private static PortDiagnosis ask(FakeTarget target) {
        return new PodWhy(SHORT).of(target);
    }

    @Test
    @DisplayName("is what the agent says, each pod's own")
    void agents() {
        var one = listening("web-1").answering(() -> new AgentAnswer(AgentAnswer.By.pod, "{\"verdict\":\"free\"}"));
        var two = listening("web-2").answering(() -> new AgentAnswer(AgentAnswer.By.node, "{\"verdict\":\"taken\"}"));
        assertThat(PodSockets.why(List.of(one, two)))
                .isEqualTo(new Why.Told(
                        8080,
                        List.of(
                                new PortDiagnosis("web-1", new AnsweredBy.PodAgent(), "{\"verdict\":\"free\"}"),
                                new PortDiagnosis("web-2", new AnsweredBy.NodeAgent(), "{\"verdict\":\"taken\"}"))));
    }

    @Test
    @DisplayName("is what the controller has seen, with the reason, where no agent can be asked")
    void none() throws Exception {
        PortDiagnosis told = ask(listening("web-1").answering(() -> {
            throw new AgentException("its container is being replaced");
        }));
        assertThat(told.by())
                .isEqualTo(new AnsweredBy.Controller(
                        "its container is being replaced; from its node: its node has no agent"));
        assertThat(Json.mapper().readTree(told.json()).path("cause").asText()).isEqualTo("listener_unseen");
    }

    @Test
    @DisplayName(
            "is what the controller has seen, with the reason, where the agent is silent, which is not asked any longer")
    void silent() throws Exception {
        var given = new CountDownLatch(1);
        PortDiagnosis told = ask(listening("web-1").answering(() -> {
            try {
                new CountDownLatch(1).await();
                throw new AssertionError("nobody answers");
            } finally {
                given.countDown();
            }
        }));
        assertThat(told.by())
                .isEqualTo(new AnsweredBy.Controller(
                        "the agent has not answered within 0.2 s; from its node: its node has no agent"));
        assertThat(Json.mapper().readTree(told.json()).path("cause").asText()).isEqualTo("listener_unseen");
        await().until(() -> given.getCount() == 0);
    }

    @Test
    @DisplayName("is what the agent of its node says, where the agent in the pod is silent")
    void fromNode() {
        PortDiagnosis told = ask(listening("web-1")
                .answering(PodWhyTest::silence)
                .answeringFromNode(() -> new AgentAnswer(AgentAnswer.By.node, "{\"verdict\":\"taken\"}")));
        assertThat(told).isEqualTo(new PortDiagnosis("web-1", new AnsweredBy.NodeAgent(), "{\"verdict\":\"taken\"}"));
    }

    private static AgentAnswer silence() throws InterruptedException {
        new CountDownLatch(1).await();
        throw new AssertionError("nobody answers");
    }

    @Test
    @DisplayName("is what the controller has seen, where the agent of its node does not know")
    void notKnownToNode() throws Exception {
        PortDiagnosis told = ask(listening("web-1")
                .answering(() -> {
                    throw new AgentException("its container is being replaced");
                })
                .answeringFromNode(() -> new AgentAnswer(AgentAnswer.By.node, "{\"exit_code\":3}")));
        assertThat(told.by())
                .isEqualTo(new AnsweredBy.Controller(
                        "its container is being replaced; the agent of its node does not know it either"));
        assertThat(Json.mapper().readTree(told.json()).path("cause").asText()).isEqualTo("listener_unseen");
    }

    @Test
    @DisplayName("is not known, with the reason, where an agent over HTTP has gone silent, and its looks with it")
    void silentAgent() throws Exception {
        try (var silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            URI base = URI.create("http://127.0.0.1:" + silent.getLocalPort());
            PortDiagnosis told = ask(new FakeTarget("web-1").answering(() -> {
                try (var agent = RemoteAgent.connect(base, () -> "")) {
                    return new AgentAnswer(AgentAnswer.By.pod, agent.ports().why(new FakeTarget("x").place()));
                }
            }));
            assertThat(told.by())
                    .isEqualTo(new AnsweredBy.Controller(
                            "the agent has not answered within 0.2 s; from its node: its node has no agent"));
        }
    }
}
