package dev.rebind.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rebind.client.VanishingServer.Gone;
import dev.rebind.client.protocol.ClientOrder;
import dev.rebind.client.traffic.Traffic;
import dev.rebind.client.traffic.Traffic.Http;
import dev.rebind.client.traffic.Traffic.Tls;
import dev.rebind.client.traffic.Traffic.Version;
import dev.rebind.server.listener.ServerSettings.Service;
import dev.rebind.sockets.posix.FreePorts;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.SelfSignedCertificate;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Clients of a server that is gone for a while, in each way in which a network loses one")
class ComebackTest {
    enum Kind {
        http1,
        https1,
        http2,
        https2,
        tcp,
        rebind;

        boolean isTls() {
            return this == https1 || this == https2;
        }

        /** Whether a connection is there only when both sides have spoken. */
        boolean hasHandshake() {
            return isTls() || this == http2;
        }

        /** Whoever waits for nothing on a connection, or without end, holds it as long as nothing comes that ends it. */
        boolean notices(Gone gone) {
            return switch (this) {
                case http1, https1, http2, https2 -> true;
                case tcp -> gone != Gone.vanished;
                case rebind -> gone == Gone.refused || gone == Gone.syn_unanswered;
            };
        }

        Traffic traffic() {
            return switch (this) {
                case http1 -> http(Version.http1, null);
                case https1 -> http(Version.http1, new Tls(null, null, true, null));
                case http2 -> http(Version.http2, null);
                case https2 -> http(Version.http2, new Tls(null, null, true, null));
                case tcp -> new Traffic.Tcp("I am client\n", "I am", Duration.ofSeconds(1));
                case rebind -> new Traffic.Rebind();
            };
        }

        private static Http http(Version version, @Nullable Tls tls) {
            return new Http("GET", "/", List.of(), 0, null, true, 100, version, Duration.ofSeconds(1), 0, tls);
        }
    }

    private static final int CONNECTIONS = 2;

    private final Vertx vertx = Vertx.vertx();
    private final ClientFixture backend = new ClientFixture(FreePorts.next());
    private final ClientFixture clients = new ClientFixture(FreePorts.next());
    private final VanishingServer server = new VanishingServer(clients.port, backend.port);

    @AfterEach
    void close() throws Exception {
        clients.close();
        server.close();
        backend.close();
        vertx.close().await();
    }

    private void serve(Kind kind) throws Exception {
        switch (kind) {
            case tcp, rebind -> backend.server(1, Service.echo);
            case http1, https1, http2, https2 -> {
                var options = new HttpServerOptions().setUseAlpn(true);
                if (kind.isTls()) {
                    options.setSsl(true)
                            .setKeyCertOptions(
                                    SelfSignedCertificate.create("localhost").keyCertOptions());
                }
                vertx.createHttpServer(options)
                        .requestHandler(request -> request.response().end("ok"))
                        .listen(backend.port, "127.0.0.1")
                        .await();
            }
        }
    }

    static Stream<Arguments> all() {
        return Stream.of(Kind.values())
                .flatMap(kind -> Stream.of(Gone.values())
                        .filter(gone -> kind.notices(gone))
                        .map(gone -> Arguments.of(kind, gone)));
    }

    private long failedConnects(String errno) throws InterruptedException {
        return clients.report().failedConnects().getOrDefault(errno, 0L);
    }

    private boolean triedAgain(Kind kind, Gone gone) throws InterruptedException {
        return switch (gone) {
            case refused -> failedConnects("ECONNREFUSED") >= 2 * CONNECTIONS;
            case syn_unanswered, vanished -> failedConnects("timeout") >= 2 * CONNECTIONS;
            case accepted_and_mute ->
                server.accepted() >= 3 * CONNECTIONS
                        && (!kind.hasHandshake() || failedConnects("timeout") >= 2 * CONNECTIONS);
        };
    }

    @ParameterizedTest
    @MethodSource("all")
    @DisplayName("When it is gone, then each connection is tried again and again; when it is back, then all are served")
    void comeBack(Kind kind, Gone gone) throws Exception {
        serve(kind);
        server.serve();
        clients.client(CONNECTIONS, kind.traffic(), Duration.ofMillis(500));
        await().until(() -> clients.report().served() == CONNECTIONS);

        clients.mark();
        server.lose(gone);
        await().untilAsserted(() ->
                assertThat(triedAgain(kind, gone)).as(() -> reported()).isTrue());
        server.serve();
        clients.tell(ClientOrder.bound);

        await().untilAsserted(() ->
                assertThat(clients.report().served()).as(() -> reported()).isEqualTo(CONNECTIONS));
    }

    private String reported() {
        try {
            return clients.report().toString();
        } catch (InterruptedException e) {
            return "interrupted";
        }
    }
}
