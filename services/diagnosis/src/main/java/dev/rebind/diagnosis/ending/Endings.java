package dev.rebind.diagnosis.ending;

import dev.rebind.diagnosis.finding.Ending;
import dev.rebind.diagnosis.finding.Ending.Means;
import dev.rebind.diagnosis.finding.Ending.Reason;
import dev.rebind.diagnosis.seen.KernelSettings;
import dev.rebind.diagnosis.seen.Leftover;
import dev.rebind.diagnosis.seen.NamespaceAddresses;
import dev.rebind.diagnosis.seen.Observation;
import dev.rebind.diagnosis.seen.Opener;
import dev.rebind.diagnosis.seen.SeenHolders;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketTimer;
import dev.rebind.sockets.TcpInfo;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.options.SocketOptions;
import dev.rebind.sockets.release.Release;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** When a socket goes, from its timers, the options of its program and the other end where that is seen. Pure; for one thread. */
public final class Endings {
    /**
     * So many probes of a closed window without an answer are silence. One is not: its answer is on its way on a busy machine, or was
     * held back, since the kernel answers one such segment in 500 ms (tcp_invalid_ratelimit) and the first probes come faster.
     */
    private static final int SILENT_PROBES = 2;

    private static final String NO_TIMER = "no timer was seen on it";
    private static final String NOT_ACKNOWLEDGED =
            "the other end acknowledges nothing, and how long the kernel still tries cannot be read here";

    private final Reading around;
    private final Map<Leftover, Release> releases;
    private final SeenHolders holdings;
    private final KernelSettings settings;
    private final NamespaceAddresses locals;
    private final Map<TcpSocket, Opener> openers;
    /** Connections by their two ends; made for the first question, as most sockets need none. */
    private @Nullable Map<Ends, TcpSocket> connections;

    private record Ends(Endpoint local, Endpoint remote) {}

    /**
     * @param around the sockets, and the other ends of their connections where those are in the same namespace
     * @param releases when those without an owner go by their timers
     * @param holdings who has the sockets, with their options
     * @param openers who opened connections, of those where it is known
     */
    public Endings(
            Reading around,
            Map<Leftover, Release> releases,
            SeenHolders holdings,
            KernelSettings settings,
            NamespaceAddresses locals,
            Map<TcpSocket, Opener> openers) {
        this.around = around;
        this.releases = releases;
        this.holdings = holdings;
        this.settings = settings;
        this.locals = locals;
        this.openers = openers;
    }

    public Endings(Observation seen) {
        this(seen.around(), seen.releases(), seen.holdings(), seen.settings(), seen.locals(), seen.openers());
    }

    public Ending of(TcpSocket socket) {
        Ending ending = ofState(socket);
        return ending instanceof Ending.GivesUp && keepsPort(socket)
                ? new Ending.UntilClosed(Reason.BOUND_BEFORE_IT_CONNECTED)
                : ending;
    }

    /**
     * Whether the socket still has its port when the kernel has given its connection up. Where a program bound it, the kernel takes the
     * port from it only when the program closes it (SOCK_BINDPORT_LOCK in tcp_set_state, net/ipv4/tcp.c). One that was accepted is not
     * bound in this sense, and of one whose port the kernel may have chosen it cannot be told: it may be reserved since then only.
     */
    private boolean keepsPort(TcpSocket socket) {
        int port = socket.local().port();
        boolean goesOut =
                socket.state() == TcpState.SYN_SENT || openers.getOrDefault(socket, Opener.UNKNOWN) == Opener.SELF;
        return goesOut && socket.inode() != 0 && settings.localPorts().isPresent() && !settings.inRange(port);
    }

    private Ending ofState(TcpSocket socket) {
        return switch (socket.state()) {
            case LISTEN -> new Ending.UntilClosed(Reason.LISTENS);
            case CLOSED -> new Ending.UntilClosed(Reason.BOUND);
            case TIME_WAIT -> timer(socket);
            case FIN_WAIT_2 ->
                socket.inode() == 0 ? timer(socket) : silent(socket).orElse(new Ending.UntilClosed(Reason.HALF_CLOSED));
            case FIN_WAIT_1, LAST_ACK, CLOSING -> resends(socket) ? givesUp(socket) : new Ending.NotTold(NO_TIMER);
            case SYN_SENT, SYN_RECEIVED, NEW_SYN_RECV ->
                keepsPort(socket)
                        ? new Ending.UntilClosed(Reason.BOUND_BEFORE_IT_CONNECTED)
                        : new Ending.NotTold("the connection is being made: it opens, or is given up after some tries");
            case CLOSE_WAIT -> silent(socket).orElseGet(() -> new Ending.UntilClosed(whyHalfOpen(socket)));
            case ESTABLISHED -> established(socket);
        };
    }

