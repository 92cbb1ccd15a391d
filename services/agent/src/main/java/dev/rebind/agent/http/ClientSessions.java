package dev.rebind.agent.http;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.clients.ClientGroup;
import dev.rebind.agent.wire.WireMessages.ReportAnswer;
import dev.rebind.client.protocol.ClientOrder;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The clients of one hold. Clients end when nobody has asked about them for some time. Safe for several threads. */
final class ClientSessions {
    private final ClientStarter starter;
    private final long idleNanos;
    private final Map<String, Session> all = new ConcurrentHashMap<>();
    private volatile boolean closed;

    private static final class Session {
        final ClientGroup clients;
        /** Clients are for one thread at a time. */
        final ReentrantLock lock = new ReentrantLock();

        volatile long askedNanos = System.nanoTime();

        Session(ClientGroup clients) {
            this.clients = clients;
        }
    }

    ClientSessions(ClientStarter starter, Duration idle) {
        this.starter = starter;
        this.idleNanos = idle.toNanos();
    }

    String start(Place place, ClientGroup.Wanted wanted) {
        ClientGroup clients;
        try {
            clients = starter.start(place, wanted);
        } catch (IOException e) {
            throw HttpRefusal.unavailable("the clients could not be started: " + e.getMessage());
        }
        String id = UUID.randomUUID().toString();
        all.put(id, new Session(clients));
        if (closed) {
            end(id);
            throw HttpRefusal.conflict("the hold has ended");
        }
        return id;
    }

    void order(String id, ClientOrder order) {
        Session session = asked(id);
        session.lock.lock();
        try {
            session.clients.order(order);
        } finally {
            session.lock.unlock();
        }
    }

    ReportAnswer report(String id) throws InterruptedException {
        Session session = asked(id);
        session.lock.lock();
        try {
            return new ReportAnswer(session.clients.report(), session.clients.condition());
        } finally {
            session.lock.unlock();
        }
    }

    /** Returns the condition of the clients, without a report. */
    ReportAnswer condition(String id) {
        return new ReportAnswer(null, asked(id).clients.condition());
    }

    private Session asked(String id) {
        Session session = all.get(id);
        if (session == null) {
            throw HttpRefusal.unknown("there are no clients " + id + ", or they have ended");
        }
        session.askedNanos = System.nanoTime();
        return session;
    }

    /** Ends the clients. Does nothing where they have already ended. */
    void end(String id) {
        @Nullable Session session = all.remove(id);
        if (session != null) {
            session.clients.close();
        }
    }

    void endForgotten() {
        long now = System.nanoTime();
        all.forEach((id, session) -> {
            if (now - session.askedNanos > idleNanos) {
                end(id);
            }
        });
    }

    void endAll() {
        closed = true;
        all.keySet().forEach(this::end);
    }
}
