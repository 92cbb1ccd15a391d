package dev.rebind.diagnosis.decide;

import dev.rebind.diagnosis.seen.Attempt;
import dev.rebind.diagnosis.seen.Observation;
import dev.rebind.diagnosis.seen.Place;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.bind.BindRule;
import dev.rebind.sockets.posix.Errno;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The answers for every place: the kernel's where it was asked, else the rule's. Pure. */
final class PlaceAttempts {
    private PlaceAttempts() {}

    static List<Attempt> of(Observation seen, List<SocketGroup> groups) {
        var attempts = new ArrayList<Attempt>();
        for (Place place : seen.question().places(seen.locals().six())) {
            for (boolean reuse : new boolean[] {false, true}) {
                attempts.add(
                        seen.changing()
                                ? new Attempt(
                                        place, reuse, new Attempt.Result.NotKnown("it changed while it was looked at"))
                                : asked(seen, place, reuse).orElseGet(() -> ruled(seen, groups, place, reuse)));
            }
        }
        return attempts;
    }

    private static Optional<Attempt> asked(Observation seen, Place place, boolean reuse) {
        return seen.attempts().stream()
                .filter(attempt -> attempt.place().equals(place) && attempt.reuseAddress() == reuse)
                .filter(attempt -> !(attempt.result() instanceof Attempt.Result.NotKnown))
                .findFirst();
    }

    private static Attempt ruled(Observation seen, List<SocketGroup> groups, Place place, boolean reuse) {
        if (seen.around() instanceof Reading.Unreadable) {
            return new Attempt(place, reuse, new Attempt.Result.NotKnown("the sockets could not be read"));
        }
        return new Attempt(place, reuse, Refusals.without(seen, place).orElseGet(() -> {
            BindRule.Answer answer = BindRule.ask(
                    place.candidate(
                            reuse, seen.question().reusePort(), seen.asker().uid()),
                    SocketGroup.standings(groups),
                    seen.settings().mapped());
            return switch (answer.passes()) {
                case ON -> new Attempt.Result.Binds(false);
                case OFF -> new Attempt.Result.Refused(Errno.EADDRINUSE.number(), false);
                case UNKNOWN -> new Attempt.Result.NotKnown("it depends on options that nobody shows");
            };
        }));
    }
}
