package dev.rebind.sockets.diag;

import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.netlink.ReplyStatus;
import dev.rebind.sockets.posix.PosixException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Tells again and again who listens on a port, in the network namespace of the thread that opens it. An answer takes the kernel some
 * microseconds, as listeners have a table of their own. Needs no right. For one thread at a time.
 */
public final class PortListeners implements AutoCloseable {
    private final DiagSocket netlink;
    private final SocketQuery query;
    private int sequence;

    /** @throws PosixException where this system has no sock_diag or no descriptor is left */
    public PortListeners(int port) throws PosixException {
        netlink = DiagSocket.shared();
        query = SocketQuery.onPort(port).in(EnumSet.of(TcpState.LISTEN));
    }

    /** The inodes of the port's listeners; empty where the kernel does not tell. */
    public Optional<Set<Long>> inodes() {
        var sockets = new ArrayList<TcpSocket>();
        sequence++;
        try {
            return netlink.exchange(DiagRequest.dump(query, false, sequence), sequence, sockets)
                            instanceof ReplyStatus.Done
                    ? Optional.of(sockets.stream()
                            .filter(query::matches)
                            .map(TcpSocket::inode)
                            .collect(Collectors.toUnmodifiableSet()))
                    : Optional.empty();
        } catch (PosixException _) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        netlink.close();
    }
}
