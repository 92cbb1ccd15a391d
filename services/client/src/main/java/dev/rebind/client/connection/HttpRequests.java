package dev.rebind.client.connection;

import dev.rebind.client.measure.Requests.Progress;
import dev.rebind.client.protocol.ClientEvent.Quote;
import dev.rebind.client.protocol.RequestReport.Failure;
import dev.rebind.client.traffic.Traffic;
import io.netty.channel.EventLoop;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * HTTP requests by a schedule that does not wait for answers. A request takes a connection that is free, or makes one where one is
 * missing, so that it fails as any client's request does while nobody listens; where all are busy it waits for one, and its
 * latency counts that. On the event loop.
 *
 * <p>This class is longer than others, as the schedule, the connections and what became of each request are one state.
 */
final class HttpRequests implements Load {
    /** @param nanos of {@link System#nanoTime}; when it comes the request may have been sent meanwhile, and then has more time */
    private record Deadline(long nanos, HttpExchange exchange) implements Comparable<Deadline> {
        @Override
        public int compareTo(Deadline other) {
            return Long.signum(nanos - other.nanos);
        }
    }

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    /** How often it is looked at least whether requests are late. */
    private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(20);

    /**
     * How long the event loop rests at least between two ticks, so that it sleeps: for less than half a millisecond a selector of
     * Netty does not wait, and a schedule of 2,000 requests a second would keep a processor busy by itself.
     */
    private static final long REST = TimeUnit.MILLISECONDS.toNanos(1);

    private final Traffic.Http http;
    private final Measures measures;
    private final EventLoop loop;
    private final List<HttpConnectionSlot> slots = new ArrayList<>();
    /** Due requests for which there is no connection. */
    private final Deque<HttpExchange> waiting = new ArrayDeque<>();
    /** One for each request that is not known to be over. */
    private final Queue<Deadline> deadlines = new PriorityQueue<>();

    private final Runnable changed;
    private long startNanos;
    private long next;
    /** Counts up when the schedule is stopped or begun, so that a tick of an older schedule does nothing. */
    private int schedule;

    /** Whether the first request has been sent, and whether it is over. */
    private boolean warming;

    private boolean warm;
    private boolean held;
    private boolean stalled;
    private boolean lastGood;
    private @Nullable Long lastAnswerNanos;
    private @Nullable Long boundNanos;
    /** Whether the server that is bound now has answered a request. */
    private boolean servedByThis;

    private int turn;

    HttpRequests(
            Vertx vertx,
            EventLoop loop,
            BoundTransport transport,
            ClientSettings settings,
            Traffic.Http http,
            Measures measures,
            Runnable changed) {
        this.http = http;
        this.measures = measures;
        this.loop = loop;
        this.changed = changed;
        var form = new HttpRequestForm(vertx, settings, http);
        var turns = new ConnectTurns(vertx, transport, settings.connectTimeout());
        for (int index = 0; index < settings.connections(); index++) {
            slots.add(new HttpConnectionSlot(vertx, turns, settings, form, measures, index, this));
        }
    }

    /**
     * The schedule begins after one request that is not counted: until there is somebody who listens nothing is due, and the time
     * that this JVM takes for its first request is not the server's.
     */
    @Override
    public void start() {
        if (warm) {
            begin();
        }
        slots.stream().limit(http.keepAlive() ? slots.size() : 1).forEach(HttpConnectionSlot::restore);
    }

    /** The first request is over, whatever came of it. */
    void warmedUp() {
        if (!warm) {
            warm = true;
            if (!isHeld()) {
                begin();
            }
        }
    }

    /** The request that goes first over this connection, where none has gone before; null otherwise. */
    @Nullable
    HttpExchange first() {
        if (warm || warming) {
            return null;
        }
        warming = true;
        var first = new HttpExchange(System.nanoTime());
        first.end();
        var _ = loop.schedule(() -> late(first), http.timeout().toNanos(), TimeUnit.NANOSECONDS);
        return first;
    }

