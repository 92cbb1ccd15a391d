package dev.rebind.cycle;

import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts of sockets by the name of their state, in the alphabet's order. */
final class States {
    private States() {}

    static Map<String, Integer> count(List<TcpSocket> sockets) {
        var counts = new TreeMap<String, Integer>();
        for (TcpSocket socket : sockets) {
            counts.merge(socket.state().name(), 1, Integer::sum);
        }
        return counts;
    }

    /** The same without listeners: the connections, and what is left of them. */
    static Map<String, Integer> connections(List<TcpSocket> sockets) {
        return count(sockets.stream().filter(s -> s.state() != TcpState.LISTEN).toList());
    }
}
