package dev.rebind.diagnosis.decide;

import dev.rebind.diagnosis.finding.Blocker;
import dev.rebind.diagnosis.finding.Remedy;
import dev.rebind.diagnosis.seen.Attempt;
import dev.rebind.diagnosis.seen.NamespaceAddresses;
import dev.rebind.diagnosis.seen.Observation;
import dev.rebind.diagnosis.seen.Place;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.bind.Candidate;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Where on this machine the same port binds: for one family, on another address, on another network device. Pure. */
final class OtherPlaces {
    private static final String LOOPBACK = "lo";

    private final Observation seen;
    private final List<Attempt> attempts;
    private final List<Blocker> blocking;
    private final Predicate<Candidate> free;
    private final List<Place> places;
    private final long uid;

    /**
     * @param blocking at least one
     * @param free whether the rule lets a socket bind
     */
    OtherPlaces(Observation seen, List<Attempt> attempts, List<Blocker> blocking, Predicate<Candidate> free) {
        this.seen = seen;
        this.attempts = attempts;
        this.blocking = blocking;
        this.free = free;
        this.places = seen.question().places(seen.locals().six());
        this.uid = seen.asker().uid();
    }

    List<Remedy> all() {
        var found = new ArrayList<Remedy>();
        boolean wildcard = seen.question().wildcard();
        List<Place> families = wildcard ? families() : List.of();
        if (!families.isEmpty()) {
            found.add(new Remedy.OneFamily(families));
        }
        addresses(families.stream().map(Place::family).collect(Collectors.toSet()))
                .ifPresent(found::add);
        if (wildcard) {
            devices().ifPresent(found::add);
        }
        return found;
    }

    private boolean isFree(Place place) {
        return free.test(place.candidate(false, false, uid));
    }

    /** A socket of one family where one of both is turned away. */
    private List<Place> families() {
        var binding = new ArrayList<Place>();
        if (seen.locals().hasSix()) {
            binding.add(Place.IPV6);
        }
        binding.add(Place.IPV4);
        binding.removeIf(place -> (places.contains(place) && !binds(place)) || !isFree(place));
        return binding;
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
        var others = new ArrayList<InetAddress>();
        var taken = new ArrayList<InetAddress>();
        for (InetAddress address : seen.locals().usable()) {
            if (!whole.contains(Family.of(address))) {
                (isFree(Place.of(address)) ? others : taken).add(address);
            }
        }
        blocking.stream()
                .map(blocker -> blocker.first().local().address())
                .filter(address -> !address.isAnyLocalAddress() && !taken.contains(address))
                .forEach(taken::add);
        return others.isEmpty()
                ? Optional.empty()
                : Optional.of(new Remedy.OtherAddress(
                        others, taken.stream().distinct().toList()));
    }

    /**
     * Devices on which a server for every address binds. One for a single address is not asked for: clients of that address come in
     * through the device that has it. The members of a VRF have ports of their own, so that the rule forbids too much there, and
     * never too little.
     */
    private Optional<Remedy> devices() {
        Set<String> usable = seen.locals().all().stream()
                .filter(local -> local.state() == NamespaceAddresses.State.USABLE)
                .map(NamespaceAddresses.Local::device)
                .collect(Collectors.toSet());
        List<String> names = seen.locals().devices().entrySet().stream()
                .filter(device -> usable.contains(device.getValue()))
                .filter(device -> places.stream()
                        .allMatch(place ->
                                free.test(place.candidate(false, false, uid).withDevice(device.getKey()))))
                .map(Map.Entry::getValue)
                .sorted(Comparator.<String, Boolean>comparing(LOOPBACK::equals)
                        .thenComparing(Comparator.naturalOrder()))
                .toList();
        return names.isEmpty() ? Optional.empty() : Optional.of(new Remedy.OtherDevice(names));
    }
}
