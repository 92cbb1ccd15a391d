package dev.rebind.live;

import dev.rebind.live.Experiments.Look;
import dev.rebind.sockets.Owner;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.SocketTimer;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.release.Release;
import dev.rebind.sockets.release.ReleasePredictor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A port's sockets in the page's form, from looks at both ends. Pure. */
public final class SocketList {
    private static final Set<TcpState> LEFTOVERS = EnumSet.of(
            TcpState.TIME_WAIT, TcpState.FIN_WAIT_1, TcpState.FIN_WAIT_2, TcpState.CLOSING, TcpState.LAST_ACK);

    private final ReleasePredictor predictor;

    /** @param predictor for the sockets of that machine */
    public SocketList(ReleasePredictor predictor) {
        this.predictor = predictor;
    }

    /**
     * @param local the sockets on the port
     * @param remote the sockets whose far end is the port
     * @param owners by inode, as far as they are visible
     */
    public Look of(int port, List<String> places, Reading local, Reading remote, Map<Long, Owner> owners) {
        return switch (local) {
            case Reading.Unreadable unreadable -> new Look.Unreadable(why(unreadable));
            case Snapshot seen -> new Look.Seen(of(port, places, seen, remote, owners));
        };
    }

    private Views.Sockets of(int port, List<String> places, Snapshot seen, Reading remote, Map<Long, Owner> owners) {
        var sockets = new ArrayList<Views.Socket>();
        var leftovers = new ArrayList<Release>();
        for (TcpSocket socket : sorted(seen)) {
            Release release = predictor.of(socket, seen);
            if (LEFTOVERS.contains(socket.state()) && socket.inode() == 0) {
                leftovers.add(release);
            }
            sockets.add(view("server", socket, release, seen, owners));
        }
        String unreadable = null;
        switch (remote) {
            case Reading.Unreadable clients -> unreadable = why(clients);
            case Snapshot clients ->
                sorted(clients)
                        .forEach(socket ->
                                sockets.add(view("client", socket, predictor.of(socket, clients), clients, owners)));
        }
        return new Views.Sockets(
                seen.takenAt(),
                seen.source(),
                port,
                places,
                unreadable,
                leftovers.isEmpty() ? null : view(ReleasePredictor.last(leftovers), seen),
                sockets);
    }

    private static String why(Reading.Unreadable unreadable) {
        return "the sockets could not be read: " + unreadable.what() + ", " + unreadable.why();
    }

    private static List<TcpSocket> sorted(Snapshot seen) {
        return seen.sockets().stream()
                .sorted(Comparator.comparingInt((TcpSocket socket) -> socket.state() == TcpState.LISTEN ? 0 : 1)
                        .thenComparing(TcpSocket::state)
                        .thenComparing(socket -> socket.local().toString())
                        .thenComparing(socket -> socket.remote().toString()))
                .toList();
    }

    private static Views.Socket view(
            String side, TcpSocket socket, Release release, Snapshot seen, Map<Long, Owner> owners) {
        Owner owner = owners.get(socket.inode());
        SocketTimer timer = socket.timer();
        return new Views.Socket(
                side,
                socket.family().name(),
                socket.state().name(),
                socket.local().toString(),
                socket.remote().toString(),
                socket.recvQ(),
                socket.sendQ(),
                timer.kind() == SocketTimer.Kind.NONE
                        ? null
                        : new Views.Timer(timer.kind().name(), timer.remaining().toNanos() / 1e6, timer.retransmits()),
                socket.inode() != 0,
                owner == null ? null : owner.pid(),
                owner == null ? null : owner.name(),
                view(release, seen));
    }

    private static Views.SocketRelease view(Release release, Snapshot seen) {
        return switch (release) {
            case Release.Free _ -> new Views.SocketRelease("window", 0.0, 0.0, 0.0, null);
            case Release.Held held -> new Views.SocketRelease("held", null, null, null, held.why());
            case Release.Unbounded unbounded -> new Views.SocketRelease("unbounded", null, null, null, unbounded.why());
            case Release.Window window ->
                new Views.SocketRelease(
                        "window",
                        after(window.earliestNanos(), seen),
                        after(window.latestNanos(), seen),
                        predicted(window, seen),
                        window.caveat().isEmpty() ? null : window.caveat());
        };
    }

    private static @Nullable Double predicted(Release.Window window, Snapshot seen) {
        return window.predictedNanos().isPresent()
                ? after(window.predictedNanos().getAsLong(), seen)
                : null;
    }

    private static double after(long nanos, Snapshot seen) {
        return (nanos - seen.takenNanos()) / 1e6;
    }
}
