package dev.rebind.diagnosis.decide;

import dev.rebind.diagnosis.Cause;
import dev.rebind.diagnosis.finding.Blocker;
import dev.rebind.diagnosis.finding.Ending;
import dev.rebind.diagnosis.finding.Holder;
import dev.rebind.diagnosis.finding.Refusal;
import dev.rebind.diagnosis.finding.Remedy;
import dev.rebind.diagnosis.finding.Story;
import dev.rebind.diagnosis.seen.Attempt;
import dev.rebind.diagnosis.seen.Observation;
import dev.rebind.diagnosis.seen.Place;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.bind.BindRule;
import dev.rebind.sockets.bind.Candidate;
import dev.rebind.sockets.bind.ExistingSocket;
import dev.rebind.sockets.bind.Flag;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What would let the server bind, each asked of the rule before it is said. Pure. */
final class Remedies {
    private final Observation seen;
    private final List<ExistingSocket> standings;
    private final List<Attempt> attempts;
    private final List<Blocker> blocking;
    private final Optional<Refusal> refusal;
    private final List<Place> places;
    private final long uid;
    private final Set<Remedy> found = new LinkedHashSet<>();

    Remedies(
            Observation seen,
            List<SocketGroup> groups,
            List<Attempt> attempts,
            List<Blocker> blocking,
            Optional<Refusal> refusal) {
        this.seen = seen;
        this.standings = SocketGroup.standings(groups);
        this.attempts = attempts;
        this.blocking = blocking;
        this.refusal = refusal;
        this.places = seen.question().places(seen.locals().six());
        this.uid = seen.asker().uid();
    }

    /** In the order of their aims. */
    List<Remedy> all() {
        refusal.ifPresent(this::beyondSockets);
        if (!blocking.isEmpty()) {
            holders();
            reuseAddress();
            reusePort();
            if (refusal.isEmpty()) {
                found.addAll(new OtherPlaces(seen, attempts, blocking, this::free).all());
            }
            waiting();
            byCause();
        }
        return found.stream().sorted(Comparator.comparing(Remedy::aim)).toList();
    }

    private void beyondSockets(Refusal why) {
        switch (why) {
            case Refusal.Privileged(int start, boolean counts) -> found.add(new Remedy.GrantCapability(start, counts));
            case Refusal.Security _ -> found.add(new Remedy.AskSecurity());
            case Refusal.NotLocal away -> {
                found.add(local(away.usable()));
                nonlocal(away.address());
            }
            case Refusal.Down(InetAddress _, String device) -> {
                found.add(new Remedy.DeviceUp(device));
                found.add(local(seen.locals().usable()));
            }
            case Refusal.Tentative _, Refusal.Duplicate _, Refusal.NoCarrier _, Refusal.Disabled _ ->
                found.add(local(seen.locals().usable()));
            case Refusal.NoZone _, Refusal.Other _ -> {}
        }
    }

    /** An address that comes later: a loopback address never does, and where the setting is on, the kernel refuses it for another reason. */
    private void nonlocal(InetAddress address) {
        if (!address.isLoopbackAddress() && !seen.settings().bindsNonlocal(address)) {
            found.add(new Remedy.NonlocalBind(Family.of(address)));
        }
    }

    /** The addresses that are this machine's and free. */
    private Remedy local(List<InetAddress> usable) {
        return new Remedy.UseLocalAddress(
                usable.stream()
                        .filter(address -> free(Place.of(address).candidate(false, false, uid)))
                        .toList(),
                free(Place.IPV4.candidate(false, false, uid)));
    }

