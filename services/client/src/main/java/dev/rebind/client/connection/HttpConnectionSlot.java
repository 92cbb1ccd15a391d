package dev.rebind.client.connection;

import dev.rebind.client.connection.Load.Ending;
import dev.rebind.client.measure.Requests.Progress;
import dev.rebind.client.protocol.RequestReport.Failure;
import dev.rebind.client.traffic.Traffic;
import io.netty.channel.Channel;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One of the client's n connections for HTTP, through all the times that it is made. On the event loop. It is one class, as each of its
 * methods changes the state of the one connection that there is.
 */
final class HttpConnectionSlot {
    /** How long an orderly close waits for answers that are under way. */
    private static final long DRAIN_MILLIS = 250;

    private final ConnectTurns turns;
    private final ClientSettings settings;
    private final HttpRequestForm form;
    private final Traffic.Http http;
    private final Measures measures;
    private final int index;
    /**
     * Whether it is kept open without a request, once it has brought an answer. Where requests fail it carries some too: a server that
     * serves one connection at a time answers nobody else.
     */
    private final boolean idle;

    private final HttpRequests load;
    private final RetryTimer retry;
    private final List<HttpExchange> inFlight = new ArrayList<>();
    /** Exchanges that are over, and after which the connection may be closed at once. */
    private int settling;

    private @Nullable HttpClientConnection connection;
    private @Nullable Channel channel;
    private @Nullable Throwable failure;
    private boolean connecting;
    /** Whether there was a connection: whoever does not come back has to have been there. */
    private boolean was;
    /** When this connection had been made. */
    private long madeNanos;
    /** Whether this connection has brought an answer. */
    private boolean answered;
    /** Whether a request was sent since the mark, and whether one was answered. */
    private boolean asked;

    private boolean heard;
    /** Whether the connection before brought an answer and was ended, as a server does that closes after each. */
    private boolean endedAnswered;
    /** Whether this connection takes no more requests. */
    private boolean retiring;
    /** Of this connection. */
    private Http2Ping ping;

    HttpConnectionSlot(
            Vertx vertx,
            ConnectTurns turns,
            ClientSettings settings,
            HttpRequestForm form,
            Measures measures,
            int index,
            HttpRequests load) {
        this.turns = turns;
        this.settings = settings;
        this.form = form;
        this.http = form.http();
        this.measures = measures;
        this.index = index;
        this.idle = index < form.http().idle();
        this.load = load;
        this.retry = new RetryTimer(vertx, settings.pauses().backOff());
        this.ping = new Http2Ping(http.timeout());
    }

    boolean isFree() {
        return connection != null
                && !(idle && answered && load.isWell())
                && !retiring
                && channel != null
                && channel.isActive()
                && settling == 0
                && inFlight.size() < connection.maxActiveStreams();
    }

    /** Whether a connection may be made now. */
    boolean isMissing() {
        return connection == null && !connecting && !load.isHeld() && (!was || settings.reconnect());
    }

    /** Whether it counts as there. */
    boolean isServed() {
        return local() != null || (endedAnswered && !load.isHeld());
    }

    /** Whether requests were sent and none was answered since the mark, over whatever connections. */
    boolean isUnanswered() {
        return asked && !heard;
    }

    void marked() {
        asked = false;
        heard = false;
    }

    void bound() {
        endedAnswered = false;
    }

    boolean isConnected() {
        return connection != null;
    }

    /** How far a request has come that was given to this slot. */
    Progress progress(HttpExchange exchange) {
        return inFlight.contains(exchange) ? connected() : Progress.CONNECTING;
    }

    private Progress connected() {
        return Progress.connected(madeNanos, answered);
    }

    @Nullable
    InetSocketAddress local() {
        return connection == null || channel == null ? null : (InetSocketAddress) channel.localAddress();
    }

    /** Makes the connection where it is missing, whether a request wants it or not. */
    void restore() {
        if (isMissing()) {
            connect(null);
        }
    }

    void connectFor(HttpExchange exchange) {
        exchange.connecting(this);
        connect(exchange);
    }

    private void connect(@Nullable HttpExchange wanted) {
        retry.cancel();
        connecting = true;
        turns.connect(settings.source().of(index), made -> channel = made, form::connect)
                .onComplete(made -> {
                    connecting = false;
                    if (made.succeeded()) {
                        connected(made.result(), wanted);
                    } else {
                        notConnected(made.cause(), wanted);
                    }
                });
    }

    private void notConnected(Throwable cause, @Nullable HttpExchange wanted) {
        endedAnswered = false;
        String errno = ConnectionFailures.failedConnect(cause, measures);
        measures.observer().connectFailed(errno);
        Failure how = ConnectionFailures.failure(cause);
        if (wanted != null) {
            load.failed(wanted, how, Progress.CONNECTING, ConnectionFailures.detail(cause));
        }
        if (how == Failure.other || cause instanceof HandshakeTimeout) {
            // Somebody listens, and the connection does not come to be: a handshake that fails, for one.
            load.warmedUp();
        }
        connectAgain();
    }

    /** Now for a request that waits; for none of them, after a pause. */
    private void connectAgain() {
        again();
        HttpExchange waiting = isMissing() ? load.nextWaiting() : null;
        if (waiting != null) {
            connectFor(waiting);
        }
    }

