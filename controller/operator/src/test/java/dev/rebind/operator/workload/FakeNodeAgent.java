package dev.rebind.operator.workload;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.rebind.agent.PortView;
import dev.rebind.agent.wire.Wire;
import dev.rebind.agent.wire.WireMessages;
import dev.rebind.agent.wire.WireMessages.About;
import dev.rebind.agent.wire.WireMessages.Baseline;
import dev.rebind.agent.wire.WireMessages.BaselineState;
import dev.rebind.agent.wire.WireMessages.BaselineUnderHold;
import dev.rebind.agent.wire.WireMessages.Done;
import dev.rebind.agent.wire.WireMessages.HoldAnswer;
import dev.rebind.agent.wire.WireMessages.Holder;
import dev.rebind.agent.wire.WireMessages.ListenerAnswer;
import dev.rebind.agent.wire.WireMessages.LookAnswer;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketTimer;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** The agent of a node, or of a server in its container, over HTTP. A test says what each look shows. */
final class FakeNodeAgent implements AutoCloseable {
    static final Holder HOLDER = new Holder("shop", "restart", "uid-1");

    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    private final HttpServer http;
    private volatile Supplier<LookAnswer> looks;
    private volatile String instance = "one";
    /** Options of the listener. */
    volatile ListenerAnswer flags = ListenerAnswer.unread("not read here");

    /** @param looks called for each look, from one thread */
    FakeNodeAgent(Supplier<LookAnswer> looks) throws IOException {
        this.looks = looks;
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/v1/agent", exchange -> answer(exchange, about()));
        http.createContext(
                "/v1/hold",
                exchange -> answer(exchange, new HoldAnswer(HOLDER, Instant.now(), BaselineUnderHold.keep)));
        http.createContext("/v1/leave", exchange -> answer(exchange, new Done(true)));
        http.createContext("/v1/exit", exchange -> {
            instance = "two";
            answer(exchange, new Done(true));
        });
        http.createContext("/v1/look", exchange -> answer(exchange, this.looks.get()));
        http.createContext("/v1/why/", exchange -> answer(exchange, why(exchange.getRequestURI())));
        http.createContext("/v1/listeners/", exchange -> answer(exchange, flags));
        http.start();
    }

    private About about() {
        return new About(
                WireMessages.PROTOCOL,
                instance,
                "0",
                "node-1",
                null,
                1,
                System.nanoTime(),
                null,
                60,
                false,
                null,
                new Baseline(BaselineState.idle, null, null));
    }

    /** A diagnosis that repeats the question. */
    private static Map<String, Object> why(URI asked) {
        return Map.of(
                "at",
                Instant.EPOCH.toString(),
                "verdict",
                "free",
                "summary",
                asked.toString(),
                "blocking",
                List.of(),
                "remedies",
                List.of(),
                "limits",
                List.of());
    }

    private static void answer(HttpExchange exchange, Object body) throws IOException {
        byte[] json = Wire.mapper().writeValueAsBytes(body);
        exchange.sendResponseHeaders(200, json.length);
        try (var out = exchange.getResponseBody()) {
            out.write(json);
        }
    }

    void shows(Supplier<LookAnswer> next) {
        looks = next;
    }

    URI base() {
        return URI.create("http://127.0.0.1:" + http.getAddress().getPort());
    }

    /** A look at these sockets, of now. */
    static LookAnswer look(Set<String> containers, TcpSocket... sockets) {
        Reading local = new Reading.Snapshot(Instant.now(), System.nanoTime(), "/proc/1/net/tcp", List.of(sockets));
        return new LookAnswer(new PortView(local, local, local, Map.of()), containers, null);
    }

    static TcpSocket listener(long inode) {
        var nowhere = new Endpoint(InetAddress.ofLiteral("0.0.0.0"), 0);
        return socket(TcpState.LISTEN, nowhere, inode, SocketTimer.NONE);
    }

    /** A connection of which no process holds the server's end any more. */
    static TcpSocket leftover(TcpState state, int clientPort) {
        return leftover(state, clientPort, Duration.ofSeconds(60));
    }

    /** @param remaining until its timer's end */
    static TcpSocket leftover(TcpState state, int clientPort, Duration remaining) {
        return socket(
                state,
                new Endpoint(LOOPBACK, clientPort),
                0,
                new SocketTimer(SocketTimer.Kind.TIME_WAIT, remaining, 0));
    }

    private static TcpSocket socket(TcpState state, Endpoint remote, long inode, SocketTimer timer) {
        return TcpSocket.of(state, new Endpoint(LOOPBACK, 8080), remote)
                .withTimer(timer)
                .withInode(inode);
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
