package dev.rebind.engine;

import dev.rebind.sockets.TcpSocket;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts of sockets by the name of their state, in alphabetical order. */
final class StateCounts {
    private StateCounts() {}

    static Map<String, Integer> count(List<TcpSocket> sockets) {
        var counts = new TreeMap<String, Integer>();
        for (TcpSocket socket : sockets) {
            counts.merge(socket.state().name(), 1, Integer::sum);
        }
        return counts;
    }
}
