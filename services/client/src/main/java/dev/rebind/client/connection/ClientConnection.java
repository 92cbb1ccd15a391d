package dev.rebind.client.connection;

import dev.rebind.client.measure.BackOff;
import dev.rebind.client.measure.EndingHabit;
import dev.rebind.client.measure.Requests.Progress;
import dev.rebind.client.traffic.Traffic;
import io.vertx.core.Vertx;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** One of the client's n connections, through all the times that it is made. On the event loop. */
final class ClientConnection {
    private final Vertx vertx;
    private final NetClient client;
    private final BoundTransport transport;
    private final ClientSettings settings;
    private final Measures measures;
    private final Runnable changed;
    private final int index;
    private final BackOff backOff;
    private final EndingHabit habit;
    private @Nullable Conversation conversation;
    private @Nullable Long timer;
    private boolean connecting;
    /** Set by an order to close or reset: no connection is made before the order to resume. */
    private boolean held;

    private boolean stalled;
    /** Whether there was a connection: whoever does not come back has to have been there. */
    private boolean was;

    ClientConnection(
            Vertx vertx,
            NetClient client,
            BoundTransport transport,
            ClientSettings settings,
            Measures measures,
            int index,
            Runnable changed) {
        this.vertx = vertx;
        this.client = client;
        this.transport = transport;
        this.settings = settings;
        this.measures = measures;
        this.index = index;
        this.changed = changed;
        this.backOff = settings.pauses().backOff();
        this.habit = new EndingHabit(settings.reconnect());
    }

    /** Makes the connection unless it is there, or being made. */
    void connect() {
        if (connecting || conversation != null || held) {
            return;
        }
        if (timer != null) {
            vertx.cancelTimer(timer);
            timer = null;
        }
        connecting = true;
        long begun = System.nanoTime();
        if (requests()) {
            measures.requests().sent(null);
        }
        InetSocketAddress from = settings.source().of(index);
        if (from != null) {
            transport.bindNext(from);
        }
        client.connect(SocketAddress.inetSocketAddress(new InetSocketAddress(settings.host(), settings.port())))
                .onComplete(made -> {
                    connecting = false;
                    if (made.succeeded()) {
                        connected(made.result(), begun);
                    } else {
                        String errno = ConnectionFailures.failedConnect(made.cause(), measures);
                        if (requests()) {
                            requestFailed(made.cause(), begun);
                        }
                        measures.observer().connectFailed(errno);
                        again();
                    }
                });
    }

    private void requestFailed(Throwable cause, long begun) {
        long now = System.nanoTime();
        measures.requests()
                .failed(
                        ConnectionFailures.failure(cause),
                        Progress.CONNECTING,
                        ConnectionFailures.detail(cause),
                        begun,
                        now);
        if (habit.failed()) {
            measures.outages().failed(now);
        }
    }

    /** With tcp the making of a connection is the first part of a request. */
    private boolean requests() {
        return settings.traffic() instanceof Traffic.Tcp;
    }

    private void connected(NetSocket socket, long begun) {
        var made = new Conversation(
                (NetSocketInternal) socket, settings, measures, habit, begun, stalled, backOff::succeeded);
        if (held) {
            made.reset();
            return;
        }
        conversation = made;
        was = true;
        made.whenEnded(() -> {
            if (conversation == made) {
                conversation = null;
                again();
            }
            changed.run();
        });
        made.whenAnswered(changed);
        measures.tally().connects++;
        made.begin();
        changed.run();
    }

    private void again() {
        if (held || stalled || (was && !settings.reconnect()) || timer != null) {
            return;
        }
        timer = vertx.setTimer(Math.max(1, backOff.next().toMillis()), _ -> {
            timer = null;
            connect();
        });
    }

    /** No connection is made before {@link #resume}; one that is there is given back, to be ended. */
    @Nullable
    Conversation hold() {
        held = true;
        halted();
        stalled = false;
        if (timer != null) {
            vertx.cancelTimer(timer);
            timer = null;
        }
        Conversation ending = conversation;
        conversation = null;
        return ending;
    }

    void stall() {
        stalled = true;
        halted();
        if (conversation != null) {
            conversation.stall();
        }
    }

    private void halted() {
        if (requests()) {
            measures.requests().halted();
        }
    }

    void resume() {
        held = false;
        stalled = false;
        if (conversation != null) {
            conversation.resume();
        } else {
            backOff.succeeded();
            connect();
        }
    }

    /** Whether a request was sent and is neither over nor given up on order. */
    boolean isUnderWay() {
        return requests() && !held && (connecting || (conversation != null && conversation.isUnderWay()));
    }

    /** Whether it counts as there: open and answered, or answered by a server that ends each connection with its answer. */
    boolean isServed() {
        return (conversation != null && conversation.isServed()) || (!held && habit.isServed());
    }

    void marked() {
        habit.marked();
    }

    void bound() {
        habit.bound(System.nanoTime());
    }

    /** The connection that is open; null when there is none. */
    @Nullable
    Conversation conversation() {
        return conversation;
    }
}
