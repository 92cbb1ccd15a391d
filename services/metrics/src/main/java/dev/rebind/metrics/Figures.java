package dev.rebind.metrics;

import dev.rebind.sockets.Reading;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.release.Release;
import dev.rebind.sockets.release.ReleasePredictor;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** What one look at a port adds up to. Immutable once made. */
final class Figures {
    /** The end of a connection at which a socket is. */
    enum Side {
        /** The port is the socket's own. */
        server,
        /** The port is the one that the socket is connected to, in the same network namespace. */
        client
    }

    enum Direction {
        receive,
        send
    }

    /** Of a port that could not be looked at. */
    static final Figures UNKNOWN = new Figures(false, new Release.Unbounded("the sockets could not be read"));

    private final boolean known;
    private final Release release;
    private final Map<Side, Map<TcpState, Long>> sockets = empty(TcpState.class);
    private final Map<Side, Map<Direction, Long>> bytes = empty(Direction.class);

    private Figures(boolean known, Release release) {
        this.known = known;
        this.release = release;
    }

    private static <K extends Enum<K>> Map<Side, Map<K, Long>> empty(Class<K> keys) {
        var map = new EnumMap<Side, Map<K, Long>>(Side.class);
        for (Side side : Side.values()) {
            map.put(side, new EnumMap<>(keys));
        }
        return map;
    }

    private static <K> Map<K, Long> of(Map<Side, Map<K, Long>> map, Side side) {
        return Objects.requireNonNull(map.get(side));
    }

    static Figures of(int port, Reading reading, ReleasePredictor predictor) {
        return switch (reading) {
            case Reading.Unreadable _ -> UNKNOWN;
            case Snapshot snapshot -> of(port, snapshot, predictor);
        };
    }

    private static Figures of(int port, Snapshot snapshot, ReleasePredictor predictor) {
        var releases = new ArrayList<Release>();
        for (TcpSocket socket : snapshot.sockets()) {
            if (socket.local().port() == port) {
                releases.add(predictor.of(socket, snapshot));
            }
        }
        var figures = new Figures(true, ReleasePredictor.last(releases));
        for (TcpSocket socket : snapshot.sockets()) {
            if (socket.local().port() == port) {
                figures.add(Side.server, socket);
            }
            if (socket.remote().port() == port && socket.state() != TcpState.LISTEN) {
                figures.add(Side.client, socket);
            }
        }
        return figures;
    }

    private void add(Side side, TcpSocket socket) {
        of(sockets, side).merge(socket.state(), 1L, Long::sum);
        // The queues of a listener count connections.
        if (socket.state() != TcpState.LISTEN) {
            of(bytes, side).merge(Direction.receive, socket.recvQ(), Long::sum);
            of(bytes, side).merge(Direction.send, socket.sendQ(), Long::sum);
        }
    }

    /** How many sockets; NaN where they could not be read. */
    double sockets(Side side, TcpState state) {
        return known ? of(sockets, side).getOrDefault(state, 0L) : Double.NaN;
    }

    /** Bytes in the queues; NaN where they could not be read. */
    double bytes(Side side, Direction direction) {
        return known ? of(bytes, side).getOrDefault(direction, 0L) : Double.NaN;
    }

    /**
     * Seconds until nothing is left on the port, from now.
     *
     * @param nowNanos {@link System#nanoTime()}
     * @return 0 when nothing is, NaN where nobody can tell
     */
    double release(long nowNanos) {
        return switch (release) {
            case Release.Free _ -> 0;
            case Release.Held _, Release.Unbounded _ -> Double.NaN;
            case Release.Window window ->
                Math.max(0, window.predictedNanos().orElse(window.latestNanos()) - nowNanos) / 1e9;
        };
    }
}