    /**
     * When the last of these goes. Of leftovers in one state the one with the most time left decides: a timer that was set for longer
     * does not fire earlier.
     */
    public Ending ofAll(List<TcpSocket> sockets) {
        var latest = new Latest();
        sockets.forEach(latest::add);
        return Ending.last(latest.sockets().map(this::of).toList());
    }

    /** The sockets of which one may be the last to go. */
    private static final class Latest {
        private final EnumMap<TcpState, TcpSocket> leftovers = new EnumMap<>(TcpState.class);
        private final List<TcpSocket> others = new ArrayList<>();

        void add(TcpSocket socket) {
            if (!Leftover.endsByTimer(socket) || socket.timer().kind() != SocketTimer.Kind.TIME_WAIT) {
                others.add(socket);
                return;
            }
            TcpSocket longest = leftovers.get(socket.state());
            if (longest == null
                    || socket.timer().remaining().compareTo(longest.timer().remaining()) > 0) {
                leftovers.put(socket.state(), socket);
            }
        }

        Stream<TcpSocket> sockets() {
            return Stream.concat(leftovers.values().stream(), others.stream());
        }
    }

    private Ending timer(TcpSocket socket) {
        Release release = releases.get(Leftover.of(socket));
        return switch (release) {
            case Release.Window window
            when around instanceof Reading.Snapshot snapshot ->
                new Ending.Timer(
                        since(window.earliestNanos(), snapshot),
                        since(window.latestNanos(), snapshot),
                        window.predictedNanos().isPresent()
                                ? Optional.of(since(window.predictedNanos().getAsLong(), snapshot))
                                : Optional.empty(),
                        !window.caveat().isEmpty());
            case Release.Unbounded unbounded -> new Ending.NotTold(unbounded.why());
            case Release.Window _, Release.Held _, Release.Free _ -> new Ending.NotTold(NO_TIMER);
            case null -> new Ending.NotTold(NO_TIMER);
        };
    }

    private static Duration since(long nanos, Reading.Snapshot snapshot) {
        return Duration.ofNanos(Math.max(0, nanos - snapshot.takenNanos()));
    }

    private Ending established(TcpSocket socket) {
        if (socket.selfConnected()) {
            return new Ending.UntilClosed(Reason.CONNECTED_TO_ITSELF);
        }
        return silent(socket).orElseGet(() -> new Ending.UntilClosed(whyOpen(socket)));
    }

    private Reason whyOpen(TcpSocket socket) {
        if (socket.inode() == 0) {
            return Reason.NOT_ACCEPTED;
        }
        if (socket.timer().kind() == SocketTimer.Kind.ZERO_WINDOW_PROBE) {
            return Reason.DATA_WAITS;
        }
        if (peer(socket).map(peer -> peer.state() == TcpState.ESTABLISHED).orElse(false)) {
            // Data that is under way between two ends that talk is no sign that one of them takes none.
            return Reason.OPEN_AT_BOTH_ENDS;
        }
        return resends(socket) ? Reason.DATA_WAITS : Reason.OPEN;
    }

    private Reason whyHalfOpen(TcpSocket socket) {
        if (socket.inode() == 0) {
            return Reason.NOT_ACCEPTED;
        }
        boolean reads = peer(socket)
                .map(peer -> peer.inode() != 0
                        && (peer.state() == TcpState.FIN_WAIT_1 || peer.state() == TcpState.FIN_WAIT_2))
                .orElse(false);
        return reads ? Reason.OTHER_END_READS : Reason.OTHER_END_CLOSED;
    }

    /** The other end of a connection, where it is in the same namespace. */
    private Optional<TcpSocket> peer(TcpSocket socket) {
        if (connections == null) {
            connections = new HashMap<>();
            for (TcpSocket other :
                    around instanceof Reading.Snapshot snapshot ? snapshot.sockets() : List.<TcpSocket>of()) {
                if (other.peer().isPresent()) {
                    connections.put(new Ends(other.local(), other.remote()), other);
                }
            }
        }
        return Optional.ofNullable(
                        connections.get(new Ends(/* local= */ socket.remote(), /* remote= */ socket.local())))
                .filter(_ -> !socket.selfConnected());
    }

    /** Whether the other end is known to be closed without a word of it coming through: its FIN is never acknowledged. */
    private boolean peerGone(TcpSocket socket) {
        boolean here = locals.contains(socket.remote().address());
        return peer(socket)
                .map(other -> switch (other.state()) {
                    case FIN_WAIT_1, LAST_ACK, CLOSING -> other.timer().retransmits() > 0;
                    case TIME_WAIT, LISTEN, CLOSED -> true;
                    case ESTABLISHED, CLOSE_WAIT, FIN_WAIT_2, SYN_SENT, SYN_RECEIVED, NEW_SYN_RECV -> false;
                })
                // An address of this machine may be that of another namespace's end through a proxy, but for loopback.
                .orElse(here && socket.remote().address().isLoopbackAddress());
    }

