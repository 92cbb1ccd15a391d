package dev.rebind.diagnosis.decide;

import dev.rebind.diagnosis.finding.Blocker;
import dev.rebind.diagnosis.finding.Holder;
import dev.rebind.diagnosis.finding.Limit;
import dev.rebind.diagnosis.seen.Attempt;
import dev.rebind.diagnosis.seen.Nat;
import dev.rebind.diagnosis.seen.Observation;
import dev.rebind.diagnosis.seen.SeenHolder;
import dev.rebind.diagnosis.seen.SeenHolders;
import dev.rebind.diagnosis.story.Stories;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.bind.Flag;
import dev.rebind.sockets.diag.InetDiagReader;
import dev.rebind.sockets.options.OptionsAnswer;
import dev.rebind.sockets.posix.Errno;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What could not be seen and matters to the answer. Pure. */
final class Limits {
    private Limits() {}

    static List<Limit> of(Observation seen, List<Attempt> attempts, List<Blocker> blocking) {
        var limits = new ArrayList<Limit>();
        if (seen.changing()) {
            limits.add(new Limit.Changing());
            if (!seen.answers().meanwhile().isEmpty()) {
                limits.add(new Limit.CameAndWent(seen.answers().meanwhile()));
            }
        }
        boolean inUse = attempts.stream().anyMatch(Attempt::inUse);
        switch (seen.around()) {
            case Reading.Unreadable unreadable ->
                limits.add(new Limit.SocketsUnread(unreadable.what() + ": " + unreadable.why()));
            case Reading.Snapshot snapshot -> {
                if (inUse && blocking.isEmpty()) {
                    limits.add(new Limit.NothingSeen());
                }
                if (!snapshot.source().equals(InetDiagReader.SOURCE)) {
                    limits.add(new Limit.NoBoundSockets());
                }
            }
        }
        if (seen.attempts().stream().noneMatch(attempt -> !(attempt.result() instanceof Attempt.Result.NotKnown))) {
            limits.add(new Limit.NotAsked(seen.attempts().isEmpty()));
        }
        processes(seen, blocking, limits);
        long lacking = blocking.stream()
                .filter(blocker ->
                        blocker.standing().reuseAddress() == Flag.UNKNOWN && blocker.withReuse() == Flag.UNKNOWN)
                .mapToLong(blocker -> blocker.sockets().size())
                .sum();
        // Only a bind with SO_REUSEADDR that the kernel refuses shows that one of them came from a socket without it.
        boolean refusedWith = attempts.stream().anyMatch(attempt -> attempt.reuseAddress() && attempt.inUse());
        if (refusedWith && lacking > 1 && blocking.stream().noneMatch(blocker -> blocker.withReuse() == Flag.ON)) {
            limits.add(new Limit.SomeLackReuse((int) lacking));
        }
        if (seen.settings().timeWaitAssumed() && !blocking.isEmpty()) {
            limits.add(new Limit.TimeWaitAssumed());
        }
        // Where nobody can bind, it does not matter who would reach the server.
        if (attempts.stream().anyMatch(Attempt::binds)) {
            switch (seen.nat()) {
                case Nat.Unread(String why) -> limits.add(new Limit.NatUnread(why, false));
                case Nat.Read read -> read.unread().forEach(why -> limits.add(new Limit.NatUnread(why, true)));
                case Nat.NotAsked _ -> {}
            }
        }
        return limits;
    }

    private static void processes(Observation seen, List<Blocker> blocking, List<Limit> limits) {
        boolean unseen = blocking.stream().anyMatch(blocker -> switch (blocker.holder()) {
            case Holder.Unseen(long _, Optional<String> _, Holder.Why why) -> why != Holder.Why.CLOSED_MEANWHILE;
            case Holder.Processes processes -> !processes.allSeen();
            case Holder.Queue _, Holder.Nobody _ -> false;
        });
        if (seen.holdings() instanceof SeenHolders.Seen all && (all.hidden() > 0 || all.othersHidden()) && unseen) {
            limits.add(new Limit.ProcessesHidden(all.hidden(), Stories.why(seen)));
        }
        blocking.stream()
                .flatMap(blocker -> seen.holdings().of(blocker.first().inode()).stream())
                .filter(holding -> !(holding.options() instanceof OptionsAnswer.Known))
                .map(holding -> new Limit.OptionsHidden(
                        holding.pid(), why(holding), holding.options() instanceof OptionsAnswer.Denied))
                .distinct()
                .limit(3)
                .forEach(limits::add);
    }

    /** Why the options of a socket that somebody has could not be read; a clause without a full stop. */
    static String why(SeenHolder holding) {
        return switch (holding.options()) {
            case OptionsAnswer.Known _ -> "";
            case OptionsAnswer.Denied(int errno, String what) -> what + " is refused with " + Errno.name(errno);
            case OptionsAnswer.Gone _ -> "it was closed meanwhile";
            case OptionsAnswer.Unsupported(String why) -> why;
        };
    }
}
