package dev.rebind.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.GenerationSettings.Mode;
import dev.rebind.diagnosis.Cause;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import java.net.InetAddress;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("When somebody else listens on the port of a server")
class OtherListenersTest {
    private static final InetAddress OTHER = InetAddress.ofLiteral("127.0.0.2");

    private final int port = FreePorts.next();
    private final LocalAgent agent = new LocalAgent();

    @AfterEach
    void close() {
        agent.close();
    }

    private GenerationSettings settings(String address, Mode mode, boolean reusePort, String transport) {
        return new GenerationSettings(
                1, new Place(address, port), mode, false, reusePort, "echo", transport, true, false, null);
    }

    private PosixSocket listener(InetAddress address, boolean reusePort) throws PosixException {
        PosixSocket socket = PosixSocket.open(Family.IPV4).reusePort(reusePort);
        socket.bind(new Endpoint(address, port));
        socket.listen(1);
        return socket;
    }

    @Test
    @DisplayName("on another address, then the server is bound beside it, and is told which clients it gets")
    void otherAddress() throws PosixException {
        try (PosixSocket _ = listener(OTHER, false)) {
            assertThat(agent.start(settings("127.0.0.1", Mode.listener, false, "nio")))
                    .isInstanceOfSatisfying(
                            Start.Bound.class,
                            bound -> assertThat(bound.beside()).singleElement().satisfies(one -> {
                                assertThat(one.local()).isEqualTo("127.0.0.2:" + port);
                                assertThat(one.gets()).isEqualTo("its_address");
                                assertThat(one.pids())
                                        .containsExactly(ProcessHandle.current().pid());
                                assertThat(one.text()).contains("gets the clients of its own address 127.0.0.2");
                            }));
        }
    }

    @Test
    @DisplayName("on the IPv4 wildcard with SO_REUSEPORT, then a dual-stack server is bound and gets no IPv4 client")
    void oldGetsAll() throws PosixException {
        try (PosixSocket _ = listener(InetAddress.ofLiteral("0.0.0.0"), true)) {
            assertThat(agent.start(settings("0.0.0.0", Mode.process, true, "epoll")))
                    .isInstanceOfSatisfying(Start.Bound.class, bound -> {
                        assertThat(bound.beside())
                                .singleElement()
                                .satisfies(one -> assertThat(one.gets()).isEqualTo("all_ipv4"));
                        assertThat(Sentences.bound(bound, Map.of("LISTEN", 1), false, false))
                                .doesNotContain("nothing was left")
                                .contains("gets all clients over IPv4");
                    });
        }
    }

    @Test
    @DisplayName("nowhere, then nobody is named")
    void nobody() {
        assertThat(agent.start(settings("127.0.0.1", Mode.listener, false, "nio")))
                .isInstanceOfSatisfying(
                        Start.Bound.class, bound -> assertThat(bound.beside()).isEmpty());
    }

    @Test
    @DisplayName(
            "on one address, then a server for every address fails, and is told which addresses and family are free")
    void computedRemedies() throws PosixException {
        try (PosixSocket _ = listener(OTHER, false)) {
            Start start = agent.start(settings("0.0.0.0", Mode.listener, false, "nio"));
            assertThat(start).isInstanceOf(Start.Failed.class);
            Explanation explanation = agent.explain((Start.Failed) start).explanation();

            assertThat(explanation.cause()).isEqualTo(Cause.listener_own);
            assertThat(explanation.confident()).isTrue();
            assertThat(explanation.prevention())
                    .contains("An address other than 127.0.0.2 would have bound then")
                    .contains("IPv6 clients only")
                    .doesNotContain("Nothing");
        }
    }

    @Test
    @DisplayName("everywhere, and it is this very process, then it is told to give one of the two another port")
    void own() throws PosixException {
        try (PosixSocket everywhere = PosixSocket.open(Family.IPV6)) {
            everywhere.bind(new Endpoint(InetAddress.ofLiteral("::"), port));
            everywhere.listen(1);
            Start start = agent.start(settings("0.0.0.0", Mode.listener, false, "nio"));
            assertThat(start).isInstanceOf(Start.Failed.class);
            Explanation explanation = agent.explain((Start.Failed) start).explanation();

            assertThat(explanation.told().inTheWay().getFirst()).contains("this very process listens on [::]:" + port);
            assertThat(explanation.prevention()).contains("Give the second listener of this program another port");
        }
    }
}
