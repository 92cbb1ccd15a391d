package dev.rebind.sockets.release;

import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.SocketTimer;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.proc.Namespace;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Says when leftover sockets go away. A TIME_WAIT, and the FIN_WAIT_2 of a closed socket, end with a timer that fires at a
 * point of the {@link TimerWheel}'s grid, not at its nominal end: a window until the grid's phase is known, a point after.
 * The phase is fixed while the machine runs; it is read where that is allowed, and else taken from the first release
 * that is seen. Safe for several threads.
 */
public final class ReleasePredictor {
    /** TCP_TIMEWAIT_LEN, {@code include/net/tcp.h}: about 60 seconds to destroy TIME-WAIT state. */
    private static final long TIME_WAIT_MILLIS = 60_000;
    /** Softirqs run late on a busy machine, and whoever watches a release is woken late. */
    private static final long LATE_NANOS = 20_000_000;
    /** A release this far from its prediction means that the grid is not where it was thought to be. */
    private static final long DISAGREEMENT_NANOS = 100_000_000;
    /** From /proc a timer is known to a hundredth of a second (USER_HZ) only. */
    private static final long PROC_GRAIN_NANOS = 10_000_000;

    private final OptionalLong tickNanos;
    private final Namespace namespace;
    private @Nullable Grid grid;

    public ReleasePredictor() {
        this(KernelTick.nanos(), Path.of("/proc/timer_list"), new Namespace());
    }

    /** @param tickNanos empty: unknown, and windows are those of the coarsest usual kernel (HZ=100) */
    ReleasePredictor(OptionalLong tickNanos, Path timerList, Namespace namespace) {
        this.tickNanos = tickNanos;
        this.namespace = namespace;
        if (tickNanos.isPresent()) {
            KernelTick.origin(timerList, tickNanos.getAsLong())
                    // 8^8 ticks: the count itself is known, and with it every level's grid.
                    .ifPresent(origin -> grid = new Grid(tickNanos.getAsLong(), origin, TimerWheel.granularity(8)));
        }
    }

    /** Kernel ticks a second, where known. */
    public OptionalLong hz() {
        return tickNanos.isPresent() ? OptionalLong.of(Math.round(1e9 / tickNanos.getAsLong())) : OptionalLong.empty();
    }

    /** Whether releases are predicted to a point. */
    public synchronized boolean calibrated() {
        return grid != null;
    }

    /** When the socket, seen in the snapshot, stops standing in the way. */
    public synchronized Release of(TcpSocket socket, Snapshot seen) {
        return switch (socket.state()) {
            case TIME_WAIT -> ends(socket, seen, TIME_WAIT_MILLIS, "");
            case FIN_WAIT_2 -> finWait2(socket, seen);
            case LISTEN -> new Release.Held("a listener ends when its process closes it");
            case ESTABLISHED ->
                new Release.Held("the connection is open at both ends; it ends when one of them closes it");
            case CLOSE_WAIT ->
                new Release.Held("the other end has closed and this end has not: it stays until its process closes it");
            case CLOSED -> new Release.Held("a socket is bound and not connected; it ends when its process closes it");
            case FIN_WAIT_1, LAST_ACK, CLOSING ->
                new Release.Unbounded(
                        "data or a FIN is not acknowledged yet: the kernel sends it again for minutes, or for as long as the"
                                + " other end answers and takes nothing; what comes then is TIME_WAIT, FIN_WAIT_2 or nothing");
            case SYN_SENT, SYN_RECEIVED, NEW_SYN_RECV ->
                new Release.Unbounded(
                        "a connection is being made; it is established or given up after a number of tries");
        };
    }

    private Release finWait2(TcpSocket socket, Snapshot seen) {
        if (socket.inode() != 0) {
            return new Release.Held("this end has closed for writing only; it ends when its process closes it");
        }
        if (socket.timer().kind() != SocketTimer.Kind.TIME_WAIT) {
            return new Release.Unbounded("tcp_fin_timeout is longer than 60 s; its last 60 s have not begun");
        }
        long timeout = 1_000L * namespace.finTimeoutSeconds().orElse(60);
        return ends(socket, seen, timeout, "should the other end still close, TIME_WAIT follows for 60 s from then");
    }

