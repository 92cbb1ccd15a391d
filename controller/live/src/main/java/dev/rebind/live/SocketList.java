package dev.rebind.live;

import dev.rebind.diagnosis.ending.Endings;
import dev.rebind.diagnosis.finding.Ending;
import dev.rebind.diagnosis.text.EndingText;
import dev.rebind.live.Experiments.Look;
import dev.rebind.sockets.Owner;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.SocketTimer;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Converts looks at both ends of a port's connections to the form of the page. Pure. */
public final class SocketList {
    private static final Set<TcpState> LEFTOVERS = EnumSet.of(
            TcpState.TIME_WAIT, TcpState.FIN_WAIT_1, TcpState.FIN_WAIT_2, TcpState.CLOSING, TcpState.LAST_ACK);

    private static final Comparator<TcpSocket> ORDER = Comparator.comparingInt(
                    (TcpSocket socket) -> socket.state() == TcpState.LISTEN ? 0 : 1)
            .thenComparing(TcpSocket::state)
            .thenComparing(socket -> socket.local().toString())
            .thenComparing(socket -> socket.remote().toString());

    private final long originNanos;
    private final List<ApiJson.Socket> sockets = new ArrayList<>();
    private final List<ApiJson.PodPort> pods = new ArrayList<>();
    private final List<Left> leftovers = new ArrayList<>();
    private final List<String> clientsUnreadable = new ArrayList<>();

    /**
     * One end of the port's connections.
     *
     * @param endings when each socket goes away, counted from the moment of the reading
     */
    public record End(Reading reading, Endings endings) {}

    /**
     * A look at one server's port.
     *
     * @param pod the server's pod; null on one machine
     * @param local the sockets on the port
     * @param remote the sockets whose far end is the port
     * @param owners the owners of sockets by inode, as far as they are visible
     */
    public record PortLook(@Nullable String pod, End local, End remote, Map<Long, Owner> owners) {
        public PortLook {
            owners = Map.copyOf(owners);
        }

        /** Returns the sentence, with the name of the pod if there are several looks. */
        private String of(List<PortLook> all, String sentence) {
            return all.size() > 1 && pod != null ? "pod " + pod + ": " + sentence : sentence;
        }
    }

    /** A leftover socket: how it ends, and the look that shows it. */
    private record Left(Ending ending, Snapshot seen) {}

    /** @param originNanos times in the view are in milliseconds after this moment of {@link System#nanoTime()} */
    private SocketList(long originNanos) {
        this.originNanos = originNanos;
    }

    /**
     * Returns the sockets of all looks together. If a look could not read the server's end, the view has no sockets of that end, and says
     * why. Returns {@link Look.Unreadable} if no look could read it.
     *
     * @param places all places of the experiment
     * @param looks one or more looks, each at the same port number
     */
    public static Look of(int port, List<String> places, List<PortLook> looks) {
        Snapshot first = looks.stream()
                .map(look -> look.local().reading())
                .filter(Snapshot.class::isInstance)
                .map(Snapshot.class::cast)
                .min(Comparator.comparingLong(Snapshot::takenNanos))
                .orElse(null);
        if (first == null) {
            return new Look.Unreadable(looks.stream()
                    .map(look -> look.of(looks, unreadable(look.local().reading())))
                    .collect(Collectors.joining("; ")));
        }
        var list = new SocketList(first.takenNanos());
        looks.forEach(look -> list.add(look, looks));
        return new Look.Seen(new ApiJson.Sockets(
                first.takenAt(),
                source(looks),
                port,
                places,
                list.clientsUnreadable.isEmpty() ? null : String.join("; ", list.clientsUnreadable),
                list.gone(list.leftovers),
                list.sockets,
                list.pods.isEmpty() ? null : list.pods));
    }

    private static String source(List<PortLook> looks) {
        return looks.stream()
                .map(look -> look.local().reading())
                .filter(Snapshot.class::isInstance)
                .map(reading -> ((Snapshot) reading).source())
                .distinct()
                .collect(Collectors.joining(", "));
    }

