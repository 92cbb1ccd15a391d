package dev.rebind.diagnosis.decide;

import dev.rebind.diagnosis.finding.Blocker;
import dev.rebind.diagnosis.finding.Remedy;
import dev.rebind.diagnosis.seen.Attempt;
import dev.rebind.diagnosis.seen.NamespaceAddresses;
import dev.rebind.diagnosis.seen.Observation;
import dev.rebind.diagnosis.seen.Place;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.bind.BindRule;
import dev.rebind.sockets.bind.Candidate;
import dev.rebind.sockets.bind.ExistingSocket;
import dev.rebind.sockets.bind.Flag;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Where on this machine the same port binds: for one family, on another address, on another network device. Pure. */
final class OtherPlaces {
    private static final InetAddress SIX = InetAddress.ofLiteral("::");
    private static final InetAddress FOUR = InetAddress.ofLiteral("0.0.0.0");
    private static final String LOOPBACK = "lo";

    private final Observation seen;
    private final List<Attempt> attempts;
    private final List<Blocker> blocking;
    private final List<ExistingSocket> standings;
    private final List<Place> places;
    private final long uid;

    /** @param blocking at least one */
    OtherPlaces(Observation seen, List<Attempt> attempts, List<Blocker> blocking, List<ExistingSocket> standings) {
        this.seen = seen;
        this.attempts = attempts;
        this.blocking = blocking;
        this.standings = standings;
        this.places = seen.question().places(seen.locals().six());
        this.uid = seen.asker().uid();
    }

    List<Remedy> all() {
        List<Place> families = seen.question().wildcard() ? families() : List.of();
        return Stream.of(
                        families.isEmpty()
                                ? Optional.<Remedy>empty()
                                : Optional.<Remedy>of(new Remedy.OneFamily(families)),
                        addresses(families.stream().map(Place::family).collect(Collectors.toSet())),
                        devices())
                .flatMap(Optional::stream)
                .toList();
    }

    private boolean free(Candidate candidate) {
        return BindRule.ask(candidate, standings, seen.settings().mapped()).passes() == Flag.ON;
    }

    /** A socket of one family where one of both is turned away. */
    private List<Place> families() {
        var free = new ArrayList<Place>();
        if (seen.locals().hasSix()) {
            free.add(new Place(Family.IPV6, SIX, true));
        }
        free.add(new Place(Family.IPV4, FOUR, false));
        free.removeIf(place -> places.contains(place) && !binds(place));
        free.removeIf(place -> !free(place.candidate(false, false, uid)));
        return free;
    }

    private boolean binds(Place place) {
        return attempts.stream()
                .filter(attempt -> attempt.place().equals(place) && !attempt.reuseAddress())
                .anyMatch(Attempt::binds);
    }

    /**
     * One address where every one is too many, or another one.
     *
     * @param whole the families of which every address binds
     */
    private Optional<Remedy> addresses(Set<Family> whole) {
        var free = new ArrayList<InetAddress>();
        var taken = new ArrayList<InetAddress>();
        for (InetAddress address : seen.locals().usable()) {
            Family family = address instanceof Inet4Address ? Family.IPV4 : Family.IPV6;
            if (whole.contains(family)) {
                continue;
            }
            Candidate candidate = new Place(family, address, false).candidate(false, false, uid);
            (free(candidate) ? free : taken).add(address);
        }
        blocking.stream()
                .map(blocker -> blocker.first().local().address())
                .filter(address -> !address.isAnyLocalAddress() && !taken.contains(address))
                .forEach(taken::add);
        return free.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new Remedy.OtherAddress(free, taken.stream().distinct().toList()));
    }

    /**
     * Devices on which a server for every address binds. A server for one address is left out: clients of that address come in
     * through the device that has it. The members of a VRF have ports of their own, so that the rule forbids too much there, and
     * never too little.
     */
    private Optional<Remedy> devices() {
        boolean wildcard = places.stream().allMatch(Place::wildcard);
        if (!wildcard) {
            return Optional.empty();
        }
        Set<String> usable = seen.locals().all().stream()
                .filter(local -> local.state() == NamespaceAddresses.State.USABLE)
                .map(NamespaceAddresses.Local::device)
                .collect(Collectors.toSet());
        List<String> free = seen.locals().devices().entrySet().stream()
                .filter(device -> usable.contains(device.getValue()))
                .filter(device -> places.stream()
                        .allMatch(
                                place -> free(place.candidate(false, false, uid).withDevice(device.getKey()))))
                .map(Map.Entry::getValue)
                .sorted(Comparator.<String, Boolean>comparing(LOOPBACK::equals)
                        .thenComparing(Comparator.naturalOrder()))
                .toList();
        return free.isEmpty() ? Optional.empty() : Optional.of(new Remedy.OtherDevice(free));
    }
}
