package dev.rebind.diagnosis.decide;

import dev.rebind.diagnosis.Cause;
import dev.rebind.diagnosis.Diagnosis;
import dev.rebind.diagnosis.Diagnosis.Verdict;
import dev.rebind.diagnosis.ending.Endings;
import dev.rebind.diagnosis.finding.Blocker;
import dev.rebind.diagnosis.finding.Ending;
import dev.rebind.diagnosis.finding.Refusal;
import dev.rebind.diagnosis.finding.Sharing;
import dev.rebind.diagnosis.seen.Attempt;
import dev.rebind.diagnosis.seen.Observation;
import dev.rebind.diagnosis.seen.Place;
import dev.rebind.diagnosis.story.Stories;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.bind.BindRule;
import dev.rebind.sockets.bind.Candidate;
import dev.rebind.sockets.bind.Flag;
import dev.rebind.sockets.diag.UdpSockets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** From what was seen to the diagnosis. Pure. */
public final class Decision {
    private static final Ending CHANGING = new Ending.NotTold("sockets come and go on the port");

    private final Observation seen;
    private final List<Place> places;
    private final long uid;

    private Decision(Observation seen) {
        this.seen = seen;
        this.places = seen.question().places(seen.locals().six());
        this.uid = seen.asker().uid();
    }

    public static Diagnosis of(Observation seen) {
        return new Decision(seen).decide();
    }

    /**
     * Who listens on the port beside a server that has bound it.
     *
     * @param seen of after the bind
     * @param own inodes of the server's own listeners
     */
    public static List<Sharing> beside(Observation seen, Set<Long> own) {
        return SharedListeners.beside(seen, SocketGroup.of(seen), own);
    }

    private Diagnosis decide() {
        List<SocketGroup> groups = ExistingSockets.learn(
                ExistingSockets.vouched(SocketGroup.of(seen), seen.settings().mapped()),
                seen.changing() ? List.of() : seen.attempts(),
                seen.question().reusePort(),
                uid,
                seen.settings().mapped());
        List<Attempt> attempts = PlaceAttempts.of(seen, groups);
        Optional<Refusal> refusal = refusal(attempts);
        var blocking = new ArrayList<Blocker>();
        var beside = new ArrayList<Blocker>();
        for (SocketGroup group : groups) {
            Blocker blocker = blocker(group);
            boolean inTheWay = blocker.certain() || meets(group, seen.question().reuseAddress()) == Flag.UNKNOWN;
            (inTheWay && !passesAll(attempts) ? blocking : beside).add(blocker);
        }
        // What stands in the way for sure decides; what perhaps does comes behind it.
        blocking.sort(Comparator.comparing(Blocker::certain)
                .thenComparing(blocker -> blocker.ending().rank())
                .reversed()
                .thenComparingInt(blocker -> Causes.ORDER.indexOf(blocker.cause())));
        boolean sure = !blocking.isEmpty() && blocking.getFirst().certain();
        Ending release = last(blocking, blocker -> blocker.certain() || !sure);
        Ending withReuse = last(blocking, blocker -> blocker.withReuse() != Flag.OFF);
        Optional<Cause> cause = cause(attempts, blocking, refusal);
        return new Diagnosis(
                seen.question(),
                seen.around() instanceof Reading.Snapshot snapshot ? snapshot.takenAt() : Instant.now(),
                verdict(attempts, blocking, release, refusal),
                cause,
                refusal,
                attempts,
                blocking,
                beside,
                release,
                withReuse,
                seen.changing() ? List.of() : new Remedies(seen, groups, attempts, blocking, refusal).all(),
                SharedListeners.of(seen, groups, attempts),
                datagrams(),
                seen.nat(),
                (int) seen.settings().timeWait().toSeconds(),
                Limits.of(seen, attempts, blocking));
    }