    private void add(PortLook look, List<PortLook> all) {
        var left = new ArrayList<Left>();
        String unreadable = null;
        switch (look.local().reading()) {
            case Reading.Unreadable _ -> unreadable = unreadable(look.local().reading());
            case Snapshot seen ->
                sorted(seen).forEach(socket -> {
                    Ending ending = look.local().endings().of(socket);
                    if (LEFTOVERS.contains(socket.state()) && socket.inode() == 0) {
                        left.add(new Left(ending, seen));
                    }
                    sockets.add(view(look, "server", socket, ending, seen));
                });
        }
        switch (look.remote().reading()) {
            case Reading.Unreadable clients -> clientsUnreadable.add(look.of(all, unreadable(clients)));
            case Snapshot clients ->
                sorted(clients)
                        .forEach(socket -> sockets.add(view(
                                look, "client", socket, look.remote().endings().of(socket), clients)));
        }
        leftovers.addAll(left);
        if (look.pod() != null) {
            pods.add(new ApiJson.PodPort(look.pod(), unreadable, gone(left)));
        }
    }

    /** Returns the release of the socket that goes away last; null if there is none. */
    private ApiJson.@Nullable SocketRelease gone(List<Left> left) {
        return left.stream()
                .max(Comparator.comparing(
                        one -> one.ending().rank().plusNanos(one.seen().takenNanos() - originNanos)))
                .map(one -> view(one.ending(), one.seen()))
                .orElse(null);
    }

    /** @param reading an unreadable reading */
    private static String unreadable(Reading reading) {
        return switch (reading) {
            case Reading.Unreadable unreadable -> why(unreadable);
            case Snapshot _ -> "";
        };
    }

    private static String why(Reading.Unreadable unreadable) {
        return "the sockets could not be read: " + unreadable.what() + ", " + unreadable.why();
    }

    private static List<TcpSocket> sorted(Snapshot seen) {
        return seen.sockets().stream().sorted(ORDER).toList();
    }

    private ApiJson.Socket view(PortLook look, String side, TcpSocket socket, Ending ending, Snapshot seen) {
        Owner owner = look.owners().get(socket.inode());
        SocketTimer timer = socket.timer();
        return new ApiJson.Socket(
                look.pod(),
                side,
                socket.family().name(),
                socket.state().name(),
                socket.local().toString(),
                socket.remote().toString(),
                socket.recvQ(),
                socket.sendQ(),
                timer.kind() == SocketTimer.Kind.NONE
                        ? null
                        : new ApiJson.Timer(timer.kind().name(), after(seen, timer.remaining()), timer.retransmits()),
                socket.inode() != 0,
                owner == null ? null : owner.pid(),
                owner == null ? null : owner.name(),
                view(ending, seen));
    }

    private ApiJson.SocketRelease view(Ending ending, Snapshot seen) {
        return switch (ending) {
            case Ending.Free _ -> new ApiJson.SocketRelease("window", 0.0, 0.0, 0.0, null);
            case Ending.Timer timer ->
                new ApiJson.SocketRelease(
                        "window",
                        after(seen, timer.earliest()),
                        after(seen, timer.latest()),
                        timer.point().map(point -> after(seen, point)).orElse(null),
                        timer.peerMayClose() ? "should the other end still close, TIME_WAIT follows from then" : null);
            case Ending.GivesUp ends ->
                new ApiJson.SocketRelease(
                        ends.sure() ? "givesUp" : "held",
                        null,
                        ends.sure() ? after(seen, ends.latest()) : null,
                        ends.sure() ? after(seen, ends.about()) : null,
                        EndingText.unless(ends));
            case Ending.UntilClosed(Ending.Reason reason) ->
                new ApiJson.SocketRelease("held", null, null, null, EndingText.reason(reason));
            case Ending.NotTold(String why) -> new ApiJson.SocketRelease("unbounded", null, null, null, why);
        };
    }

    private double after(Snapshot seen, Duration duration) {
        return (seen.takenNanos() - originNanos + duration.toNanos()) / 1e6;
    }
}
