package dev.rebind.operator.workload;

import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.SocketTimer;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Tells by their timers which sockets are older than a container. Only TIME_WAIT tells its age: how long a FIN_WAIT_2 lasts is
 * a setting of its network namespace (tcp_fin_timeout). Pure.
 */
final class OlderSockets {
    /** How far the clock of a node may be set between a look and the start of a container. */
    static final Duration CLOCK = Duration.ofSeconds(1);

    private OlderSockets() {}

    /**
     * The sockets in TIME_WAIT that began it before a container started. A TIME_WAIT whose timer was set anew looks younger
     * than it is, and is not among them.
     *
     * @param seen on the container's node
     * @param timeWait how long the kernel there keeps a TIME_WAIT
     * @param started by the clock of the same node, in whole seconds, rounded down
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
