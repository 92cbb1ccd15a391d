package dev.rebind.diagnosis.ending;

import dev.rebind.diagnosis.finding.Ending;
import dev.rebind.diagnosis.finding.Ending.Means;
import dev.rebind.diagnosis.finding.Ending.Reason;
import dev.rebind.diagnosis.seen.Leftover;
import dev.rebind.diagnosis.seen.Observation;
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
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** When a socket goes, from its timers, the options of its program and the other end where that is seen. Pure. */
public final class Endings {
    private final Observation seen;

    public Endings(Observation seen) {
        this.seen = seen;
    }

    public Ending of(TcpSocket socket) {
        return switch (socket.state()) {
            case LISTEN -> new Ending.UntilClosed(Reason.LISTENS);
            case CLOSED -> new Ending.UntilClosed(Reason.BOUND);
            case TIME_WAIT -> timer(socket);
            case FIN_WAIT_2 -> socket.inode() == 0 ? timer(socket) : new Ending.UntilClosed(Reason.HALF_CLOSED);
            case FIN_WAIT_1, LAST_ACK, CLOSING -> givesUp(socket).orElse(new Ending.NotTold("no timer was seen on it"));
            case SYN_SENT, SYN_RECEIVED, NEW_SYN_RECV ->
                new Ending.NotTold("the connection is being made: it opens, or is given up after some tries");
            case CLOSE_WAIT ->
                socket.inode() == 0
                        ? new Ending.UntilClosed(Reason.NOT_ACCEPTED)
                        : silent(socket).orElse(new Ending.UntilClosed(Reason.OTHER_END_CLOSED));
            case ESTABLISHED -> socket.inode() == 0 ? new Ending.UntilClosed(Reason.NOT_ACCEPTED) : established(socket);
        };
    }

    /**
     * When the last of these goes. Of leftovers in one state the one with the most time left decides: a timer that was set for longer
     * does not fire earlier.
     */
    public Ending ofAll(List<TcpSocket> sockets) {
        var latest = new Latest();
        sockets.forEach(latest::add);
        return last(latest.sockets().map(this::of).toList());
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
        Release release = seen.releases().get(Leftover.of(socket));
        return switch (release) {
            case Release.Window window
            when seen.around() instanceof Reading.Snapshot snapshot ->
                new Ending.Timer(
                        since(window.earliestNanos(), snapshot),
                        since(window.latestNanos(), snapshot),
                        window.predictedNanos().isPresent()
                                ? Optional.of(since(window.predictedNanos().getAsLong(), snapshot))
                                : Optional.empty(),
                        !window.caveat().isEmpty());
            case Release.Unbounded unbounded -> new Ending.NotTold(unbounded.why());
            case Release.Window _, Release.Held _, Release.Free _ -> new Ending.NotTold("no timer was seen on it");
            case null -> new Ending.NotTold("no timer was seen on it");
        };
    }

    private static Duration since(long nanos, Reading.Snapshot snapshot) {
        return Duration.ofNanos(Math.max(0, nanos - snapshot.takenNanos()));
    }

    private Ending established(TcpSocket socket) {
        if (socket.selfConnected()) {
            return new Ending.UntilClosed(Reason.CONNECTED_TO_ITSELF);
        }
        Optional<Ending> silent = silent(socket);
        if (silent.isPresent()) {
            return silent.get();
        }
        return new Ending.UntilClosed(
                peer(socket).map(peer -> peer.state() == TcpState.ESTABLISHED).orElse(false)
                        ? Reason.OPEN_AT_BOTH_ENDS
                        : Reason.OPEN);
    }

    /** The other end of a connection, where it is in the same namespace. */
    private Optional<TcpSocket> peer(TcpSocket socket) {
        List<TcpSocket> all = seen.around() instanceof Reading.Snapshot snapshot ? snapshot.sockets() : List.of();
        return all.stream()
                .filter(other -> !socket.selfConnected()
                        && other.local().equals(socket.remote())
                        && other.remote().equals(socket.local()))
                .findFirst();
    }