    private void late(HttpExchange first) {
        HttpConnectionSlot slot = first.slot();
        if (!warm && slot != null) {
            slot.abandon(first);
        }
        warmedUp();
    }

    private void begin() {
        startNanos = System.nanoTime();
        next = 0;
        schedule++;
        measures.requests().begun();
        tick(schedule);
    }

    private long due(long number) {
        return startNanos + number * SECOND / http.requestsPerSecond();
    }

    private void tick(int of) {
        if (of != schedule) {
            return;
        }
        expire();
        long now = System.nanoTime();
        while (due(next) - now <= 0) {
            begin(new HttpExchange(due(next)), now);
            next++;
        }
        long pause = Math.clamp(due(next) - System.nanoTime(), REST, LOOK);
        var _ = loop.schedule(() -> tick(of), pause, TimeUnit.NANOSECONDS);
    }

    private void begin(HttpExchange exchange, long now) {
        measures.requests().sent(now - exchange.dueNanos());
        deadlines.add(deadline(exchange));
        HttpConnectionSlot free = next(true);
        if (free != null) {
            free.send(exchange);
            return;
        }
        HttpConnectionSlot missing = next(false);
        if (missing != null) {
            missing.connectFor(exchange);
        } else {
            waiting.add(exchange);
        }
    }

    /** A slot that is free; or else one without a connection. Each has its turn, so that all are used. */
    private @Nullable HttpConnectionSlot next(boolean free) {
        for (int tried = 0; tried < slots.size(); tried++) {
            HttpConnectionSlot slot = slots.get((turn + tried) % slots.size());
            if (free ? slot.isFree() : slot.isMissing()) {
                turn = (turn + tried + 1) % slots.size();
                return slot;
            }
        }
        return null;
    }

    /**
     * A request that has waited long for a connection has the whole time for its answer. If it had only what was left, then a backlog
     * would keep a server from ever serving again: each request would be given up, and with HTTP/1 its connection, just after it was sent.
     */
    private Deadline deadline(HttpExchange exchange) {
        return new Deadline(exchange.waitsSinceNanos() + http.timeout().toNanos(), exchange);
    }

    /** Fails what is late; an answer that comes after that counts no more. */
    private void expire() {
        long now = System.nanoTime();
        for (Deadline first = deadlines.peek(); first != null && first.nanos - now <= 0; first = deadlines.peek()) {
            deadlines.remove();
            HttpExchange exchange = first.exchange;
            if (exchange.isOver()) {
                continue;
            }
            Deadline present = deadline(exchange);
            if (present.nanos - now > 0) {
                deadlines.add(present);
            } else {
                giveUp(exchange);
            }
        }
    }

    private void giveUp(HttpExchange exchange) {
        HttpConnectionSlot slot = exchange.slot();
        if (slot != null) {
            failed(exchange, Failure.timeout, slot.progress(exchange), null);
            lost(exchange);
            slot.abandon(exchange);
        } else if (wereOthersAnsweredMeanwhile(exchange)) {
            // The server is there. More is asked of it than these connections carry, which is no outage.
            count(exchange, Failure.timeout, Progress.WAITING, null, System.nanoTime());
        } else {
            failed(exchange, Failure.timeout, Progress.WAITING, null);
        }
    }

    private boolean wereOthersAnsweredMeanwhile(HttpExchange exchange) {
        return lastAnswerNanos != null && lastAnswerNanos - exchange.dueNanos() > 0;
    }

    // What the slots tell.

    /** Whether no connection is to be made now. */
    boolean isHeld() {
        return held || stalled;
    }

    /** Whether the last request was answered. */
    boolean isWell() {
        return lastGood;
    }

    /** Whether connections are made that no request asks for. */
    boolean wantsConnections() {
        return http.keepAlive() || !warm;
    }

    void changed() {
        changed.run();
    }

