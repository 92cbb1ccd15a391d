package dev.rebind.engine;

import dev.rebind.agent.PortView;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** What a cycle waits for on the port: conditions on one look, or on one look after the other. Sockets that cannot be read meet none. */
final class WaitConditions {
    private static final Set<TcpState> CLOSING =
            EnumSet.of(TcpState.FIN_WAIT_1, TcpState.FIN_WAIT_2, TcpState.CLOSING, TcpState.LAST_ACK);

    private WaitConditions() {}

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

    /** Whether no connection of the server waits for the other end to close it or to acknowledge that it is closed. */
    static boolean noneCloses(PortView view) {
        return view.local() instanceof Reading.Snapshot snapshot
                && snapshot.sockets().stream().noneMatch(socket -> CLOSING.contains(socket.state()));
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
