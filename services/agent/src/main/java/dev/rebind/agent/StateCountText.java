package dev.rebind.agent;

import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The number of sockets in each state, in words. */
final class StateCountText {
    private StateCountText() {}

    /** Returns a text such as {@code 2 ESTABLISHED, 20 TIME_WAIT}. */
    static String text(List<TcpSocket> sockets) {
        Map<TcpState, Integer> counts = new EnumMap<>(TcpState.class);
        sockets.forEach(socket -> counts.merge(socket.state(), 1, Integer::sum));
        return counts.entrySet().stream()
                .map(entry -> entry.getValue() + " " + entry.getKey())
                .collect(Collectors.joining(", "));
    }
}
