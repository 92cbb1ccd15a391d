package dev.rebind.agent;

import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Explanation.Blocker;
import dev.rebind.agent.Suspects.Suspect;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.bind.BindRule;
import dev.rebind.sockets.bind.Candidate;
import dev.rebind.sockets.bind.Flag;
import dev.rebind.sockets.bind.Standing;
import dev.rebind.sockets.release.Release;
import dev.rebind.sockets.release.ReleasePredictor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Says why a bind failed, from what was seen on the port right after it and what the ledger remembers. Decides by the
 * kernel's own rule which sockets stood in the way; names a cause only where that is proven, and says what is not.
 */
final class Explainer {
    /**
     * Causes by how long they hold a port: first what only somebody else can end, last what ends by itself soonest. The
     * cause of a failure is that of the socket which holds the port longest.
     */
    private static final List<Cause> LONGEST_FIRST = List.of(
            Cause.listener_old,
            Cause.listener_other,
            Cause.self_connect,
            Cause.outgoing,
            Cause.established,
            Cause.close_wait,
            Cause.closing,
            Cause.fin_wait2,
            Cause.time_wait,
            Cause.unknown);

    private final ReleasePredictor predictor;
    private final IntPredicate ephemeral;

    /** @param ephemeral whether the kernel may give a port to outgoing connections */
    Explainer(ReleasePredictor predictor, IntPredicate ephemeral) {
        this.predictor = predictor;
        this.ephemeral = ephemeral;
    }

    /** @param candidate the socket whose bind failed */
    Explanation explain(Start.Failed failed, Candidate candidate, PortView view, List<Suspect> suspects) {
        if (!failed.addressInUse()) {
            return unknown(List.of(NotInUse.why(failed)));
        }
        return switch (view.local()) {
            case Reading.Unreadable unreadable ->
                unknown(List.of("The sockets on the port could not be read: " + unreadable.what() + ", "
                        + unreadable.why() + "."));
            case Snapshot snapshot -> explain(candidate, snapshot, suspects);
        };
    }

    private Explanation explain(Candidate candidate, Snapshot snapshot, List<Suspect> suspects) {
        BindRule.Answer answer =
                BindRule.ask(candidate, suspects.stream().map(Suspect::standing).toList());
        boolean certain = !answer.conflicting().isEmpty();
        List<Standing> inTheWay = certain ? answer.conflicting() : answer.doubtful();
        var doubts = new ArrayList<String>();
        if (inTheWay.isEmpty()) {
            doubts.add(
                    suspects.isEmpty()
                            ? "No socket was on the port when it was looked at right after the failure: what stood in the way is"
                                    + " gone, or is of a kind that is not shown."
                            : "The sockets on the port (" + States.text(snapshot.sockets())
                                    + ") do not stand in the way by the kernel's rule: what did is gone, or is of a kind that is not"
                                    + " shown.");
            return unknown(doubts);
        }
        if (!certain && inTheWay.size() > 1) {
            doubts.add("At least one of these " + inTheWay.size()
                    + " sockets ran without SO_REUSEADDR; which one, the kernel" + " does not show.");
        }
        if (certain && !answer.doubtful().isEmpty()) {
            doubts.add("Other sockets on the port may stand in the way as well ("
                    + States.text(
                            answer.doubtful().stream().map(Standing::socket).toList())
                    + "): whether they have SO_REUSEADDR is not known.");
        }
        Map<Standing, Suspect> by =
                suspects.stream().collect(Collectors.toMap(Suspect::standing, suspect -> suspect, (a, _) -> a));
        var blockers = new ArrayList<Blocker>();
        for (Standing standing : inTheWay) {
            Suspect suspect = Optional.ofNullable(by.get(standing)).orElseThrow();
            blockers.add(new Blocker(
                    standing.socket(),
                    suspect.cause(),
                    suspect.owner(),
                    suspect.generation(),
                    predictor.of(standing.socket(), snapshot)));
            if (suspect.doubt() != null && !doubts.contains(suspect.doubt())) {
                doubts.add(suspect.doubt());
            }
        }
        blockers.sort(Comparator.comparingInt(blocker -> LONGEST_FIRST.indexOf(blocker.cause())));
        Cause cause = blockers.getFirst().cause();
        Release release =
                ReleasePredictor.last(blockers.stream().map(Blocker::release).toList());
        return new Explanation(
                cause, blockers, release, doubts.isEmpty(), doubts, prevention(candidate, inTheWay, blockers));
    }

