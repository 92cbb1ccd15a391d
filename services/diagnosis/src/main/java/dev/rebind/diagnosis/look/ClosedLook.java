package dev.rebind.diagnosis.look;

import dev.rebind.diagnosis.seen.SeenHolder;
import dev.rebind.diagnosis.seen.SeenHolders;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.SocketReaders;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.options.OptionsAnswer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Tells a socket that was closed while its process was looked for from one whose process cannot be seen. */
final class ClosedLook {
    private ClosedLook() {}

    /**
     * The same holdings, with the sockets that were closed meanwhile. The sockets are read once more where one has no process.
     *
     * @param sockets those whose processes were looked for
     * @param query one that shows all of them
     */
    static SeenHolders closed(SeenHolders holdings, List<TcpSocket> sockets, SocketQuery query) {
        if (!(holdings instanceof SeenHolders.Seen seen)) {
            return holdings;
        }
        Set<Long> closed = new HashSet<>();
        sockets.stream()
                .filter(socket -> socket.inode() != 0 && isLost(seen.of(socket.inode())))
                .forEach(socket -> closed.add(socket.inode()));
        if (closed.isEmpty() || !(SocketReaders.best().read(query) instanceof Reading.Snapshot now)) {
            return holdings;
        }
        now.sockets().forEach(socket -> closed.remove(socket.inode()));
        return seen.closed(closed);
    }

    private static boolean isLost(List<SeenHolder> holdings) {
        return holdings.stream().allMatch(holding -> holding.options() instanceof OptionsAnswer.Gone);
    }

    /** Whether a socket that was bound to the port was closed meanwhile; or a connection, where there is no other socket. */
    static boolean hasClosed(List<TcpSocket> onPort, SeenHolders holdings) {
        List<TcpSocket> bound =
                onPort.stream().filter(socket -> socket.peer().isEmpty()).toList();
        return (bound.isEmpty() ? onPort : bound).stream().anyMatch(socket -> holdings.isClosed(socket.inode()));
    }
}