    private Blocker blocker(SocketGroup group) {
        var endings = new Endings(seen);
        return new Blocker(
                group.sockets(),
                group.standing(),
                Causes.of(group),
                group.origin(),
                group.holder(),
                group.server(),
                endings.ofAll(group.sockets()),
                meets(group, seen.question().reuseAddress()) == Flag.ON,
                meets(group, true),
                device(group.standing().socket()));
    }

    /** As its own option has it, or as the namespace names the index that the kernel shows. */
    private Optional<String> device(TcpSocket socket) {
        return seen.options(socket)
                .flatMap(options -> Optional.ofNullable(options.boundDevice()))
                .or(() -> Optional.ofNullable(seen.locals().devices().get(socket.device())));
    }

    /** Whether the group stands in the way of a socket for any of the places. */
    private Flag meets(SocketGroup group, boolean reuse) {
        Flag most = Flag.OFF;
        for (Place place : places) {
            Candidate candidate = place.candidate(reuse, seen.question().reusePort(), uid);
            Flag flag = BindRule.conflicts(
                    candidate, group.standing(), seen.settings().mapped());
            most = flag == Flag.ON || most == Flag.ON ? Flag.ON : flag == Flag.UNKNOWN ? flag : most;
        }
        return most;
    }

    /** Whether the server that is asked about passes at every place, with the options that it has. */
    private boolean passesAll(List<Attempt> attempts) {
        return attempts.stream()
                .filter(attempt -> attempt.reuseAddress() == seen.question().reuseAddress())
                .allMatch(Attempt::binds);
    }

    private Optional<Refusal> refusal(List<Attempt> attempts) {
        return attempts.stream()
                .filter(attempt -> attempt.errno().isPresent())
                .flatMap(attempt -> Refusals.of(
                        seen, attempt.errno().getAsInt(), attempt.place().address())
                        .stream())
                .findFirst();
    }

    private Ending last(List<Blocker> blocking, Predicate<Blocker> which) {
        return seen.changing()
                ? CHANGING
                : Ending.last(
                        blocking.stream().filter(which).map(Blocker::ending).toList());
    }

    private Optional<Cause> cause(List<Attempt> attempts, List<Blocker> blocking, Optional<Refusal> refusal) {
        if (refusal.isPresent()) {
            return Optional.of(Causes.of(refusal.get()));
        }
        if (!blocking.isEmpty() && !seen.changing()) {
            return Optional.of(blocking.getFirst().cause());
        }
        return passesAll(attempts) ? Optional.empty() : Optional.of(Cause.unknown);
    }

    private Verdict verdict(List<Attempt> attempts, List<Blocker> blocking, Ending release, Optional<Refusal> refusal) {
        if (passesAll(attempts)) {
            return Verdict.FREE;
        }
        if (refusal.isPresent()) {
            return refusal.get() instanceof Refusal.Tentative ? Verdict.NOT_KNOWN : Verdict.TAKEN;
        }
        boolean refused = attempts.stream().anyMatch(Attempt::inUse);
        if (!refused || blocking.isEmpty()) {
            return Verdict.NOT_KNOWN;
        }
        return switch (release) {
            case Ending.Free _, Ending.NotTold _ -> Verdict.NOT_KNOWN;
            case Ending.Timer _ -> Verdict.FREE_LATER;
            case Ending.GivesUp ends -> ends.sure() ? Verdict.FREE_LATER : Verdict.TAKEN;
            case Ending.UntilClosed _ -> Verdict.TAKEN;
        };
    }

    private List<Diagnosis.Datagrams> datagrams() {
        var stories = new Stories(seen);
        return switch (seen.udp()) {
            case UdpSockets.Answer.Bound bound ->
                bound.sockets().stream()
                        .map(socket -> new Diagnosis.Datagrams(socket, stories.of(socket.inode(), socket.uid(), false)))
                        .toList();
            case UdpSockets.Answer.Unreadable _ -> List.of();
        };
    }

    /** Whether any socket of the port waits for clients. */
    static boolean listens(TcpSocket socket) {
        return socket.state() == dev.rebind.sockets.TcpState.LISTEN;
    }
}
