package dev.rebind.engine;

import dev.rebind.agent.PortView;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Conditions on looks at a port that a cycle waits for. A look that could not be read meets none of them. */
final class WaitConditions {
    private static final Set<TcpState> CLOSING =
            EnumSet.of(TcpState.FIN_WAIT_1, TcpState.FIN_WAIT_2, TcpState.CLOSING, TcpState.LAST_ACK);

    private WaitConditions() {}

    /** Whether at least this many connections have unread data. */
    static boolean unread(Reading reading, int connections) {
        return reading instanceof Reading.Snapshot snapshot
                && snapshot.sockets().stream()
                                .filter(socket -> socket.state() == TcpState.ESTABLISHED && socket.recvQ() > 0)
                                .count()
                        >= connections;
    }

    /**
     * Whether no connection is left on the port. A TIME_WAIT does not count: its connection is over, perhaps since an earlier generation.
     */
    static boolean noConnections(PortView view) {
        return view.local() instanceof Reading.Snapshot snapshot
                && snapshot.sockets().stream()
                        .allMatch(socket -> socket.state() == TcpState.LISTEN || socket.state() == TcpState.TIME_WAIT);
    }

    /** Whether no connection of the server still waits for the client to close it or to acknowledge the close. */
    static boolean noneCloses(PortView view) {
        return view.local() instanceof Reading.Snapshot snapshot
                && snapshot.sockets().stream().noneMatch(socket -> CLOSING.contains(socket.state()));
    }

    /** Holds when every connection of the server has unsent data and the amounts have not changed for 40 looks. */
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