    private void connected(HttpClientConnection made, @Nullable HttpExchange wanted) {
        Channel under = channel;
        if (load.isHeld()) {
            if (under != null) {
                TcpChannels.reset(under);
            }
            return;
        }
        connection = made;
        was = true;
        madeNanos = System.nanoTime();
        answered = false;
        retiring = false;
        ping = new Http2Ping(http.timeout());
        failure = null;
        measures.tally().connects++;
        retry.succeeded();
        made.exceptionHandler(thrown -> {
            if (failure == null) {
                failure = thrown;
            }
        });
        made.shutdownHandler(_ -> retiring = true);
        made.closeHandler(_ -> closed(made));
        HttpExchange first = load.first();
        if (first != null) {
            send(first);
        }
        if (wanted != null && !wanted.isOver()) {
            send(wanted);
        }
        more();
        load.changed();
    }

    /** Takes what waits for a connection. */
    private void more() {
        while (isFree()) {
            HttpExchange waiting = load.nextWaiting();
            if (waiting == null) {
                return;
            }
            send(waiting);
        }
    }

    void send(HttpExchange exchange) {
        HttpClientConnection on = connection;
        if (on == null) {
            throw new IllegalStateException("there is no connection");
        }
        exchange.sent(this);
        asked = true;
        inFlight.add(exchange);
        if (!http.keepAlive()) {
            retiring = true;
        }
        measures.tally().bytesSent += http.bodyBytes();
        form.request(on)
                .compose(request -> {
                    exchange.cancelledBy(request::reset);
                    return form.send(request).compose(response -> read(exchange, response));
                })
                .onComplete(done -> {
                    inFlight.remove(exchange);
                    load.warmedUp();
                    if (done.succeeded()) {
                        over(exchange, done.result());
                    } else {
                        failed(exchange, done.cause());
                    }
                    // Vert.x closes the connection after an answer of HTTP/1.0, but tells the end of the answer first.
                    settling++;
                    load.later(() -> {
                        settling--;
                        more();
                    });
                });
    }

    private Future<Integer> read(HttpExchange exchange, HttpClientResponse response) {
        String connected = response.getHeader(HttpHeaders.CONNECTION);
        if (connected != null && HttpHeaders.CLOSE.toString().equalsIgnoreCase(connected)) {
            // The server closes it after this answer: a request that still went over it would be lost by the client's
            // own fault.
            retiring = true;
        }
        response.handler(bytes -> {
            measures.tally().bytesReceived += bytes.length();
            exchange.received(bytes.length());
        });
        return response.end().map(_ -> response.statusCode());
    }

    private void over(HttpExchange exchange, int status) {
        if (http.expects(status)) {
            answered = true;
            heard = true;
            load.answered(exchange);
        } else {
            measures.tally().unexpected++;
            load.failed(exchange, Failure.status, connected(), String.valueOf(status));
        }
        if (!http.keepAlive() && http.version() == Traffic.Version.http2 && connection != null) {
            connection.shutdown(DRAIN_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void failed(HttpExchange exchange, Throwable cause) {
        if (exchange.isOver()) {
            return;
        }
        // What the connection ended with says more than that it has ended.
        Throwable why = failure != null && ConnectionFailures.failure(cause) == Failure.closed_early ? failure : cause;
        load.lost(exchange);
        load.failed(exchange, ConnectionFailures.failure(why), connected(), ConnectionFailures.detail(why));
    }

    /**
     * A request on this connection is late. With HTTP/1 nothing can follow it, so that the connection is closed. With HTTP/2 others can,
     * as long as the server is there.
     */
    void abandon(HttpExchange exchange) {
        HttpClientConnection on = connection;
        if (on == null || !inFlight.contains(exchange)) {
            return;
        }
        switch (http.version()) {
            case http1 -> giveUp(on);
            case http2 -> {
                exchange.cancel();
                ping.ask(on, () -> {
                    if (on.equals(connection)) {
                        giveUp(on);
                    }
                });
            }
        }
    }

    /** The client ends it: the server has not. */
    private void giveUp(HttpClientConnection on) {
        retiring = true;
        Channel under = channel;
        on.close();
        if (under != null) {
            // A close waits until what was sent has left the buffer, which does not happen where nobody takes it.
            var _ = under.eventLoop().schedule(() -> TcpChannels.reset(under), DRAIN_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void closed(HttpClientConnection gone) {
        if (!gone.equals(connection)) {
            return;
        }
        connection = null;
        endedAnswered = answered;
        // An end that was told of is none that the clients suffer from.
        if (!load.isHeld() && !retiring) {
            ConnectionFailures.count(failure, measures);
        }
        connectAgain();
        load.changed();
    }

    private void again() {
        if (load.wantsConnections() && isMissing() && !retry.isSet()) {
            retry.set(this::restore);
        }
    }

    void leave(Ending how) {
        retry.cancel();
        HttpClientConnection ending = connection;
        Channel under = channel;
        if (ending == null || under == null) {
            return;
        }
        under.config().setAutoRead(true);
        retiring = true;
        switch (how) {
            case finish -> ending.shutdown(DRAIN_MILLIS, TimeUnit.MILLISECONDS);
            case reset -> TcpChannels.reset(under);
        }
    }

    void cut() {
        if (connection != null) {
            connection.close();
        }
    }

    /** One more request, whose answer then lies unread; and nothing is closed, whatever the server does. */
    void stall() {
        if (connection != null && channel != null) {
            if (inFlight.isEmpty()) {
                var last = new HttpExchange(System.nanoTime());
                last.end();
                send(last);
            }
            channel.config().setAutoRead(false);
        }
    }

    void resume() {
        if (channel != null) {
            channel.config().setAutoRead(true);
        }
    }
}