    /** The holders that only somebody can end: a socket that goes by its timer has none. */
    private void holders() {
        for (Blocker blocker : blocking) {
            switch (blocker.holder()) {
                case Holder.Processes processes -> {
                    if (processes.allSeen()) {
                        found.addAll(HolderEnd.of(blocker, processes));
                    } else {
                        // The end of those that were seen may free nothing: their parent may start others.
                        long opener = blocker.first().uid();
                        find(opener, Optional.ofNullable(seen.users().get(opener)));
                    }
                }
                case Holder.Unseen(long holder, Optional<String> user, Holder.Why why) -> {
                    // Where the rights are there and every process was asked, root sees no more of them.
                    if (why != Holder.Why.NOT_HERE
                            && why != Holder.Why.SOME_HIDDEN
                            && why != Holder.Why.NOT_SOUGHT
                            && why != Holder.Why.CLOSED_MEANWHILE) {
                        find(holder, user);
                    }
                }
                case Holder.Queue _, Holder.Nobody _ -> {}
            }
        }
    }

    /** Of several unseen holders root sees each, and is named once. */
    private void find(long holder, Optional<String> user) {
        var find = new Remedy.FindAsRoot(holder, user, seer(holder));
        List<Remedy> before = found.stream()
                .filter(remedy -> remedy instanceof Remedy.FindAsRoot && !remedy.equals(find))
                .toList();
        if (before.isEmpty()) {
            found.add(find);
        } else if (find.seer() == Remedy.Seer.ROOT_OR_USER) {
            found.removeAll(before);
            found.add(new Remedy.FindAsRoot(holder, user, Remedy.Seer.ROOT));
        }
    }

    /** A user does not see a process of root's that had its socket before, nor one of its own that may not be looked into. */
    private Remedy.Seer seer(long holder) {
        if (holder < 0) {
            return Remedy.Seer.ROOT_OUTSIDE;
        }
        if (uid == 0) {
            return Remedy.Seer.CAPABILITY;
        }
        return holder == 0 || holder == uid ? Remedy.Seer.ROOT : Remedy.Seer.ROOT_OR_USER;
    }

    private void reuseAddress() {
        if (!seen.question().reuseAddress() && passesWith(true)) {
            found.add(new Remedy.ReuseAddressHere());
            return;
        }
        List<ExistingSocket> both =
                standings.stream().map(one -> one.withReuseAddress(true)).toList();
        if (!ofServer() || !places.stream().allMatch(place -> free(place.candidate(true, false, uid), both))) {
            return;
        }
        // A bind with the option that the kernel has refused proves that something lacks it.
        boolean without =
                blocking.stream().anyMatch(blocker -> blocker.standing().reuseAddress() == Flag.OFF)
                        || attempts.stream().anyMatch(attempt -> attempt.reuseAddress() && attempt.inUse());
        boolean live = blocking.stream().anyMatch(blocker -> blocker.first().inode() != 0);
        found.add(new Remedy.ReuseAddressBoth(without, live));
    }

    /** A leftover of a connection that goes out is of no server, and neither is what may be one. */
    private boolean ofServer() {
        return blocking.stream().allMatch(blocker -> blocker.origin().accepted());
    }

    /** Whether a bind with SO_REUSEADDR passes at every place, by the kernel's own word where it was asked. */
    private boolean passesWith(boolean reuse) {
        return attempts.stream()
                .filter(attempt -> attempt.reuseAddress() == reuse)
                .allMatch(Attempt::binds);
    }

    private void reusePort() {
        List<Blocker> listeners = blocking.stream()
                .filter(blocker -> blocker.first().state() == TcpState.LISTEN)
                .toList();
        if (listeners.isEmpty() || refusal.isPresent()) {
            return;
        }
        Flag ruled = all(place -> place.candidate(false, true, uid));
        Flag alone = sharing().orElse(ruled);
        Flag both = all(place -> place.candidate(true, true, uid));
        // Where the kernel refuses what the rule lets pass, the rule does not know everything here.
        boolean rules = alone == ruled || ruled == Flag.UNKNOWN;
        if ((alone == Flag.ON || (both == Flag.ON && rules)) && !seen.question().reusePort()) {
            found.add(new Remedy.ReusePortHere(uid, alone != Flag.ON));
            return;
        }
        long other = listeners.getFirst().first().uid();
        boolean readable = listeners.stream().allMatch(one -> one.standing().reusePort() != Flag.UNKNOWN);
        boolean foreign = listeners.stream().anyMatch(one -> one.first().uid() != uid);
        if (other != uid && readable && all(place -> place.candidate(false, true, other)) == Flag.ON) {
            found.add(new Remedy.ReusePortAsUser(
                    other, Optional.ofNullable(seen.users().get(other))));
        } else if (!readable
                && both == Flag.UNKNOWN
                && (foreign || sharing().isEmpty())
                && !seen.question().reusePort()) {
            found.add(new Remedy.ReusePortPerhaps());
        }
    }