    /** A live connection whose other end says nothing, or is about to be asked whether it is there. */
    private Optional<Ending> silent(TcpSocket socket) {
        return switch (socket.timer().kind()) {
            case RETRANSMIT -> socket.timer().retransmits() > 0 ? Optional.of(givesUp(socket)) : Optional.empty();
            // A user timeout ends it whether or not the probes are answered.
            case ZERO_WINDOW_PROBE ->
                socket.timer().retransmits() >= SILENT_PROBES
                                || userTimeout(socket).isPresent()
                        ? Optional.of(givesUp(socket))
                        : Optional.empty();
            case KEEPALIVE -> Optional.of(keepalive(socket));
            case NONE, TIME_WAIT -> Optional.empty();
        };
    }

    /** {@link Keepalive} with the options of the socket, or the settings of its namespace where they cannot be read. */
    private Ending keepalive(TcpSocket socket) {
        Optional<SocketOptions> options = holdings.options(socket);
        TcpInfo info = socket.info();
        int tried = Math.max(socket.timer().retransmits(), info == null ? 0 : info.probes());
        var probes = new Keepalive(
                socket.timer().remaining(),
                Optional.ofNullable(info).map(Endings::silence),
                Duration.ofSeconds(option(options, SocketOptions::keepIdleSeconds, settings.keepIdleSeconds(), 7_200)),
                Duration.ofSeconds(
                        option(options, SocketOptions::keepIntervalSeconds, settings.keepIntervalSeconds(), 75)),
                option(options, SocketOptions::keepCount, settings.keepProbes(), 9),
                tried,
                userTimeout(socket));
        return new Ending.GivesUp(
                Means.KEEPALIVE, probes.next(), probes.end(), late(probes.end()), tried, tried > 0 || peerGone(socket));
    }

    /** For how long the other end has said nothing: keepalive_time_elapsed, {@code include/net/tcp.h}. */
    private static Duration silence(TcpInfo info) {
        return info.sinceDataReceived().compareTo(info.sinceAckReceived()) < 0
                ? info.sinceDataReceived()
                : info.sinceAckReceived();
    }

    private static int option(
            Optional<SocketOptions> options,
            Function<SocketOptions, OptionalInt> which,
            OptionalInt setting,
            int usual) {
        OptionalInt own = options.map(which).orElse(OptionalInt.empty());
        return own.isPresent() ? own.getAsInt() : setting.orElse(usual);
    }

    private OptionalLong userTimeout(TcpSocket socket) {
        return holdings.options(socket).map(SocketOptions::userTimeoutMillis).stream()
                .flatMapToInt(OptionalInt::stream)
                .filter(millis -> millis > 0)
                .mapToLong(millis -> millis)
                .findFirst();
    }

    /** Timers of the wheel fire up to an eighth late, and the machine may be busy. */
    private static Duration late(Duration duration) {
        return duration.plus(duration.dividedBy(8)).plusMillis(500);
    }

    private static boolean resends(TcpSocket socket) {
        return switch (socket.timer().kind()) {
            case RETRANSMIT, ZERO_WINDOW_PROBE -> true;
            case NONE, KEEPALIVE, TIME_WAIT -> false;
        };
    }

    /** FIN_WAIT_1, LAST_ACK, CLOSING, and whatever has sent data that is not acknowledged. */
    private Ending givesUp(TcpSocket socket) {
        TcpInfo info = socket.info();
        SocketTimer timer = socket.timer();
        boolean probes = timer.kind() == SocketTimer.Kind.ZERO_WINDOW_PROBE;
        if (info == null) {
            return new Ending.NotTold(NOT_ACKNOWLEDGED);
        }
        boolean orphan = socket.inode() == 0;
        OptionalLong userTimeout = userTimeout(socket);
        var tries = new Retransmissions(
                timer.remaining().toMillis(),
                info.rto().toMillis(),
                Math.max(info.backoff(), 0),
                orphan,
                settings.orphanRetries().orElse(0),
                settings.retries2().orElse(15),
                userTimeout);
        Means means =
                userTimeout.isPresent() ? Means.USER_TIMEOUT : probes ? Means.WINDOW_PROBES : Means.RETRANSMISSION;
        int tried = Math.max(timer.retransmits(), Math.max(info.retransmits(), info.probes()));
        Duration about = Duration.ofMillis(probes ? tries.probesEnd(tried, orphan && tried == 0) : tries.end());
        // A peer that lives answers the probes of a closed window, and may begin to at any time: an orphan ends all the
        // same, later.
        Duration latest = probes && orphan ? Duration.ofMillis(tries.probesEnd(tried, true)) : about;
        boolean sure = orphan
                || tried >= (probes ? SILENT_PROBES : 1)
                || peerGone(socket)
                || (probes && userTimeout.isPresent());
        return new Ending.GivesUp(means, timer.remaining(), about, late(latest), tried, sure);
    }
}
