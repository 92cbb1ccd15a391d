package dev.rebind.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.rebind.client.protocol.ClientEvent.Connected;
import dev.rebind.client.protocol.ClientOrder;
import dev.rebind.client.protocol.ClientReport;
import dev.rebind.client.protocol.RequestReport;
import dev.rebind.client.protocol.RequestReport.Failure;
import dev.rebind.client.traffic.Traffic.Header;
import dev.rebind.client.traffic.Traffic.Http;
import dev.rebind.client.traffic.Traffic.Tls;
import dev.rebind.client.traffic.Traffic.Version;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.SocketReaders;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.posix.FreePorts;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.SelfSignedCertificate;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("HTTP clients against servers that are not Rebind's")
class HttpRequestsTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private final ClientFixture fixture = new ClientFixture(FreePorts.next());
    private final Vertx vertx = Vertx.vertx();
    private @Nullable AutoCloseable server;

    @AfterEach
    void close() throws Exception {
        fixture.close();
        if (server != null) {
            server.close();
        }
        vertx.close().await();
    }

    private static Http http(boolean keepAlive, Version version, Duration timeout, @Nullable Tls tls) {
        return http(keepAlive, version, timeout, 0, tls);
    }

    private static Http http(boolean keepAlive, Version version, Duration timeout, int idle, @Nullable Tls tls) {
        return http(keepAlive, version, 200, timeout, idle, tls);
    }

    private static Http http(
            boolean keepAlive, Version version, int requestsPerSecond, Duration timeout, int idle, @Nullable Tls tls) {
        return new Http(
                "GET",
                "/a?b=c",
                List.of(new Header("X-Rebind", "yes")),
                0,
                null,
                keepAlive,
                requestsPerSecond,
                version,
                timeout,
                idle,
                tls);
    }

    static Http http() {
        return http(true, Version.http1, Duration.ofSeconds(5), null);
    }

    /** So few, and with so much time, that a machine without a free processor keeps up, too. */
    static Http seldom() {
        return http(true, Version.http1, 50, Duration.ofSeconds(60), 0, null);
    }

    /** The JDK's own server, which answers with this status and keeps connections. */
    private HttpServer jdk(int status) throws IOException {
        var listening = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), fixture.port), 50);
        listening.createContext("/", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(status, 2);
                exchange.getResponseBody().write("ok".getBytes(StandardCharsets.UTF_8));
            }
        });
        listening.start();
        server = () -> listening.stop(0);
        return listening;
    }

    /** What is done with each connection. */
    private interface Serving {
        void serve(Socket socket) throws Exception;
    }

    /** A server of sockets; a thread for each connection. */
    private ServerSocket raw(Serving serving) throws IOException {
        var listener = new ServerSocket();
        listener.setReuseAddress(true);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), fixture.port), 50);
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        var _ = threads.submit(() -> {
            while (true) {
                Socket socket = listener.accept();
                var _ = threads.submit(() -> {
                    try (socket) {
                        serving.serve(socket);
                    }
                    return null;
                });
            }
        });
        server = () -> {
            listener.close();
            threads.shutdownNow();
        };
        return listener;
    }

    /** Reads one request without a body; false at the end of the stream. */
    private static boolean request(Socket socket) throws IOException {
        int last = 0;
        for (int b = socket.getInputStream().read();
                b >= 0;
                b = socket.getInputStream().read()) {
            last = (last << 8) | b;
            if (last == 0x0d0a0d0a) {
                return true;
            }
        }
        return false;
    }

    private void oneConnectionAtATime() throws IOException {
        var one = new ReentrantLock();
        raw(socket -> {
            one.lock();
            try {
                while (request(socket)) {
                    socket.getOutputStream().write(OK.getBytes(StandardCharsets.US_ASCII));
                    socket.getOutputStream().flush();
                }
            } finally {
                one.unlock();
            }
        });
    }

    /** It takes 40 ms for an answer, and has one for each connection at a time. */
    private void slowServer() throws IOException {
        raw(socket -> {
            while (request(socket)) {
                Thread.sleep(40);
                socket.getOutputStream().write(OK.getBytes(StandardCharsets.US_ASCII));
            }
        });
    }

    private RequestReport requests() throws InterruptedException {
        return Objects.requireNonNull(fixture.report().requests());
    }

    private long failed(Failure failure) throws InterruptedException {
        return requests().failed().getOrDefault(failure, 0L);
    }

    @Test
    @DisplayName("Requests are answered over connections that are kept, at the rate that was asked for")
    void kept() throws Exception {
        jdk(200);
        fixture.client(3, http());
        fixture.await(Connected.class);

        fixture.mark();
        await().until(() -> requests().answered() >= 100);

        ClientReport report = fixture.report();
        RequestReport requests = Objects.requireNonNull(report.requests());
        assertThat(report.connections()).isEqualTo(3);
        assertThat(report.connects()).isZero();
        assertThat(report.downtimeMs()).isZero();
        assertThat(requests.failed()).isEmpty();
        assertThat(requests.during()).isNotNull();
        assertThat(requests.lateMs()).isNotNull();
        assertThat(requests.before()).isNotNull();
        assertThat(requests.after()).isNull();
        fixture.tell(ClientOrder.bound);
        await().until(() -> requests().after() != null);
    }

    @Test
    @DisplayName(
            "Requests that wait at the mark are among those that were sent, so that no more are answered and fail than were sent")
    void waitingAtTheMark() throws Exception {
        var go = new CountDownLatch(1);
        var first = new AtomicReference<>(true);
        raw(socket -> {
            while (request(socket)) {
                if (!first.getAndSet(false)) {
                    go.await();
                }
                socket.getOutputStream().write(OK.getBytes(StandardCharsets.US_ASCII));
            }
        });
        fixture.client(1, http());
        await().until(() -> requests().sent() >= 40);

        fixture.mark();
        go.countDown();
        await().until(() -> requests().answered() >= 60);

        RequestReport requests = requests();
        assertThat(requests.failed()).isEmpty();
        assertThat(requests.sent()).isGreaterThanOrEqualTo(requests.answered());
    }

    @Test
    @DisplayName("The path, the headers and the Host header are those that were asked for")
    void what() throws Exception {
        var seen = new AtomicReference<String>();
        server = vertx.createHttpServer()
                .requestHandler(request -> {
                    seen.set(request.method() + " " + request.uri() + " " + request.getHeader("X-Rebind") + " "
                            + request.getHeader("Host"));
                    request.response().end("ok");
                })
                .listen(fixture.port, "127.0.0.1")
                .await()::close;
        fixture.client(1, http());
        fixture.await(Connected.class);

        assertThat(seen.get()).isEqualTo("GET /a?b=c yes 127.0.0.1:" + fixture.port);
    }

    @Test
    @DisplayName("Another status than the expected one is a failed request, and no service")
    void status() throws Exception {
        jdk(503);
        fixture.client(1, http());

        await().until(() -> failed(Failure.status) > 0);

        RequestReport requests = requests();
        assertThat(requests.answered()).isZero();
        assertThat(requests.failures().getFirst().detail()).isEqualTo("503");
        assertThat(fixture.report().served()).isZero();
    }

    @Test
    @DisplayName(
            "While nobody listens each request that is due is refused, and the downtime is the gap between answers")
    void refused() throws Exception {
        HttpServer old = jdk(200);
        fixture.client(2, http());
        fixture.await(Connected.class);
        fixture.mark();
        await().until(() -> requests().answered() > 0);

        old.stop(0);
        await().until(() -> failed(Failure.refused) >= 20);
        assertThat(fixture.report().downtimeMs()).isNull();
        jdk(200);
        await().until(() -> fixture.report().served() == 2);

        ClientReport report = fixture.report();
        assertThat(report.outages()).isPositive();
        assertThat(report.downtimeMs()).isNotNull().isPositive();
        assertThat(report.downtimeTotalMs()).isNotNull().isGreaterThanOrEqualTo(report.downtimeMs());
        assertThat(Objects.requireNonNull(report.requests()).failures())
                .anySatisfy(group -> assertThat(group.failure()).isEqualTo(Failure.refused));
    }

    @Test
    @DisplayName("Clients that were told to leave meanwhile ask nobody, so that their downtime is not known")
    void left() throws Exception {
        jdk(200);
        fixture.client(2, http());
        fixture.await(Connected.class);
        fixture.mark();
        await().until(() -> requests().answered() > 0);
        assertThat(fixture.report().downtimeMs()).isZero();

        fixture.tell(ClientOrder.close);
        fixture.tell(ClientOrder.resume);
        long before = requests().answered();
        await().until(() -> requests().answered() > before);

        assertThat(requests().failed()).isEmpty();
        assertThat(fixture.report().downtimeMs()).isNull();
        fixture.mark();
        await().until(() -> requests().answered() > 0);
        assertThat(fixture.report().downtimeMs()).isZero();
    }

    @Test
    @DisplayName("An idle connection brings one answer, and then stays open while the others carry the requests")
    void idle() throws Exception {
        var served = new ConcurrentHashMap<Integer, Integer>();
        raw(socket -> {
            while (request(socket)) {
                served.merge(socket.getPort(), 1, Integer::sum);
                socket.getOutputStream().write(OK.getBytes(StandardCharsets.US_ASCII));
                socket.getOutputStream().flush();
            }
        });
        fixture.client(3, http(true, Version.http1, Duration.ofSeconds(5), 1, null));
        fixture.await(Connected.class);

        await().until(() -> requests().answered() >= 100);

        assertThat(fixture.report().connections()).isEqualTo(3);
        assertThat(requests().failed()).isEmpty();
        // The first request of all, which is not counted, may have gone over it as well.
        assertThat(served.values()).hasSize(3);
        assertThat(served.values().stream().filter(count -> count <= 2)).hasSize(1);
    }

    @Test
    @DisplayName(
            "When a server serves one connection at a time, then an idle one does not keep the others from all answers")
    void idleAlone() throws Exception {
        oneConnectionAtATime();
        fixture.client(2, http(true, Version.http1, Duration.ofMillis(200), 1, null));

        await().until(() -> requests().answered() >= 20);
    }

    @Test
    @DisplayName("The report says on how many connections the old server answered nothing")
    void unanswered() throws Exception {
        oneConnectionAtATime();
        fixture.client(3, http());
        await().until(() -> fixture.report().connections() == 3);
        long before = requests().answered();
        await().until(() -> requests().answered() >= before + 20);
        assertThat(requests().unansweredConnections()).isNull();

        fixture.mark();

        assertThat(requests().unansweredConnections()).isEqualTo(2);
    }

    @Test
    @DisplayName("A connection that the server closes between two requests is no failed request")
    void closedBetween() throws Exception {
        raw(socket -> {
            if (request(socket)) {
                socket.getOutputStream().write(OK.getBytes(StandardCharsets.US_ASCII));
                socket.getOutputStream().flush();
            }
        });
        fixture.client(4, http());
        fixture.await(Connected.class);

        await().until(() -> fixture.report().ends() >= 20);

        // A request that is sent while the server's FIN is on its way fails as that of any client does.
        RequestReport requests = requests();
        long early = requests.failed().getOrDefault(Failure.closed_early, 0L)
                + requests.failed().getOrDefault(Failure.reset, 0L);
        assertThat(requests.answered()).isPositive();
        assertThat(requests.failed().values().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .isEqualTo(early);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.0 200 OK\r\n", "HTTP/1.1 200 OK\r\nConnection: close\r\n"})
    @DisplayName(
            "When a server says with each answer that its connection ends, then no request is sent over that one any more")
    void saysThatItCloses(String head) throws Exception {
        raw(socket -> {
            if (request(socket)) {
                OutputStream out = socket.getOutputStream();
                out.write((head + "Content-Length: 2\r\n\r\nok").getBytes(StandardCharsets.US_ASCII));
                out.flush();
                // Whatever came now would be lost; the end of the stream comes where nothing does.
                request(socket);
            }
        });
        fixture.client(2, http());
        fixture.await(Connected.class);

        await().until(() -> requests().answered() >= 100);

        assertThat(requests().failed()).isEmpty();
    }

    @Test
    @DisplayName("A connection for each request: the server closes it after the answer, and all requests are answered")
    void each() throws Exception {
        jdk(200);
        fixture.client(4, http(false, Version.http1, Duration.ofSeconds(5), null));
        fixture.await(Connected.class);

        await().until(() -> requests().answered() >= 50);

        assertThat(fixture.report().connects()).isGreaterThanOrEqualTo(50);
        assertThat(requests().failed()).isEmpty();
    }

    @Test
    @DisplayName("When an answer breaks off, the bytes that came of it were cut")
    void breaksOff() throws Exception {
        raw(socket -> {
            if (request(socket)) {
                OutputStream out = socket.getOutputStream();
                out.write(
                        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nten bytes.".getBytes(StandardCharsets.US_ASCII));
                out.flush();
                // The client has read what it was sent before the reset throws away what it has not read.
                request(socket);
            }
        });
        fixture.client(1, http(true, Version.http1, Duration.ofMillis(200), null));
        await().until(() -> requests().bytesCut() >= 10);
        assertThat(requests().answered()).isZero();
    }

    @Test
    @DisplayName("A reset in place of an answer is a reset")
    void resetInPlaceOfAnswer() throws Exception {
        raw(socket -> {
            if (request(socket)) {
                socket.setSoLinger(true, 0);
            }
        });
        fixture.client(1, http());
        await().until(() -> failed(Failure.reset) > 0);
    }

    @Test
    @DisplayName("An answer that ends too soon is closed early")
    void closedEarly() throws Exception {
        raw(socket -> {
            if (request(socket)) {
                socket.getOutputStream()
                        .write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nten bytes."
                                .getBytes(StandardCharsets.US_ASCII));
            }
        });
        fixture.client(1, http());

        await().until(() -> failed(Failure.closed_early) > 0 && requests().bytesCut() >= 10);

        assertThat(requests().answered()).isZero();
    }

    @Test
    @DisplayName("A server that does not answer in time: requests time out, by the time at which they were due")
    void slow() throws Exception {
        var never = new CountDownLatch(1);
        raw(socket -> {
            request(socket);
            never.await();
        });
        fixture.client(2, http(true, Version.http1, Duration.ofMillis(100), null));

        await().until(() -> failed(Failure.timeout) >= 10);

        assertThat(requests().answered()).isZero();
        assertThat(fixture.report().ends())
                .as("connections that the client closed itself are none that it lost")
                .isZero();
        never.countDown();
    }

    private void tls(SelfSignedCertificate certificate, boolean http2) {
        var options =
                new HttpServerOptions().setSsl(true).setUseAlpn(http2).setKeyCertOptions(certificate.keyCertOptions());
        server = vertx.createHttpServer(options)
                .requestHandler(
                        request -> request.response().end(request.version().toString()))
                .listen(fixture.port, "127.0.0.1")
                .await()::close;
    }

    @Test
    @DisplayName("TLS: a certificate of the given CA is taken under the server's name")
    void ca() throws Exception {
        SelfSignedCertificate certificate = SelfSignedCertificate.create("localhost");
        tls(certificate, false);
        fixture.client(
                2,
                http(
                        true,
                        Version.http1,
                        Duration.ofSeconds(5),
                        new Tls(certificate.certificatePath(), null, false, "localhost")));

        await().untilAsserted(() ->
                assertThat(requests().answered()).as(() -> failures()).isPositive());
        certificate.delete();
    }

    @Test
    @DisplayName("TLS: when several connections are asked for at once, then each of them is made and carries requests")
    void severalConnections() throws Exception {
        SelfSignedCertificate certificate = SelfSignedCertificate.create("localhost");
        tls(certificate, false);
        fixture.client(5, http(true, Version.http1, Duration.ofSeconds(5), new Tls(null, null, true, null)));

        fixture.await(Connected.class);

        assertThat(fixture.report().localPorts()).hasSize(5).doesNotHaveDuplicates();
        certificate.delete();
    }

    @Test
    @DisplayName(
            "When a SYN has no answer, then its connection is given up after the time for a connect, and another is tried")
    void silentConnect() throws Exception {
        List<SocketChannel> filling = new ArrayList<>();
        // Linux drops a SYN for a listener whose accept queue is full (net.ipv4.tcp_abort_on_overflow 0).
        try (var full = new ServerSocket(fixture.port, 1, InetAddress.getLoopbackAddress())) {
            for (int i = 0; i < 4; i++) {
                SocketChannel channel = SocketChannel.open();
                filling.add(channel);
                channel.configureBlocking(false);
                channel.connect(full.getLocalSocketAddress());
            }
            fixture.client(1, http(), Duration.ofMillis(200));

            await().untilAsserted(
                            () -> assertThat(fixture.report().failedConnects().getOrDefault("timeout", 0L))
                                    .isGreaterThanOrEqualTo(2L));
        } finally {
            for (SocketChannel channel : filling) {
                channel.close();
            }
        }
    }

    @Test
    @DisplayName("When more requests are due than are answered, then those that have waited long are answered, too")
    void backlog() throws Exception {
        slowServer();
        fixture.client(1, http(true, Version.http1, Duration.ofMillis(500), null));
        await().until(() -> failed(Failure.timeout) > 0);

        long before = requests().answered();
        await().untilAsserted(() ->
                assertThat(requests().answered()).as(() -> failures()).isGreaterThanOrEqualTo(before + 20));
    }

    @Test
    @DisplayName("Requests that wait in vain for a connection are no outage while the server answers others")
    void tooMany() throws Exception {
        slowServer();
        fixture.client(1, http(true, Version.http1, Duration.ofSeconds(3), null));
        await().until(() -> failed(Failure.timeout) > 0);
        fixture.mark();

        await().until(() -> failed(Failure.timeout) >= 100);

        assertThat(requests().failures())
                .extracting(RequestReport.Failures::phase)
                .containsOnly(RequestReport.Phase.waiting);
        ClientReport report = fixture.report();
        assertThat(report.served()).isEqualTo(1);
        assertThat(report.outages()).isZero();
        fixture.tell(ClientOrder.bound);
        await().untilAsserted(() -> assertThat(fixture.report().served()).isEqualTo(1));
    }

    @Test
    @DisplayName("Requests that wait in vain for a connection are an outage where the server answers nobody any more")
    void hung() throws Exception {
        var hangs = new AtomicReference<>(false);
        var never = new CountDownLatch(1);
        raw(socket -> {
            while (request(socket)) {
                if (hangs.get()) {
                    never.await();
                }
                socket.getOutputStream().write(OK.getBytes(StandardCharsets.US_ASCII));
            }
        });
        fixture.client(1, http(true, Version.http1, Duration.ofSeconds(1), null));
        await().until(() -> requests().answered() > 0);

        hangs.set(true);
        await().until(() -> failed(Failure.timeout) >= 100);

        ClientReport report = fixture.report();
        assertThat(report.served()).isZero();
        assertThat(report.isOutage()).isTrue();
        never.countDown();
    }

    private String failures() {
        try {
            return requests().failures().toString();
        } catch (InterruptedException e) {
            return "interrupted";
        }
    }

    @Test
    @DisplayName("TLS: a certificate that nobody vouches for fails the requests, and is taken where told to")
    void badCertificate() throws Exception {
        SelfSignedCertificate certificate = SelfSignedCertificate.create("localhost");
        tls(certificate, false);
        fixture.client(1, http(true, Version.http1, Duration.ofSeconds(5), new Tls(null, null, false, "localhost")));
        await().until(() -> failed(Failure.other) > 0);
        assertThat(requests().answered()).isZero();
        assertThat(requests().failures().getFirst().detail()).contains("certification path");
        fixture.close();

        fixture.client(1, http(true, Version.http1, Duration.ofSeconds(5), new Tls(null, null, true, null)));
        fixture.await(Connected.class);
        assertThat(requests().answered()).isPositive();
        certificate.delete();
    }

    @Test
    @DisplayName("HTTP/2 over TLS is agreed on by ALPN")
    void http2() throws Exception {
        SelfSignedCertificate certificate = SelfSignedCertificate.create("localhost");
        tls(certificate, true);
        fixture.client(1, http(true, Version.http2, Duration.ofSeconds(5), new Tls(null, null, true, null)));
        await().until(() -> requests().answered() >= 20);
        assertThat(requests().failed()).isEmpty();
        certificate.delete();
    }

    @Test
    @DisplayName("HTTP/2 with prior knowledge: one connection carries requests side by side")
    void http2Clear() throws Exception {
        server = vertx.createHttpServer(new HttpServerOptions())
                .requestHandler(request -> vertx.setTimer(
                        100, _ -> request.response().end(request.version().toString())))
                .listen(fixture.port, "127.0.0.1")
                .await()::close;
        fixture.client(1, http(true, Version.http2, Duration.ofSeconds(5), null));
        // Each takes 100 ms: one after the other, 200 a second could not be answered.
        await().until(() -> requests().answered() >= 100);
        RequestReport requests = requests();
        assertThat(requests.failed()).isEmpty();
        assertThat(requests.sent() - requests.answered()).isLessThan(requests.answered());
    }

    private static List<TcpSocket> sockets(SocketQuery query) {
        return switch (SocketReaders.best().read(query)) {
            case Reading.Snapshot snapshot ->
                snapshot.sockets().stream()
                        .filter(socket -> socket.state() != TcpState.LISTEN)
                        .toList();
            case Reading.Unreadable unreadable -> throw new AssertionError(unreadable.toString());
        };
    }

    @Test
    @DisplayName("Told to close, the client is the first to do so: TIME_WAIT is its own")
    void closeFirst() throws Exception {
        jdk(200);
        fixture.client(3, http());
        fixture.await(Connected.class);

        fixture.tell(ClientOrder.close);

        await().untilAsserted(() -> assertThat(sockets(SocketQuery.toPort(fixture.port)))
                .hasSize(3)
                .allSatisfy(socket -> assertThat(socket.state()).isEqualTo(TcpState.TIME_WAIT)));
        fixture.tell(ClientOrder.resume);
        fixture.await(Connected.class);
    }

    @Test
    @DisplayName("Told to reset, the client leaves nothing on either side")
    void reset() throws Exception {
        jdk(200);
        fixture.client(3, http());
        fixture.await(Connected.class);

        fixture.tell(ClientOrder.reset);

        await().untilAsserted(() -> {
            assertThat(sockets(SocketQuery.toPort(fixture.port))).isEmpty();
            assertThat(sockets(SocketQuery.onPort(fixture.port))).isEmpty();
        });
    }

    @Test
    @DisplayName("Told to stall, the client has unread data and stays in CLOSE_WAIT when the server has closed")
    void stall() throws Exception {
        HttpServer old = jdk(200);
        fixture.client(2, http());
        fixture.await(Connected.class);

        fixture.tell(ClientOrder.stall);
        await().untilAsserted(() -> assertThat(sockets(SocketQuery.toPort(fixture.port)))
                .hasSize(2)
                .allSatisfy(socket -> assertThat(socket.recvQ()).isPositive()));
        old.stop(0);

        await().untilAsserted(() -> assertThat(sockets(SocketQuery.toPort(fixture.port)))
                .hasSize(2)
                .allSatisfy(socket -> assertThat(socket.state()).isEqualTo(TcpState.CLOSE_WAIT)));
        assertThat(fixture.report().stalled()).isTrue();
    }
}
