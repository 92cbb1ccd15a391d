package dev.rebind.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.child.TransportKind;
import dev.rebind.client.connection.ClientSettings.Behaviour;
import dev.rebind.client.connection.ConnectionPool;
import dev.rebind.client.measure.MeasurementBuffer;
import dev.rebind.client.protocol.ClientEvent;
import dev.rebind.client.protocol.ClientOrder;
import dev.rebind.client.protocol.ClientReport;
import dev.rebind.client.traffic.Traffic;
import dev.rebind.server.ServerInProcess;
import dev.rebind.server.listener.ServerSettings;
import dev.rebind.server.listener.ServerSettings.HandlerKind;
import dev.rebind.server.listener.ServerSettings.Service;
import dev.rebind.server.protocol.ServerEvent.Bound;
import io.vertx.core.VertxOptions;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A client and generations of a server on one port of one process. */
final class ClientFixture implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 30;

    final int port;
    private final List<Runnable> open = new ArrayList<>();
    private final LinkedBlockingQueue<ClientEvent> events = new LinkedBlockingQueue<>();
    private @Nullable ConnectionPool pool;

    ClientFixture(int port) {
        this.port = port;
    }

    ServerInProcess server(int generation, Service service) {
        return server(generation, service, true);
    }

    ServerInProcess server(int generation, Service service, boolean reading) {
        var server = new ServerInProcess(new ServerSettings(
                "127.0.0.1",
                InetAddress.getLoopbackAddress(),
                port,
                true,
                false,
                128,
                TransportKind.nio,
                service,
                reading,
                HandlerKind.own,
                ServerSettings.DEFAULT_LINGER,
                generation));
        open.add(server::close);
        assertThat(server.start()).isInstanceOf(Bound.class);
        return server;
    }

    MadeSettings settings(int connections) {
        return new MadeSettings(port, connections);
    }

    void client(int connections, Traffic traffic, Duration connectTimeout) {
        client(settings(connections).traffic(traffic).connectTimeout(connectTimeout));
    }

    void client(int connections, Traffic traffic) {
        client(settings(connections).traffic(traffic));
    }

    void client(int connections, Behaviour behaviour) {
        client(settings(connections).behaviour(behaviour));
    }

    void client(MadeSettings made) {
        var started = new ConnectionPool(made.settings(), events::add);
        open.add(started::release);
        pool = started;
        started.start();
    }

    /** Has what is measured said so seldom that nothing but a report has it said. */
    void measuredClient(int connections, Behaviour behaviour) {
        var buffer = new MeasurementBuffer();
        var started = new ConnectionPool(
                settings(connections).behaviour(behaviour).settings(),
                events::add,
                buffer,
                new VertxOptions(),
                UnaryOperator.identity());
        open.add(started::release);
        pool = started;
        started.sayEvery(Duration.ofHours(1), buffer);
        started.start();
    }

    void tell(ClientOrder order) {
        if (pool == null) {
            throw new IllegalStateException("no client");
        }
        pool.obey(order);
    }

    /** The next event of this kind; those before it are dropped. */
    <E extends ClientEvent> E await(Class<E> kind) throws InterruptedException {
        while (true) {
            ClientEvent event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (event == null) {
                throw new AssertionError("no " + kind.getSimpleName() + " after " + PATIENCE_SECONDS + " s");
            }
            if (kind.isInstance(event)) {
                return kind.cast(event);
            }
        }
    }

    /** Returns when the clients have begun to count anew. */
    void mark() throws InterruptedException {
        tell(ClientOrder.mark);
        // Orders are carried out one after the other.
        report();
    }

    ClientReport report() throws InterruptedException {
        tell(ClientOrder.report);
        return await(ClientReport.class);
    }

    @Override
    public void close() {
        open.reversed().forEach(Runnable::run);
        open.clear();
    }
}
