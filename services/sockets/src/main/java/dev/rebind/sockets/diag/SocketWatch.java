package dev.rebind.sockets.diag;

import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.SocketReader;
import dev.rebind.sockets.TcpSocket;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Watches sockets until they are gone, to see a release as it happens: few of them are asked for one by one, many with one dump.
 * It finds no new sockets. For one thread at a time.
 */
public final class SocketWatch {
    /** A dump of 100,000 sockets takes 19 ms and a question some microseconds; below this many the questions are always less. */
    public static final int ONE_BY_ONE = 64;

    private final SocketLookup lookup;
    private final SocketReader dumps;
    private final int oneByOne;
    /** Each socket as it was seen last, and when. */
    private final List<Seen> standing = new ArrayList<>();

    private record Seen(TcpSocket socket, long nanos) {}

    /** What one look at the sockets came to. */
    public sealed interface Look {
        /**
         * @param standing the sockets that are still there, in their present states
         * @param departed those that were there at the look before and are not now
         */
        record Taken(List<TcpSocket> standing, List<Departure> departed) implements Look {
            public Taken {
                standing = List.copyOf(standing);
                departed = List.copyOf(departed);
            }
        }

        /** Nothing is known of this look; the next one starts from the one before it. */
        record Failed(String why) implements Look {}
    }

    /**
     * A socket that is gone, or whose place another connection has taken.
     *
     * @param socket as it was seen last
     * @param seenNanos {@link System#nanoTime()} right before it was seen last
     * @param goneNanos {@link System#nanoTime()} right after it was first missed: it went in between
     */
    public record Departure(TcpSocket socket, long seenNanos, long goneNanos) {}

    /** @param seenNanos {@link System#nanoTime()} right before the sockets were seen */
    public SocketWatch(SocketLookup lookup, Collection<TcpSocket> sockets, long seenNanos) {
        this(lookup, new InetDiagReader(), ONE_BY_ONE, sockets, seenNanos);
    }

    SocketWatch(SocketLookup lookup, SocketReader dumps, int oneByOne, Collection<TcpSocket> sockets, long seenNanos) {
        this.lookup = lookup;
        this.dumps = dumps;
        this.oneByOne = oneByOne;
        sockets.forEach(socket -> standing.add(new Seen(socket, seenNanos)));
    }

    /** Looks at the sockets that are still standing. Blocks for some microseconds each, or for a dump. */
    public Look look() {
        var still = new ArrayList<Seen>();
        var departed = new ArrayList<Departure>();
        String failure = standing.size() < oneByOne ? askEach(still, departed) : dump(still, departed);
        if (!failure.isEmpty()) {
            return new Look.Failed(failure);
        }
        standing.clear();
        standing.addAll(still);
        return new Look.Taken(still.stream().map(Seen::socket).toList(), departed);
    }

    private String askEach(List<Seen> still, List<Departure> departed) {
        for (Seen seen : standing) {
            long before = System.nanoTime();
            switch (lookup.ask(seen.socket())) {
                case SocketLookup.Answer.Found(TcpSocket now)
                when SocketIdentity.sameConnection(seen.socket(), now) -> still.add(new Seen(now, before));
                case SocketLookup.Answer.Found _, SocketLookup.Answer.Gone _ ->
                    departed.add(new Departure(seen.socket(), seen.nanos(), System.nanoTime()));
                case SocketLookup.Answer.Failed failed -> {
                    return failed.why();
                }
            }
        }
        return "";
    }

    private record Addresses(Family family, Endpoint local, Endpoint remote) {
        static Addresses of(TcpSocket socket) {
            return new Addresses(socket.family(), socket.local(), socket.remote());
        }
    }

    private String dump(List<Seen> still, List<Departure> departed) {
        long before = System.nanoTime();
        Reading reading = dumps.read(query());
        long after = System.nanoTime();
        return switch (reading) {
            case Reading.Unreadable unreadable -> unreadable.why();
            case Reading.Snapshot snapshot -> {
                Map<Addresses, List<TcpSocket>> there = new HashMap<>();
                snapshot.sockets()
                        .forEach(socket -> there.computeIfAbsent(Addresses.of(socket), _ -> new ArrayList<>())
                                .add(socket));
                for (Seen seen : standing) {
                    there.getOrDefault(Addresses.of(seen.socket()), List.of()).stream()
                            .filter(now -> sameSocket(seen.socket(), now))
                            .findFirst()
                            .ifPresentOrElse(
                                    now -> still.add(new Seen(now, before)),
                                    () -> departed.add(new Departure(seen.socket(), seen.nanos(), after)));
                }
                yield "";
            }
        };
    }

    private static boolean sameSocket(TcpSocket before, TcpSocket now) {
        return before.peer().isEmpty() ? SocketIdentity.same(before, now) : SocketIdentity.sameConnection(before, now);
    }

    private SocketQuery query() {
        Set<Integer> ports = new HashSet<>();
        standing.forEach(seen -> ports.add(seen.socket().local().port()));
        return ports.size() == 1 ? SocketQuery.onPort(ports.iterator().next()) : SocketQuery.all();
    }
}
