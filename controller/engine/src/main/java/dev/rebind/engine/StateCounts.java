package dev.rebind.engine;

import dev.rebind.sockets.Reading;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Counts sockets by the name of their state, in alphabetical order. */
final class StateCounts {
    private StateCounts() {}

    /** Returns the counts; null if the sockets could not be read. */
    static @Nullable Map<String, Integer> of(Reading reading) {
        return reading instanceof Reading.Snapshot snapshot ? count(snapshot.sockets()) : null;
    }

    static Map<String, Integer> count(List<TcpSocket> sockets) {
        var counts = new TreeMap<String, Integer>();
        for (TcpSocket socket : sockets) {
            counts.merge(socket.state().name(), 1, Integer::sum);
        }
        return counts;
    }

    /**
     * Returns the bytes in the queues of all connections; null if the sockets could not be read.
     *
     * @param received true for the receive queues, false for the send queues
     */
    static @Nullable Long queued(Reading reading, boolean received) {
        if (!(reading instanceof Reading.Snapshot snapshot)) {
            return null;
        }
        return snapshot.sockets().stream()
                .filter(socket -> socket.state() != TcpState.LISTEN)
                .mapToLong(received ? TcpSocket::recvQ : TcpSocket::sendQ)
                .sum();
    }
}
