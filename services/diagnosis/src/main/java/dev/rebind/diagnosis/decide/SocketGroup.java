package dev.rebind.diagnosis.decide;

import dev.rebind.diagnosis.finding.Holder;
import dev.rebind.diagnosis.finding.Origin;
import dev.rebind.diagnosis.seen.Facts;
import dev.rebind.diagnosis.seen.Observation;
import dev.rebind.diagnosis.story.Stories;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.SocketTimer;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.bind.ExistingSocket;
import dev.rebind.sockets.bind.Flag;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Sockets of one kind, which the rule treats alike and which have one holder. A port with ten thousand leftovers has few kinds.
 *
 * @param standing the first of them with its options
 * @param server the caller's server that they are of, where it knows
 */
record SocketGroup(
        List<TcpSocket> sockets, ExistingSocket standing, Origin origin, Holder holder, Optional<Facts.Server> server) {
    SocketGroup {
        sockets = List.copyOf(sockets);
    }

    private record Key(
            Family family,
            InetAddress address,
            TcpState state,
            boolean small,
            Flag reuseAddress,
            Flag reusePort,
            Flag v6Only,
            OptionalLong uid,
            OptionalInt device,
            Origin origin,
            Holder holder,
            Optional<Facts.Server> server) {}

    static List<SocketGroup> of(Observation seen) {
        List<TcpSocket> onPort = seen.onPort();
        var kinds = new Kinds(seen, new Origins(seen, onPort));
        onPort.forEach(kinds::add);
        return kinds.groups();
    }

    /** Sorts sockets into groups. */
    private static final class Kinds {
        /** Kinds of leftovers that are compared one by one; a port has few. */
        private static final int COMPARED = 8;

        private final Observation seen;
        private final Stories stories;
        private final Origins origins;
        private final Map<Key, List<TcpSocket>> sockets = new LinkedHashMap<>();
        private final Map<Key, ExistingSocket> standings = new LinkedHashMap<>();
        private final List<Leftovers> leftovers = new ArrayList<>();

        Kinds(Observation seen, Origins origins) {
            this.seen = seen;
            this.stories = new Stories(seen);
            this.origins = origins;
        }

        /** A port may have a hundred thousand leftovers, most of them of one kind: no key is made for each. */
        void add(TcpSocket socket) {
            Origin origin = origins.of(socket);
            Facts.Fact fact = seen.facts().of(socket);
            for (Leftovers known : leftovers) {
                if (known.alike(socket, origin, fact)) {
                    known.all().add(socket);
                    return;
                }
            }
            List<TcpSocket> kind = kind(socket, origin, fact);
            kind.add(socket);
            if (Leftovers.isUnowned(socket) && leftovers.size() < COMPARED) {
                leftovers.add(new Leftovers(socket, origin, fact, kind));
            }
        }

        private List<TcpSocket> kind(TcpSocket socket, Origin origin, Facts.Fact fact) {
            ExistingSocket standing = ExistingSockets.of(seen, socket);
            var key = new Key(
                    socket.family(),
                    socket.local().address(),
                    socket.state(),
                    socket.timer().kind() == SocketTimer.Kind.TIME_WAIT,
                    standing.reuseAddress(),
                    standing.reusePort(),
                    standing.v6Only(),
                    standing.uid(),
                    standing.device(),
                    origin,
                    stories.holder(socket),
                    fact.server());
            standings.putIfAbsent(key, standing);
            return sockets.computeIfAbsent(key, _ -> new ArrayList<>());
        }

        List<SocketGroup> groups() {
            var groups = new ArrayList<SocketGroup>();
            standings.forEach((key, standing) -> groups.add(new SocketGroup(
                    sockets.getOrDefault(key, List.of()), standing, key.origin(), key.holder(), key.server())));
            return groups;
        }
    }

    /**
     * Leftovers of one group. A socket without an inode has no holder whose options could be read, so that nothing but this decides.
     *
     * @param first one of them
     * @param all those of the group, to add to
     */
    private record Leftovers(TcpSocket first, Origin origin, Facts.Fact fact, List<TcpSocket> all) {
        static boolean isUnowned(TcpSocket socket) {
            return socket.inode() == 0;
        }

        boolean alike(TcpSocket socket, Origin itsOrigin, Facts.Fact itsFact) {
            return isUnowned(socket)
                    && socket.state() == first.state()
                    && socket.timer().kind() == first.timer().kind()
                    && itsOrigin == origin
                    && socket.family() == first.family()
                    && socket.device() == first.device()
                    && Objects.equals(socket.v6Only(), first.v6Only())
                    && itsFact.equals(fact)
                    && socket.local().address().equals(first.local().address());
        }
    }

    /** With what was learnt of its options: those who set SO_REUSEADDR are servers as a rule, so that is a sign against a client. */
    SocketGroup with(ExistingSocket other) {
        Origin likely = origin == Origin.PROBABLY_OUTGOING && other.reuseAddress() == Flag.ON ? Origin.EITHER : origin;
        return new SocketGroup(sockets, other, likely, holder, server);
    }

    static List<ExistingSocket> standings(List<SocketGroup> groups) {
        return groups.stream().map(SocketGroup::standing).toList();
    }
}