    /** What the kernel says of binds with SO_REUSEPORT alone; empty where it was not asked. */
    private Optional<Flag> sharing() {
        boolean asked = !seen.sharing().isEmpty()
                && seen.sharing().stream().noneMatch(one -> one.result() instanceof Attempt.Result.NotKnown);
        return asked ? Optional.of(Flag.of(seen.sharing().stream().allMatch(Attempt::binds))) : Optional.empty();
    }

    private Flag all(java.util.function.Function<Place, Candidate> candidate) {
        Flag least = Flag.ON;
        for (Place place : places) {
            Flag flag = BindRule.ask(
                            candidate.apply(place), standings, seen.settings().mapped())
                    .passes();
            least = flag == Flag.OFF || least == Flag.OFF ? Flag.OFF : flag == Flag.UNKNOWN ? flag : least;
        }
        return least;
    }

    private boolean free(Candidate candidate) {
        return free(candidate, standings);
    }

    private boolean free(Candidate candidate, List<ExistingSocket> standings) {
        return BindRule.ask(candidate, standings, seen.settings().mapped()).passes() == Flag.ON;
    }

    private void waiting() {
        Ending last = Ending.last(blocking.stream().map(Blocker::ending).toList());
        switch (last) {
            case Ending.Timer timer -> found.add(new Remedy.Wait(timer.point().orElse(timer.latest())));
            case Ending.GivesUp ends -> {
                if (ends.sure()) {
                    found.add(new Remedy.Wait(ends.latest()));
                }
            }
            case Ending.Free _, Ending.UntilClosed _, Ending.NotTold _ -> {}
        }
    }

    private void byCause() {
        boolean range = seen.settings().gives(seen.question().port());
        for (Blocker blocker : blocking) {
            if (blocker.origin().goesOut() || blocker.cause() == Cause.self_connect) {
                found.add(range ? new Remedy.ReservePort() : new Remedy.NotFromRange());
            }
            if (blocker.first().state() == TcpState.LISTEN
                    && blocker.standing().reuseAddress() == Flag.OFF
                    // With SO_REUSEPORT in both, a restart by the same user binds over what its connections leave.
                    && blocker.standing().reusePort() != Flag.ON) {
                found.add(new Remedy.ReuseAddressOfHolder());
            }
            if (blocker.isLeftOpen()) {
                found.add(new Remedy.CloseConnections());
            }
            if (blocker.holder() instanceof Holder.Processes processes
                    && blocker.first().state() == TcpState.LISTEN
                    && processes.all().stream().anyMatch(Remedies::inheritedByExec)) {
                found.add(new Remedy.CloseOnExec());
            }
            if (blocker.cause() == Cause.listener_other
                    || blocker.cause() == Cause.listener_unseen
                    || blocker.cause() == Cause.socket_activation) {
                found.add(new Remedy.AnotherPort());
            }
        }
    }

    private static boolean inheritedByExec(Holder.Found process) {
        return process.story(Story.Orphan.class)
                .filter(orphan -> orphan.inherited() != Story.Inherited.NOT_TOLD)
                .flatMap(Story.Orphan::byFork)
                .map(byFork -> !byFork)
                .orElse(false);
    }
}