    /** Whether the other end is known to be closed without a word of it coming through: its FIN is never acknowledged. */
    private boolean peerGone(TcpSocket socket) {
        boolean here = seen.locals().contains(socket.remote().address());
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
            case RETRANSMIT, ZERO_WINDOW_PROBE -> socket.timer().retransmits() > 0 ? givesUp(socket) : Optional.empty();
            case KEEPALIVE -> keepalive(socket);
            case NONE, TIME_WAIT -> Optional.empty();
        };
    }

    /**
     * tcp_keepalive_timer ({@code net/ipv4/tcp_timer.c}): after the idle time a probe each interval; the connection ends an
     * interval after the last, or at the first that comes later than the user timeout.
     */
    private Optional<Ending> keepalive(TcpSocket socket) {
        Optional<SocketOptions> options = seen.options(socket);
        long interval =
                options.isPresent() && options.get().keepIntervalSeconds().isPresent()
                        ? options.get().keepIntervalSeconds().getAsInt()
                        : seen.settings().keepIntervalSeconds().orElse(75);
        int probes = options.isPresent() && options.get().keepCount().isPresent()
                ? options.get().keepCount().getAsInt()
                : seen.settings().keepProbes().orElse(9);
        int tried = Math.max(
                socket.timer().retransmits(),
                Optional.ofNullable(socket.info()).map(TcpInfo::probes).orElse(0));
        Duration next = socket.timer().remaining();
        Duration about = next.plusSeconds(interval * Math.max(0, probes - tried));
        return Optional.of(
                new Ending.GivesUp(Means.KEEPALIVE, next, about, late(about), tried, tried > 0 || peerGone(socket)));
    }

    /** Timers of the wheel fire up to an eighth late, and the machine may be busy. */
    private static Duration late(Duration duration) {
        return duration.plus(duration.dividedBy(8)).plusMillis(500);
    }

    /** FIN_WAIT_1, LAST_ACK, CLOSING, and whatever has sent data that is not acknowledged. */
    private Optional<Ending> givesUp(TcpSocket socket) {
        TcpInfo info = socket.info();
        SocketTimer timer = socket.timer();
        boolean probes = timer.kind() == SocketTimer.Kind.ZERO_WINDOW_PROBE;
        if (info == null || !(probes || timer.kind() == SocketTimer.Kind.RETRANSMIT)) {
            return Optional.empty();
        }
        boolean orphan = socket.inode() == 0;
        OptionalLong userTimeout = seen.options(socket)
                .map(options -> options.userTimeoutMillis().isPresent()
                                && options.userTimeoutMillis().getAsInt() > 0
                        ? OptionalLong.of(options.userTimeoutMillis().getAsInt())
                        : OptionalLong.empty())
                .orElse(OptionalLong.empty());
        var tries = new Retransmissions(
                timer.remaining().toMillis(),
                info.rto().toMillis(),
                Math.max(info.backoff(), 0),
                orphan,
                seen.settings().orphanRetries().orElse(0),
                seen.settings().retries2().orElse(15),
                userTimeout);
        Means means =
                userTimeout.isPresent() ? Means.USER_TIMEOUT : probes ? Means.WINDOW_PROBES : Means.RETRANSMISSION;
        int tried = Math.max(timer.retransmits(), Math.max(info.retransmits(), info.probes()));
        Duration about = Duration.ofMillis(probes ? tries.probesEnd(tried, orphan && tried == 0) : tries.end());
        // A peer that lives answers the probes of a closed window, and may begin to at any time: an orphan ends all the
        // same, later.
        Duration latest = probes && orphan ? Duration.ofMillis(tries.probesEnd(tried, true)) : about;
        return Optional.of(new Ending.GivesUp(
                means, timer.remaining(), about, late(latest), tried, orphan || tried > 0 || peerGone(socket)));
    }

    /** Which of two comes later; what is not told lasts longer than any time, and what only a process ends longest. */
    private static Ending later(Ending a, Ending b) {
        return rank(a).compareTo(rank(b)) >= 0 ? a : b;
    }

    /** That of the socket which stays longest; {@link Ending.Free} where there is none. */
    public static Ending last(List<Ending> endings) {
        return endings.stream().reduce(new Ending.Free(), Endings::later);
    }

    /** How long it lasts, for comparison only. */
    public static Duration rank(Ending ending) {
        return switch (ending) {
            case Ending.Free _ -> Duration.ofSeconds(-1);
            case Ending.Timer timer -> timer.point().orElse(timer.latest());
            case Ending.GivesUp ends when ends.sure() -> ends.latest();
            case Ending.NotTold _ -> Duration.ofDays(100_000);
            case Ending.GivesUp _ -> Duration.ofDays(200_000);
            case Ending.UntilClosed _ -> Duration.ofDays(300_000);
        };
    }
}
