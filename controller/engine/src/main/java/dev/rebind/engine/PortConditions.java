package dev.rebind.engine;

import dev.rebind.agent.PortView;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import java.util.List;
import java.util.function.Predicate;

/** What a cycle waits for on the port: conditions on one look, or on one look after the other. Sockets that cannot be read meet none. */
final class PortConditions {
    private PortConditions() {}

    /** Whether this many connections have unread data. */
    static boolean unread(Reading reading, int connections) {
        return reading instanceof Reading.Snapshot snapshot
                && snapshot.sockets().stream()
                                .filter(socket -> socket.state() == TcpState.ESTABLISHED && socket.recvQ() > 0)
                                .count()
                        >= connections;
    }

    /** A TIME_WAIT is a connection that is over, of an earlier generation for one. */
    static boolean noConnections(PortView view) {
        return view.local() instanceof Reading.Snapshot snapshot
                && snapshot.sockets().stream()
                        .allMatch(socket -> socket.state() == TcpState.LISTEN || socket.state() == TcpState.TIME_WAIT);
    }

    /** True when every connection of the server has unsent data and none of it has moved for several looks. */
    static final class FullWindows implements Predicate<PortView> {
        private static final int STILL = 40;

        private List<Long> last = List.of();
        private int still;

        @Override
        public boolean test(PortView view) {
            if (!(view.local() instanceof Reading.Snapshot snapshot)) {
                return false;
            }
            List<Long> unsent = snapshot.sockets().stream()
                    .filter(socket -> socket.state() == TcpState.ESTABLISHED)
                    .map(TcpSocket::sendQ)
                    .sorted()
                    .toList();
            boolean all = !unsent.isEmpty() && unsent.getFirst() > 0;
            still = all && unsent.equals(last) ? still + 1 : 0;
            last = unsent;
            return still >= STILL;
        }
    }
}
