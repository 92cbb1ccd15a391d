package dev.rebind.diagnosis.decide;

import dev.rebind.diagnosis.finding.Sharing;
import dev.rebind.diagnosis.finding.Sharing.Gets;
import dev.rebind.diagnosis.seen.Attempt;
import dev.rebind.diagnosis.seen.Observation;
import dev.rebind.diagnosis.seen.Place;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.bind.BindRule;
import dev.rebind.sockets.bind.Flag;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Who listens on the port beside a server that binds it, and who gets which clients. For a packet the kernel looks among the
 * listeners on its very address first and among those on the wildcard then; there a socket of IPv4 comes before one of both
 * families, one on the packet's device before one on none, and equals share (inet_lookup_listener, inet_lhash2_lookup and
 * compute_score of {@code net/ipv4/inet_hashtables.c}). Pure.
 */
final class SharedListeners {
    private SharedListeners() {}

    static List<Sharing> of(Observation seen, List<SocketGroup> groups, List<Attempt> attempts) {
        var sharing = new ArrayList<Sharing>();
        List<Place> places = seen.question().places(seen.locals().six());
        for (Place place : places) {
            boolean binds =
                    attempts.stream().anyMatch(attempt -> attempt.place().equals(place) && attempt.binds());
            boolean withReusePort = !binds
                    && seen.sharing().stream()
                            .filter(answer -> answer.place().equals(place))
                            .findFirst()
                            .map(Attempt::binds)
                            .orElseGet(() -> ruled(seen, groups, place));
            if (binds || withReusePort) {
                groups.stream()
                        .filter(group -> Decision.listens(group.standing().socket()))
                        .forEach(group -> group.sockets()
                                .forEach(listener -> sharing.add(new Sharing(
                                        place, listener, group.holder(), gets(place, listener), withReusePort))));
            }
        }
        return sharing.stream().distinct().toList();
    }

    private static boolean ruled(Observation seen, List<SocketGroup> groups, Place place) {
        return BindRule.ask(
                                place.candidate(true, true, seen.asker().uid()),
                                SocketGroup.standings(groups),
                                seen.settings().mapped())
                        .passes()
                == Flag.ON;
    }

    /**
     * Beside a server that has bound.
     *
     * @param own inodes of its own listeners
     */
    static List<Sharing> beside(Observation seen, List<SocketGroup> groups, Set<Long> own) {
        List<Place> places = seen.question().places(seen.locals().six());
        return groups.stream()
                .filter(group -> Decision.listens(group.standing().socket()))
                .flatMap(group -> group.sockets().stream()
                        .filter(listener -> !own.contains(listener.inode()))
                        .flatMap(listener -> places.stream()
                                .map(place ->
                                        new Sharing(place, listener, group.holder(), gets(place, listener), false))))
                .distinct()
                .toList();
    }

    private static Gets gets(Place place, TcpSocket listener) {
        boolean wildcard = listener.local().address().isAnyLocalAddress();
        if (!wildcard && !place.address().equals(listener.local().address())) {
            return Gets.ITS_ADDRESS;
        }
        if (listener.device() != 0) {
            return Gets.ITS_DEVICE;
        }
        if (!wildcard) {
            return Gets.A_SHARE;
        }
        if (!place.wildcard()) {
            boolean apart = place.family() == Family.IPV4 && Boolean.TRUE.equals(listener.v6Only());
            return apart ? Gets.ALL_IPV6 : Gets.THE_REST;
        }
        boolean four = listener.local().address() instanceof Inet4Address;
        if (four) {
            return place.family() == Family.IPV4 ? Gets.A_SHARE : Gets.ALL_IPV4;
        }
        if (place.family() == Family.IPV4) {
            return Gets.ALL_IPV6;
        }
        return Boolean.TRUE.equals(listener.v6Only()) ? Gets.ALL_IPV6 : Gets.A_SHARE;
    }
}