    private @Nullable String prevention(Candidate candidate, List<Standing> inTheWay, List<Blocker> blockers) {
        boolean givenByTheKernel =
                ephemeral.test(blockers.getFirst().socket().local().port());
        return Prevention.of(candidate, inTheWay, blockers, givenByTheKernel);
    }

    private static Explanation unknown(List<String> doubts) {
        return new Explanation(
                Cause.unknown, List.of(), new Release.Unbounded("the cause is not known"), false, doubts, null);
    }

    /** What would have let it bind, as far as the rule proves it. */
    private static final class Prevention {
        private Prevention() {}

        static @Nullable String of(
                Candidate candidate, List<Standing> inTheWay, List<Blocker> blockers, boolean givenByTheKernel) {
            Cause cause = blockers.getFirst().cause();
            return switch (cause) {
                case listener_old, listener_other ->
                    "Nothing on the new server's side would have let it bind: two"
                            + " listeners share a port only with SO_REUSEPORT on both, as the same user.";
                case self_connect, outgoing ->
                    givenByTheKernel
                            ? "Keep the port out of net.ipv4.ip_local_port_range, or list it in"
                                    + " net.ipv4.ip_local_reserved_ports, so that no outgoing connection is given it."
                            : "The kernel gives this port to no outgoing connection, so that program bound it itself"
                                    + " before it connected: have it bind another port or none, or give the server another.";
                case established, close_wait, closing, fin_wait2, time_wait -> reuse(candidate, inTheWay, blockers);
                case unknown -> null;
            };
        }

        private static @Nullable String reuse(Candidate candidate, List<Standing> inTheWay, List<Blocker> blockers) {
            boolean newAlone = !candidate.reuseAddress()
                    && BindRule.ask(candidate.withReuseAddress(true), inTheWay).passes() == Flag.ON;
            if (newAlone) {
                return "It would have bound at once had it set SO_REUSEADDR, as the sockets that are left have it.";
            }
            List<Standing> both = inTheWay.stream()
                    .map(standing -> standing.withReuseAddress(true))
                    .toList();
            if (BindRule.ask(candidate.withReuseAddress(true), both).passes() != Flag.ON) {
                return null;
            }
            boolean known = inTheWay.stream().allMatch(standing -> standing.reuseAddress() == Flag.OFF);
            if (candidate.reuseAddress() && known) {
                Integer generation = blockers.getFirst().generation();
                return "It would have bound at once had "
                        + (generation == null ? "the old server" : "generation " + generation)
                        + " set SO_REUSEADDR too: turning the option on helps from the second restart on only.";
            }
            return "It would have bound at once had both generations set SO_REUSEADDR.";
        }
    }

    /** Errnos that are not about the port being in use. */
    private static final class NotInUse {
        private NotInUse() {}

        static String why(Start.Failed failed) {
            String errno = failed.errno();
            if (errno == null) {
                return "The server did not say which errno it got: " + failed.message() + ".";
            }
            return switch (errno) {
                case "EACCES" ->
                    "The process may not bind this port: ports below net.ipv4.ip_unprivileged_port_start need"
                            + " CAP_NET_BIND_SERVICE.";
                case "EADDRNOTAVAIL" ->
                    "The address " + failed.settings().place().address() + " is none of this machine's, or not yet.";
                default -> "This is not about the port being in use: " + failed.message() + ".";
            };
        }
    }
}