    private Release ends(TcpSocket socket, Snapshot seen, long timeoutMillis, String caveat) {
        if (socket.timer().kind() != SocketTimer.Kind.TIME_WAIT) {
            return new Release.Unbounded("no timer was seen on it");
        }
        long tick = tickNanos.orElse(10_000_000);
        long granularity = granularity(socket, timeoutMillis, tick);
        long grain = seen.source().startsWith("/") ? Math.max(tick, PROC_GRAIN_NANOS) : tick;
        // The time left is a whole number of grains, counted from the last tick before the look, rounded down.
        long latestEnd = seen.takenNanos() + socket.timer().remaining().toNanos() + (grain > tick ? grain : 0);
        long earliestEnd = seen.takenNanos() + socket.timer().remaining().toNanos() - tick;
        long late = LATE_NANOS;
        Grid known = grid;
        if (known == null || !known.knows(granularity)) {
            return new Release.Window(earliestEnd, latestEnd + granularity * tick + late, OptionalLong.empty(), caveat);
        }
        // The look and the origin are known to so much; where that spans a point of the grid, both sides are possible.
        long margin = known.origin().uncertainty() / 2 + 500_000;
        long first = known.fires(earliestEnd - margin, granularity);
        long last = known.fires(latestEnd + margin, granularity);
        return new Release.Window(
                first - margin,
                last + margin + late,
                first == last ? OptionalLong.of(first) : OptionalLong.empty(),
                caveat);
    }

    private static long granularity(TcpSocket socket, long timeoutMillis, long tick) {
        long set = Math.max(timeoutMillis, socket.timer().remaining().toMillis());
        return TimerWheel.granularity(TimerWheel.level(set * 1_000_000 / tick));
    }

    /**
     * Takes in a release that was seen: the first one gives the grid's phase, and one that is far from its prediction
     * replaces it.
     *
     * @param releasedNanos when the socket was first seen gone, or the port first bound; to be exact to a few milliseconds
     */
    public synchronized void calibrate(TcpSocket socket, Snapshot seen, long releasedNanos, long exactNanos) {
        if (tickNanos.isEmpty() || !(of(socket, seen) instanceof Release.Window window)) {
            return;
        }
        OptionalLong predicted = window.predictedNanos();
        boolean wrong = predicted.isPresent() && Math.abs(predicted.getAsLong() - releasedNanos) > DISAGREEMENT_NANOS;
        boolean possible = releasedNanos >= window.earliestNanos();
        if (grid == null ? possible && releasedNanos <= window.latestNanos() : wrong) {
            long tick = tickNanos.getAsLong();
            long timeout = socket.state() == dev.rebind.sockets.TcpState.TIME_WAIT
                    ? TIME_WAIT_MILLIS
                    : 1_000L * namespace.finTimeoutSeconds().orElse(60);
            grid = new Grid(
                    tick,
                    new Grid.Origin(releasedNanos - exactNanos, releasedNanos),
                    granularity(socket, timeout, tick));
        }
    }

    /** The release of a port on which several sockets stand in the way: that of the last of them. */
    public static Release last(List<Release> releases) {
        Release last = new Release.Free();
        for (Release release : releases) {
            last = later(last, release);
        }
        return last;
    }

    private static Release later(Release a, Release b) {
        return switch (a) {
            case Release.Free _ -> b;
            case Release.Held held -> held;
            case Release.Unbounded unbounded -> b instanceof Release.Held ? b : unbounded;
            case Release.Window first ->
                switch (b) {
                    case Release.Free _ -> first;
                    case Release.Held held -> held;
                    case Release.Unbounded unbounded -> unbounded;
                    case Release.Window second ->
                        new Release.Window(
                                Math.max(first.earliestNanos(), second.earliestNanos()),
                                Math.max(first.latestNanos(), second.latestNanos()),
                                first.predictedNanos().isPresent()
                                                && second.predictedNanos().isPresent()
                                        ? OptionalLong.of(Math.max(
                                                first.predictedNanos().getAsLong(),
                                                second.predictedNanos().getAsLong()))
                                        : OptionalLong.empty(),
                                first.caveat().isEmpty() ? second.caveat() : first.caveat());
                };
        };
    }
}
