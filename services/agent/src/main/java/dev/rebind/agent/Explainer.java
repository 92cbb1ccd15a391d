package dev.rebind.agent;

import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Explanation.Blocker;
import dev.rebind.agent.Explanation.Told;
import dev.rebind.diagnosis.Cause;
import dev.rebind.diagnosis.Diagnosis;
import dev.rebind.diagnosis.Question;
import dev.rebind.diagnosis.decide.Decision;
import dev.rebind.diagnosis.ending.Endings;
import dev.rebind.diagnosis.finding.Ending;
import dev.rebind.diagnosis.finding.Holder;
import dev.rebind.diagnosis.finding.Limit;
import dev.rebind.diagnosis.finding.Origin;
import dev.rebind.diagnosis.json.DiagnosisJson;
import dev.rebind.diagnosis.seen.Facts;
import dev.rebind.diagnosis.seen.Observation;
import dev.rebind.diagnosis.text.Clauses;
import dev.rebind.diagnosis.text.Screen;
import dev.rebind.diagnosis.text.Tense;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.owners.ProcessAnswer;
import dev.rebind.sockets.posix.Errno;
import dev.rebind.sockets.release.Release;
import dev.rebind.sockets.release.ReleasePredictor;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Says why a bind failed. Converts the diagnosis of the port into an explanation for the records. Names a cause only where it is proven,
 * and states what is not known. Pure.
 */
final class Explainer {
    private final ZoneId zone;

    /** @param zone the time zone for times of day in texts */
    Explainer(ZoneId zone) {
        this.zone = zone;
    }

    /** Returns what the server asked the kernel for. */
    static Question question(Start.Failed failed) {
        return GenerationSocket.question(failed.settings());
    }

    /** Returns the kernel's answer to the bind; empty where it is not known. */
    static OptionalInt errno(Start.Failed failed) {
        return Arrays.stream(Errno.values())
                .filter(errno -> errno.name().equals(failed.errno()))
                .mapToInt(Errno::number)
                .findFirst();
    }

    /** Whether the diagnosis of a port can explain this errno. */
    static boolean explains(Start.Failed failed) {
        return switch (failed.errno()) {
            case null -> false;
            case "EADDRINUSE", "EACCES", "EPERM", "EADDRNOTAVAIL" -> true;
            default -> false;
        };
    }

    /** @param seen an observation of the port right after the failure, with the failed bind as an attempt */
    Explanation explain(Start.Failed failed, Observation seen) {
        if (failed.errno() == null) {
            return unknown("The server did not say which errno it got: " + failed.message() + ".");
        }
        if (!explains(failed)) {
            return unknown("This is not about the port being in use: " + failed.message() + ".");
        }
        if (failed.addressInUse() && seen.around() instanceof Reading.Unreadable unreadable) {
            return unknown(
                    "The sockets on the port could not be read: " + unreadable.what() + ", " + unreadable.why() + ".");
        }
        return explain(Decision.of(seen), seen);
    }

    private Explanation explain(Diagnosis diagnosis, Observation seen) {
        var screen = new Screen(zone, Tense.KEPT);
        // Where the kernel refuses the bind for another reason, the sockets are not the cause.
        List<dev.rebind.diagnosis.finding.Blocker> kinds =
                diagnosis.refusal().isPresent() ? List.of() : diagnosis.blocking();
        var blockers = new ArrayList<Blocker>();
        kinds.forEach(kind -> blockers.addAll(blockers(kind, seen)));
        var doubts = new ArrayList<String>();
        boolean sure = !kinds.isEmpty() && kinds.getFirst().certain();
        if (kinds.isEmpty() && diagnosis.refusal().isEmpty()) {
            doubts.add(
                    seen.onPort().isEmpty()
                            ? "No socket was on the port when it was looked at right after the failure: what stood in the way is"
                                    + " gone, or is of a kind that is not shown."
                            : "The sockets on the port (" + StateCountText.text(seen.onPort())
                                    + ") do not stand in the way by the kernel's rule: what did is gone, or is of a kind that is"
                                    + " not shown.");
        } else {
            diagnosis.limits().stream()
                    .filter(limit -> matters(limit, kinds))
                    .forEach(limit -> doubts.add(screen.limit(limit)));
        }
        boolean confident = diagnosis.refusal().isPresent()
                || (sure
                        && kinds.getFirst().origin() != Origin.EITHER
                        && kinds.getFirst().origin() != Origin.PROBABLY_OUTGOING
                        && diagnosis.cause().orElse(Cause.unknown) != Cause.listener_unseen
                        && kinds.stream().noneMatch(kind -> outlasts(kind, kinds.getFirst())));
        return new Explanation(
                diagnosis.cause().orElse(Cause.unknown),
                blockers,
                release(diagnosis, seen),
                confident,
                doubts,
                Prevention.of(diagnosis, screen).orElse(null),
                told(diagnosis, kinds, screen));
    }

    /** Whether something that perhaps stands in the way would be the cause if it really did: it would then stay longest. */
    private static boolean outlasts(
            dev.rebind.diagnosis.finding.Blocker perhaps, dev.rebind.diagnosis.finding.Blocker decisive) {
        return !perhaps.certain()
                && perhaps.ending().rank().compareTo(decisive.ending().rank()) > 0;
    }

