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
import dev.rebind.sockets.bind.Flag;
import dev.rebind.sockets.bind.Standing;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Sockets of one kind, which the rule treats alike and which have one holder. A port with ten thousand leftovers has few kinds.
 *
 * @param standing the first of them with its options
 * @param server the caller's server that they are of, where it knows
 */
record Group(List<TcpSocket> sockets, Standing standing, Origin origin, Holder holder, Optional<Facts.Server> server) {
    Group {
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

    static List<Group> of(Observation seen) {
        var stories = new Stories(seen);
        var origins = new Origins(seen);
        Map<Key, List<TcpSocket>> kinds = new LinkedHashMap<>();
        Map<Key, Standing> standings = new LinkedHashMap<>();
        for (TcpSocket socket : seen.onPort()) {
            Standing standing = Standings.of(seen, socket);
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
                    origins.of(socket),
                    stories.holder(socket),
                    seen.facts().of(socket).server());
            kinds.computeIfAbsent(key, _ -> new ArrayList<>()).add(socket);
            standings.putIfAbsent(key, standing);
        }
        var groups = new ArrayList<Group>();
        standings.forEach((key, standing) -> groups.add(
                new Group(kinds.getOrDefault(key, List.of()), standing, key.origin(), key.holder(), key.server())));
        return groups;
    }

    Group with(Standing other) {
        return new Group(sockets, other, origin, holder, server);
    }

    static List<Standing> standings(List<Group> groups) {
        return groups.stream().map(Group::standing).toList();
    }
}