    /** After all that the event loop does now. */
    void later(Runnable task) {
        loop.execute(task);
    }

    /** The next request that waits for a connection; null where none does. */
    @Nullable
    HttpExchange nextWaiting() {
        HttpExchange exchange = waiting.poll();
        while (exchange != null && exchange.isOver()) {
            exchange = waiting.poll();
        }
        return exchange;
    }

    void answered(HttpExchange exchange) {
        if (exchange.end()) {
            long now = System.nanoTime();
            measures.tally().answers++;
            measures.observer().answered(1);
            measures.requests().answered(exchange.dueNanos(), now);
            measures.outages().good(exchange.begunNanos(), now);
            lastGood = true;
            lastAnswerNanos = now;
            servedByThis |= boundNanos == null || exchange.begunNanos() - boundNanos > 0;
            changed.run();
        }
    }

    void failed(HttpExchange exchange, Failure failure, Progress progress, @Nullable String detail) {
        long now = System.nanoTime();
        if (count(exchange, failure, progress, detail, now)) {
            measures.outages().failed(now);
            lastGood = false;
            changed.run();
        }
    }

    /** Whether it was not over before. */
    private boolean count(
            HttpExchange exchange, Failure failure, Progress progress, @Nullable String detail, long nanos) {
        boolean first = exchange.end();
        if (first) {
            measures.requests().failed(failure, progress, detail, exchange.begunNanos(), nanos);
        }
        return first;
    }

    /** A request that had an unexpected answer, or none, cost its bytes. */
    void lost(HttpExchange exchange) {
        measures.tally().requestsLost++;
        measures.tally().bytesLost += http.bodyBytes();
        measures.observer().lost(http.bodyBytes());
        measures.requests().cut(exchange.received());
    }

    // Orders.

    /** Requests that are under way when their connections are ended on order are neither answered nor failed. */
    private void halt() {
        schedule++;
        measures.requests().halted();
        deadlines.forEach(deadline -> deadline.exchange.end());
        deadlines.clear();
        waiting.clear();
    }

    @Override
    public void leave(Ending how) {
        held = true;
        stalled = false;
        halt();
        slots.forEach(slot -> slot.leave(how));
    }

    @Override
    public boolean left() {
        return slots.stream().noneMatch(HttpConnectionSlot::isConnected);
    }

    @Override
    public void cut() {
        slots.forEach(HttpConnectionSlot::cut);
    }

    @Override
    public void end() {
        held = true;
        halt();
    }

    @Override
    public void stall() {
        if (!stalled) {
            halt();
            stalled = true;
            slots.forEach(HttpConnectionSlot::stall);
        }
    }

    @Override
    public void resume() {
        if (!held && !stalled) {
            return;
        }
        held = false;
        stalled = false;
        slots.forEach(HttpConnectionSlot::resume);
        start();
    }

    @Override
    public State state() {
        List<InetSocketAddress> locals = slots.stream()
                .map(HttpConnectionSlot::local)
                .filter(Objects::nonNull)
                .toList();
        int there = http.keepAlive()
                ? (int) slots.stream().filter(HttpConnectionSlot::isServed).count()
                : slots.size();
        return new State(lastGood && servedByThis ? there : 0, stalled && !locals.isEmpty(), locals);
    }

    @Override
    public void marked() {
        slots.forEach(HttpConnectionSlot::marked);
    }

    @Override
    public void bound() {
        boundNanos = System.nanoTime();
        servedByThis = false;
        slots.forEach(HttpConnectionSlot::bound);
    }

    @Override
    public @Nullable Integer unansweredConnections() {
        return http.keepAlive()
                ? Integer.valueOf((int)
                        slots.stream().filter(HttpConnectionSlot::isUnanswered).count())
                : null;
    }

    @Override
    public long underWay() {
        return deadlines.stream()
                .filter(deadline -> !deadline.exchange.isOver())
                .count();
    }

    @Override
    public List<Quote> quotes() {
        return List.of();
    }
}
