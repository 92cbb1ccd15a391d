package dev.rebind.operator.workload;

import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.SocketTimer;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Finds out from socket timers which sockets are older than a container. Only TIME_WAIT shows its age, because the
 * length of a FIN_WAIT_2 is a setting of its network namespace (tcp_fin_timeout), which is not known here. Pure.
 */
final class OlderSockets {
    /** The tolerance for a change of the node's clock between the start of a container and a look. */
    static final Duration CLOCK = Duration.ofSeconds(1);

    private OlderSockets() {}

    /**
     * Returns the sockets that entered TIME_WAIT before a container started. A socket whose TIME_WAIT timer was started
     * again looks younger than it is, and may be missing.
     *
     * @param seen a look at the port, made on the container's node
     * @param timeWait how long the kernel of that node keeps a TIME_WAIT
     * @param started when the container started by the clock of that node, in whole seconds, rounded down
     */
    static List<TcpSocket> than(Instant started, Snapshot seen, Duration timeWait) {
        return seen.sockets().stream()
                .filter(socket -> socket.state() == TcpState.TIME_WAIT
                        && socket.timer().kind() == SocketTimer.Kind.TIME_WAIT
                        && !socket.timer().remaining().isZero())
                .filter(socket -> seen.takenAt()
                        .plus(socket.timer().remaining())
                        .minus(timeWait)
                        .plus(CLOCK)
                        .isBefore(started))
                .toList();
    }
}
