package dev.rebind.client.connection;

import dev.rebind.client.protocol.ClientEvent.Quote;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Connections that are made once, and again where they are lost. On the event loop. */
final class HeldConnections implements Load {
    private final List<ClientConnection> slots = new ArrayList<>();
    private final List<Conversation> leaving = new ArrayList<>();
    private final Runnable changed;

    HeldConnections(
            Vertx vertx, BoundTransport transport, ClientSettings settings, Measures measures, Runnable changed) {
        this.changed = changed;
        NetClient client = vertx.createNetClient(settings.at(new NetClientOptions()));
        for (int index = 0; index < settings.connections(); index++) {
            slots.add(new ClientConnection(vertx, client, transport, settings, measures, index, changed));
        }
    }

    @Override
    public void start() {
        slots.forEach(ClientConnection::connect);
    }

    @Override
    public void leave(Ending how) {
        for (ClientConnection slot : slots) {
            Conversation conversation = slot.hold();
            if (conversation != null) {
                leaving.add(conversation);
                conversation.whenEnded(() -> {
                    leaving.remove(conversation);
                    changed.run();
                });
                switch (how) {
                    case finish -> conversation.finish();
                    case reset -> conversation.reset();
                }
            }
        }
    }

    @Override
    public boolean left() {
        return leaving.isEmpty();
    }

    @Override
    public void cut() {
        List.copyOf(leaving).forEach(Conversation::cut);
    }

    @Override
    public void end() {
        slots.forEach(ClientConnection::hold);
    }

    @Override
    public void stall() {
        slots.forEach(ClientConnection::stall);
    }

    @Override
    public void resume() {
        slots.forEach(ClientConnection::resume);
    }

    @Override
    public void marked() {
        slots.forEach(ClientConnection::marked);
    }

    @Override
    public void bound() {
        slots.forEach(ClientConnection::bound);
    }

    private Stream<Conversation> open() {
        return slots.stream().map(ClientConnection::conversation).filter(Objects::nonNull);
    }

    @Override
    public @Nullable Integer unansweredConnections() {
        return null;
    }

    @Override
    public long underWay() {
        return slots.stream().filter(ClientConnection::isUnderWay).count();
    }

    @Override
    public State state() {
        List<Conversation> open = open().toList();
        return new State(
                (int) slots.stream().filter(ClientConnection::isServed).count(),
                !open.isEmpty() && open.stream().allMatch(Conversation::stalled),
                open.stream().map(Conversation::local).toList());
    }

    @Override
    public List<Quote> quotes() {
        return open().map(Conversation::quote).toList();
    }
}
