package dev.rebind.sockets.release;

import dev.rebind.sockets.Reading;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.SocketTimer;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
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
    private static final long TIME_WAIT_NANOS = Namespace.TIME_WAIT_SECONDS * 1_000_000_000L;
    /** Softirqs run late on a busy machine, and whoever watches a release is woken late. */
    private static final long LATE_NANOS = 20_000_000;
    /** A release must be known so exactly to be learnt from: a point that is not good to this is no point. */
    private static final long EXACT_NANOS = 20_000_000;
    /** A release this far from its prediction means that something is not as it was thought to be. */
    private static final long DISAGREEMENT_NANOS = 100_000_000;
    /** From /proc a timer is known to a hundredth of a second (USER_HZ) only. */
    private static final long PROC_GRAIN_NANOS = 10_000_000;
    /** Between a look's clock and the kernel's, and the rounding of ticks to milliseconds where HZ does not divide 1000. */
    private static final long LOOK_NANOS = 500_000;

    private static final long ROUNDING_NANOS = 1_000_000;
    /** A port may have thousands of leftovers, and the setting is the same for all. */
    private static final long SETTING_KEPT_NANOS = 1_000_000_000L;

    private final OptionalLong tickNanos;
    private final Namespace namespace;
    private final Path timerList;
    /** Whether the kernel was asked for the grid: not before a leftover is seen, since it may take the kernel a while. */
    private boolean asked;
    /** Whether the grid was read from the kernel: no release that comes late says anything against it. */
    private boolean read;

    private @Nullable Grid grid;
    /** 0: not read yet. */
    private long timeWait;

    private long timeWaitRead;
    /** What a release said that did not fit the grid: believed once a second one says the same. */
    private @Nullable Grid doubt;

    public ReleasePredictor() {
        this(new Namespace());
    }

    /** @param settings those of the network namespace whose sockets are seen */
    public ReleasePredictor(Namespace settings) {
        this(KernelTick.nanos(), Path.of("/proc/timer_list"), settings);
    }

    /**
     * For sockets of another machine or namespace, of whose kernel nothing is known: windows that hold for every usual one,
     * and no points.
     */
    public static ReleasePredictor elsewhere() {
        Path nowhere = Path.of("/nonexistent");
        return new ReleasePredictor(OptionalLong.empty(), nowhere, new Namespace(nowhere));
    }

    /**
     * For sockets of other network namespaces of this machine: their kernel is this one, and so is its timer wheel, but their
     * settings are not known.
     */
    public static ReleasePredictor otherNamespaces() {
        return new ReleasePredictor(new Namespace(Path.of("/nonexistent")));
    }

    /** @param tickNanos empty: unknown, and windows are those of the coarsest usual kernel (HZ=100) */
    ReleasePredictor(OptionalLong tickNanos, Path timerList, Namespace namespace) {
        this.tickNanos = tickNanos;
        this.namespace = namespace;
        this.timerList = timerList;
    }

    private synchronized void askKernel() {
        if (asked || tickNanos.isEmpty()) {
            return;
        }
        asked = true;
        KernelTick.origin(timerList, tickNanos.getAsLong())
                // 8^8 ticks: the count itself is known, and with it every level's grid.
                .ifPresent(origin -> grid = new Grid(tickNanos.getAsLong(), origin, TimerWheel.granularity(8)));
        read = grid != null;
    }

    /** Kernel ticks a second, where known. */
    public OptionalLong hz() {
        return tickNanos.isPresent() ? OptionalLong.of(Math.round(1e9 / tickNanos.getAsLong())) : OptionalLong.empty();
    }

    /** Whether releases are predicted to a point. */
    public synchronized boolean calibrated() {
        askKernel();
        return grid != null;
    }

    /** When the socket, seen in the snapshot, stops standing in the way. */
    public synchronized Release of(TcpSocket socket, Snapshot seen) {
        return switch (socket.state()) {
            case TIME_WAIT ->
                socket.timer().kind() == SocketTimer.Kind.TIME_WAIT
                        ? ends(socket, seen, timeWaitNanos(), "")
                        : new Release.Unbounded("no timer was seen on it");
            case FIN_WAIT_2 -> finWait2(socket, seen);
            case LISTEN -> new Release.Held("a listener ends when its process closes it");
            case ESTABLISHED -> new Release.Held("the connection is open at this end; it ends when one end closes it");
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

    /** When each socket of the reading stops standing in the way. */
    public Forecast forecast(Reading reading) {
        return new Forecast(
                reading,
                switch (reading) {
                    case Snapshot snapshot ->
                        snapshot.sockets().stream()
                                .map(socket -> of(socket, snapshot))
                                .toList();
                    case Reading.Unreadable _ -> List.of();
                });
    }

    /**
     * tcp_close and tcp_rcv_state_process: up to 60 s, tcp_fin_timeout, or the TCP_LINGER2 of the socket in its place, runs in the small
     * socket that TIME_WAIT has too. A longer one runs in the socket's own timer less 60 s, and after that as long again in the small one
     * (tcp_keepalive_timer). Where a process held the socket at that moment, a short one runs in its own timer, too, after which a reset
     * ends it. TCP_LINGER2 is 120 s at most, and the kernel does not tell it.
     */
    private Release finWait2(TcpSocket socket, Snapshot seen) {
        if (socket.inode() != 0) {
            return new Release.Held("this end has closed for writing only; it ends when its process closes it");
        }
        boolean small = socket.timer().kind() == SocketTimer.Kind.TIME_WAIT;
        if (!small && socket.timer().kind() != SocketTimer.Kind.KEEPALIVE) {
            return new Release.Unbounded("no timer was seen on it");
        }
        if (namespace.finTimeoutSeconds().isEmpty()) {
            return small
                    ? withoutPoint(ends(socket, seen, TIME_WAIT_NANOS, peerMayClose()), 0, 0)
                    : new Release.Unbounded(
                            "when its timer has run, it stays for as long as tcp_fin_timeout or TCP_LINGER2 exceed 60 s");
        }
        long timeout = namespace.finTimeoutSeconds().getAsInt() * 1_000_000_000L;
        boolean once = timeout <= TIME_WAIT_NANOS;
        Release.Window first = ends(socket, seen, once ? timeout : timeout - TIME_WAIT_NANOS, peerMayClose());
        if (small) {
            return first;
        }
        long atLeast = once ? 0 : Math.max(0, socket.timer().remaining().toNanos() - tick());
        return withoutPoint(first, atLeast, Math.max(timeout - TIME_WAIT_NANOS, TIME_WAIT_NANOS));
    }

    private String peerMayClose() {
        return "should the other end still close, TIME_WAIT follows for " + timeWaitNanos() / 1_000_000_000
                + " s from then";
    }

    /** The setting of the moment, read once a second. */
    private synchronized long timeWaitNanos() {
        long now = System.nanoTime();
        if (timeWait == 0 || now - timeWaitRead > SETTING_KEPT_NANOS) {
            timeWait = namespace.timeWaitSeconds().orElse(Namespace.TIME_WAIT_SECONDS) * 1_000_000_000L;
            timeWaitRead = now;
        }
        return timeWait;
    }

    /** The window, and after it another timer of so much. */
    private Release.Window withoutPoint(Release.Window window, long atLeastNanos, long atMostNanos) {
        long rounding = atMostNanos == 0 ? 0 : granularity(atMostNanos) * tick() + LATE_NANOS;
        return new Release.Window(
                window.earliestNanos() + atLeastNanos,
                window.latestNanos() + atMostNanos + rounding,
                OptionalLong.empty(),
                window.caveat());
    }

    /** @param setNanos for how long the timer was set, from which its level follows */
    private Release.Window ends(TcpSocket socket, Snapshot seen, long setNanos, String caveat) {
        askKernel();
        long tick = tick();
        long remaining = socket.timer().remaining().toNanos();
        long granularity = granularity(Math.max(setNanos, remaining));
        // The time left is a whole number of grains, counted from the last tick before the look, rounded down.
        long grain = seen.source().startsWith("/") ? PROC_GRAIN_NANOS : 0;
        long margin = LOOK_NANOS + seen.halfNanos() + (tick % 1_000_000 == 0 ? 0 : ROUNDING_NANOS);
        long earliestEnd = seen.takenNanos() + remaining - tick - margin;
        long latestEnd = seen.takenNanos() + remaining + (grain > tick ? grain : 0) + margin;
        Grid known = grid;
        if (known == null || !known.knows(granularity)) {
            return new Release.Window(
                    earliestEnd, latestEnd + granularity * tick + LATE_NANOS, OptionalLong.empty(), caveat);
        }
        // The look and the origin are known to so much; where that spans a point of the grid, both sides are possible.
        long half = known.origin().uncertainty() / 2;
        // A grid that was learnt from a release may lie as much too late as that release was late.
        long early = half + (read ? 0 : LATE_NANOS);
        long first = known.fires(earliestEnd - early, granularity);
        long last = known.fires(latestEnd + half, granularity);
        return new Release.Window(
                first - early - LOOK_NANOS,
                last + half + LOOK_NANOS + LATE_NANOS,
                first == last ? OptionalLong.of(first) : OptionalLong.empty(),
                caveat);
    }

    private long tick() {
        return tickNanos.orElse(10_000_000);
    }

    private long granularity(long setNanos) {
        return TimerWheel.granularity(TimerWheel.level(setNanos / tick()));
    }

    /**
     * Takes in a release that was seen. The first one gives the grid's phase, later ones sharpen it; one that is far from
     * its prediction is doubted until a second one says the same. Does nothing where the kernel's count of ticks
     * could be read, or for a release outside its window, which something else must have brought about.
     *
     * @param releasedNanos when the socket was first seen gone, or the port first bound
     * @param exactNanos how long before that it was last seen there; above 20 ms nothing is learnt from it
     */
    public synchronized void calibrate(TcpSocket socket, Snapshot seen, long releasedNanos, long exactNanos) {
        askKernel();
        if (read || tickNanos.isEmpty() || exactNanos > EXACT_NANOS || exactNanos < 0) {
            return;
        }
        boolean timeWait = socket.state() == TcpState.TIME_WAIT;
        OptionalLong set = timeWait ? OptionalLong.of(timeWaitNanos()) : finTimeoutNanos();
        if (socket.timer().kind() != SocketTimer.Kind.TIME_WAIT || set.isEmpty()) {
            return;
        }
        Grid before = grid;
        grid = null;
        Release.Window widest = ends(socket, seen, set.getAsLong(), "");
        grid = before;
        if (releasedNanos < widest.earliestNanos() || releasedNanos - exactNanos > widest.latestNanos()) {
            return;
        }
        long granularity =
                granularity(Math.max(set.getAsLong(), socket.timer().remaining().toNanos()));
        learn(new Grid(tick(), new Grid.Origin(releasedNanos - exactNanos, releasedNanos), granularity));
    }

    private void learn(Grid observed) {
        if (grid == null) {
            grid = observed;
        } else if (Math.abs(grid.disagreement(observed)) <= DISAGREEMENT_NANOS) {
            grid = grid.with(observed);
            doubt = null;
        } else if (doubt != null && Math.abs(doubt.disagreement(observed)) <= DISAGREEMENT_NANOS) {
            grid = doubt.with(observed);
            doubt = null;
        } else {
            doubt = observed;
        }
    }

    private OptionalLong finTimeoutNanos() {
        if (namespace.finTimeoutSeconds().isEmpty()) {
            return OptionalLong.empty();
        }
        long timeout = namespace.finTimeoutSeconds().getAsInt() * 1_000_000_000L;
        return OptionalLong.of(timeout > TIME_WAIT_NANOS ? timeout - TIME_WAIT_NANOS : timeout);
    }

    /** The release of a port on which several sockets stand in the way: that of the last of them. */
    public static Release last(List<Release> releases) {
        Release last = new Release.Free();
        for (Release release : releases) {
            last = Releases.later(last, release);
        }
        return last;
    }
}
