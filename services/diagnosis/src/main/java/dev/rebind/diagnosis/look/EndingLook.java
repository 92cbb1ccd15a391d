package dev.rebind.diagnosis.look;

import dev.rebind.diagnosis.ending.Endings;
import dev.rebind.diagnosis.seen.SeenHolders;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.proc.Namespace;
import dev.rebind.sockets.release.ReleasePredictor;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Looks at who has sockets, and at what tells when each of them ends. Nothing is bound, and no program is run. */
public final class EndingLook {
    private final ReleasePredictor predictor;

    public EndingLook(ReleasePredictor predictor) {
        this.predictor = predictor;
    }

    /**
     * What was found.
     *
     * @param endings of the sockets that were asked about
     */
    public record Seen(SeenHolders holdings, Endings endings) {}

    /**
     * In the network namespace of the calling thread. Blocks for a readlink for every descriptor there is.
     *
     * @param around every socket that the ends of connections may depend on: that of the other end, where it is on this machine
     * @param sockets those of them that are asked about
     * @param others inodes of other sockets whose holders are asked for
     */
    public Seen at(Reading.Snapshot around, List<TcpSocket> sockets, Set<Long> others) {
        Set<Long> inodes = new HashSet<>(others);
        sockets.forEach(socket -> inodes.add(socket.inode()));
        Set<Long> timed = sockets.stream()
                .filter(EndingLook::endsByOptions)
                .map(TcpSocket::inode)
                .collect(Collectors.toSet());
        SeenHolders holdings = new HolderLook().asking(inodes, timed);
        var endings = new Endings(
                around,
                PortObserver.releases(predictor, around, sockets),
                holdings,
                SettingsLook.read(new Namespace(), 0),
                AddressLook.read(),
                OpenerLook.ask(sockets.stream()
                        .filter(socket -> socket.inode() != 0 && endsByOptions(socket))
                        .toList()));
        return new Seen(holdings, endings);
    }

    /** Whether keepalive or TCP_USER_TIMEOUT may end it. */
    private static boolean endsByOptions(TcpSocket socket) {
        return switch (socket.timer().kind()) {
            case KEEPALIVE, RETRANSMIT, ZERO_WINDOW_PROBE -> true;
            case NONE, TIME_WAIT -> false;
        };
    }
}