    /** Whether the limit concerns the explanation of a failed bind, and not only the state of the port. */
    private static boolean matters(Limit limit, List<dev.rebind.diagnosis.finding.Blocker> kinds) {
        return switch (limit) {
            case Limit.SocketsUnread _,
                    Limit.NothingSeen _,
                    Limit.Changing _,
                    Limit.CameAndWent _,
                    Limit.SomeLackReuse _,
                    Limit.ProcessesHidden _ -> true;
            case Limit.OptionsHidden _ ->
                !kinds.isEmpty() && kinds.getFirst().server().isEmpty();
            case Limit.NotAsked _, Limit.NatUnread _, Limit.NoBoundSockets _, Limit.TimeWaitAssumed _ -> false;
        };
    }

    private Told told(Diagnosis diagnosis, List<dev.rebind.diagnosis.finding.Blocker> kinds, Screen screen) {
        var inTheWay = new ArrayList<String>();
        var holders = new ArrayList<String>();
        diagnosis
                .refusal()
                .ifPresent(refusal -> inTheWay.add(
                        Clauses.refusal(refusal, diagnosis.question().port())));
        for (dev.rebind.diagnosis.finding.Blocker kind : kinds) {
            inTheWay.add((kind.certain() ? "" : "perhaps ") + Clauses.what(kind));
        }
        if (!kinds.isEmpty()) {
            var clauses = new Clauses(zone);
            dev.rebind.diagnosis.finding.Blocker first = kinds.getFirst();
            if (first.server().isEmpty()) {
                holders.addAll(clauses.holder(diagnosis, first));
            }
            if (first.ending() instanceof Ending.GivesUp) {
                holders.add(clauses.ending(diagnosis, first));
            }
        }
        boolean ours = !kinds.isEmpty() && kinds.getFirst().server().isPresent();
        return new Told(
                inTheWay,
                holders,
                diagnosis.remedies().stream()
                        .filter(remedy -> !ours || !Prevention.ofHolder(remedy))
                        .map(remedy -> new Explanation.Remedy(
                                DiagnosisJson.kind(remedy), remedy.now(), screen.remedy(diagnosis, remedy)))
                        .toList());
    }

    private static List<Blocker> blockers(dev.rebind.diagnosis.finding.Blocker kind, Observation seen) {
        var endings = new Endings(seen);
        List<Explanation.HolderProcess> processes = processes(kind.holder());
        Integer generation = kind.server().map(Facts.Server::generation).stream()
                .flatMapToInt(number -> number.stream())
                .boxed()
                .findFirst()
                .orElse(null);
        return kind.sockets().stream()
                .map((TcpSocket socket) ->
                        new Blocker(socket, kind.cause(), processes, generation, release(endings.of(socket), seen)))
                .toList();
    }

    private static List<Explanation.HolderProcess> processes(Holder holder) {
        return switch (holder) {
            case Holder.Processes processes ->
                processes.all().stream().map(Explainer::process).toList();
            case Holder.Unseen _, Holder.Queue _, Holder.Nobody _ -> List.of();
        };
    }

    private static Explanation.HolderProcess process(Holder.Found found) {
        return switch (found.process()) {
            case ProcessAnswer.Known(var story) -> {
                String command = String.join(" ", story.commandLine());
                yield new Explanation.HolderProcess(
                        found.pid(),
                        story.comm(),
                        command.isEmpty() ? null : command,
                        story.user().orElse(Long.toString(story.uid())),
                        story.startedAt());
            }
            case ProcessAnswer.Gone _, ProcessAnswer.Unreadable _ ->
                new Explanation.HolderProcess(found.pid(), "?", null, null, null);
        };
    }

    private static Release release(Diagnosis diagnosis, Observation seen) {
        if (diagnosis.refusal().isPresent()) {
            return new Release.Unbounded("no socket is the reason");
        }
        if (diagnosis.blocking().isEmpty()) {
            return new Release.Unbounded("the cause is not known");
        }
        boolean sure = diagnosis.blocking().getFirst().certain();
        var endings = new Endings(seen);
        return ReleasePredictor.last(diagnosis.blocking().stream()
                .filter(kind -> kind.certain() || !sure)
                .flatMap(kind -> kind.sockets().stream())
                .map(socket -> release(endings.of(socket), seen))
                .toList());
    }

    /** Converts durations after the look into moments of the monotonic clock. */
    private static Release release(Ending ending, Observation seen) {
        long taken = seen.around() instanceof Snapshot snapshot ? snapshot.takenNanos() : System.nanoTime();
        return switch (ending) {
            case Ending.Free _ -> new Release.Free();
            case Ending.Timer timer ->
                new Release.Window(
                        taken + timer.earliest().toNanos(),
                        taken + timer.latest().toNanos(),
                        timer.point()
                                .map(point -> OptionalLong.of(taken + point.toNanos()))
                                .orElse(OptionalLong.empty()),
                        timer.peerMayClose()
                                ? "should the other end still close, TIME_WAIT follows for "
                                        + seen.settings().timeWait().toSeconds() + " s from then"
                                : "");
            case Ending.GivesUp ends ->
                ends.sure()
                        ? new Release.Window(
                                taken,
                                taken + ends.latest().toNanos(),
                                OptionalLong.empty(),
                                switch (ends.means()) {
                                    case RETRANSMISSION, KEEPALIVE -> "unless the other end answers";
                                    case WINDOW_PROBES, USER_TIMEOUT -> "unless the other end takes what was sent";
                                })
                        : new Release.Unbounded(
                                "where the other end is gone, the kernel ends the connection; where it answers, the"
                                        + " connection stays until one end closes it");
            case Ending.UntilClosed(Ending.Reason reason) -> new Release.Held(Clauses.reason(reason));
            case Ending.NotTold(String why) -> new Release.Unbounded(why);
        };
    }

    private static Explanation unknown(String doubt) {
        return Explanation.unknown(new Release.Unbounded("the cause is not known"), doubt);
    }
}
