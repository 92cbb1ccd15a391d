package dev.rebind.client.connection;

import dev.rebind.child.Moment;
import dev.rebind.client.measure.Outages.Outage;
import dev.rebind.client.measure.Tally;
import dev.rebind.client.protocol.ClientReport;
import dev.rebind.client.traffic.Traffic;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.SocketReader;
import dev.rebind.sockets.SocketReaders;
import dev.rebind.sockets.TcpSocket;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes a report of what was measured. On the event loop. */
final class Reporter {
    private final ClientSettings settings;
    private final Measures measures;
    private @Nullable SocketReader sockets;

    Reporter(ClientSettings settings, Measures measures) {
        this.settings = settings;
        this.measures = measures;
    }

    ClientReport report(Load.State state) {
        Tally tally = measures.tally();
        Moment clock = measures.clock();
        Outage outage = measures.outages().longest();
        Long since = outage == null ? measures.outages().underWaySince() : Long.valueOf(outage.startNanos());
        return new ClientReport(
                // By the clock of all times in the report, so that they can be compared whoever sets the wall clock.
                clock.instantOf(System.nanoTime()),
                settings.connections(),
                state.connections(),
                state.served(),
                state.stalled(),
                tally.answers,
                tally.unexpected,
                tally.generations(),
                tally.connects,
                tally.failedConnects(),
                tally.selfConnects,
                tally.resets,
                tally.ends,
                tally.broken(),
                measures.outages().begun(),
                since == null ? null : clock.instantOf(since),
                outage == null ? null : clock.instantOf(outage.endNanos()),
                outage == null ? null : outage.generation(),
                downtimeMs(outage),
                measures.outages().totalNanos() == 0
                        ? null
                        : Double.valueOf(measures.outages().totalNanos() / 1e6),
                tally.bytesSent,
                tally.bytesReceived,
                unacknowledged(state.locals()),
                tally.requestsLost,
                tally.bytesLost,
                measures.roundTrips().summary(),
                state.locals().stream().map(InetSocketAddress::getPort).toList(),
                settings.traffic() instanceof Traffic.Rebind
                        ? null
                        : measures.requests().report(clock));
    }

    /** Where requests are sent all the time and all are answered, nobody was without service. */
    private @Nullable Double downtimeMs(@Nullable Outage outage) {
        if (outage != null) {
            return outage.nanos() / 1e6;
        }
        boolean none = !(settings.traffic() instanceof Traffic.Rebind)
                && measures.outages().begun() == 0
                && measures.requests().faultless();
        return none ? Double.valueOf(0) : null;
    }

    private @Nullable Long unacknowledged(List<InetSocketAddress> open) {
        if (open.isEmpty()) {
            return 0L;
        }
        Set<Endpoint> locals = open.stream().map(Reporter::endpoint).collect(Collectors.toCollection(HashSet::new));
        SocketReader reader = sockets;
        if (reader == null) {
            reader = SocketReaders.best();
            sockets = reader;
        }
        return switch (reader.read(SocketQuery.toPort(settings.port()))) {
            case Reading.Snapshot snapshot ->
                snapshot.sockets().stream()
                        .filter(socket -> locals.contains(socket.local()))
                        .mapToLong(TcpSocket::sendQ)
                        .sum();
            case Reading.Unreadable _ -> null;
        };
    }

    private static Endpoint endpoint(InetSocketAddress address) {
        return new Endpoint(address.getAddress(), address.getPort());
    }
}
