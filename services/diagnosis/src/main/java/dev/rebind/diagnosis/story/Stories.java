package dev.rebind.diagnosis.story;

import dev.rebind.diagnosis.finding.Holder;
import dev.rebind.diagnosis.finding.Story;
import dev.rebind.diagnosis.seen.Observation;
import dev.rebind.diagnosis.seen.SeenHolder;
import dev.rebind.diagnosis.seen.SeenHolders;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.owners.ListenEnvironment;
import dev.rebind.sockets.owners.ProcessAnswer;
import dev.rebind.sockets.owners.ProcessStory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Who has a socket, and what there is to tell of each process. Pure. */
public final class Stories {
    private static final int SIGTERM = 15;
    /** Programs that are process 1 of a machine or a container and only reap orphans, or start what they are told by name. */
    private static final Set<String> INITS =
            Set.of("init", "busybox", "launchd", "tini", "docker-init", "dumb-init", "catatonit", "pause");

    private final Observation seen;
    private final Map<Long, Holder> known = new HashMap<>();

    public Stories(Observation seen) {
        this.seen = seen;
    }

    /** @param socket one of the port's */
    public Holder holder(TcpSocket socket) {
        if (socket.inode() == 0) {
            return switch (socket.state()) {
                case ESTABLISHED, SYN_RECEIVED, NEW_SYN_RECV, CLOSE_WAIT -> new Holder.Queue();
                case FIN_WAIT_1, FIN_WAIT_2, TIME_WAIT, LAST_ACK, CLOSING, CLOSED, LISTEN, SYN_SENT ->
                    new Holder.Nobody();
            };
        }
        return known.computeIfAbsent(
                socket.inode(), inode -> of(inode, socket.uid(), socket.state() == TcpState.LISTEN));
    }

    /** @param listens whether the socket is a listener, of which there is more to tell */
    public Holder of(long inode, long uid, boolean listens) {
        List<SeenHolder> holdings = seen.holdings().of(inode);
        if (holdings.isEmpty()) {
            Holder.Why why = seen.holdings().isClosed(inode) ? Holder.Why.CLOSED_MEANWHILE : why(uid);
            return new Holder.Unseen(uid, Optional.ofNullable(seen.users().get(uid)), why);
        }
        // A master that leaves the accepting to its workers is not idle.
        boolean idle =
                listens && holdings.stream().allMatch(holding -> holding.attention() == SeenHolder.Attention.ELSEWHERE);
        var among = new Among(
                holdings,
                holdings.stream().map(SeenHolder::pid).collect(Collectors.toSet()),
                Units.serving(holdings),
                idle);
        Optional<Story> another = openedByAnother(holdings, uid);
        return new Holder.Processes(holdings.stream()
                .map(holding -> {
                    List<Story> stories = new ArrayList<>(stories(holding, among));
                    another.ifPresent(stories::add);
                    return new Holder.Found(holding.pid(), holding.process(), stories);
                })
                .toList());
    }

    /**
     * All that have the socket.
     *
     * @param serving the pids of those with which a unit serves
     * @param idle whether none of them waits for clients
     */
    private record Among(List<SeenHolder> holdings, Set<Integer> pids, Set<Integer> serving, boolean idle) {}

    /** Workers run as another user than their master, which opened the socket, has it too and starts them anew. */
    private Optional<Story> openedByAnother(List<SeenHolder> holdings, long uid) {
        boolean foreign = holdings.stream()
                .allMatch(holding ->
                        holding.process() instanceof ProcessAnswer.Known(ProcessStory process) && process.uid() != uid);
        return foreign && othersHidden()
                ? Optional.of(new Story.OpenedByAnother(
                        uid, Optional.ofNullable(seen.users().get(uid))))
                : Optional.empty();
    }

    private boolean othersHidden() {
        return switch (why(seen)) {
            case OTHER_USERS, NO_CAPABILITY -> true;
            case OWN_HIDDEN, SOME_HIDDEN, NOT_HERE, NO_LIST, NOT_SOUGHT, CLOSED_MEANWHILE -> false;
        };
    }

    /** The kernel shuts a process that has changed its user off from that user, too (proc(5), PR_SET_DUMPABLE of prctl(2)). */
    private Holder.Why why(long uid) {
        Holder.Why why = why(seen);
        return why == Holder.Why.OTHER_USERS && uid == seen.asker().uid() ? Holder.Why.OWN_HIDDEN : why;
    }

    /** Which right is missing to see more. */
    public static Holder.Why why(Observation seen) {
        return switch (seen.holdings()) {
            case SeenHolders.Unreadable _ -> Holder.Why.NO_LIST;
            case SeenHolders.NotSought _ -> Holder.Why.NOT_SOUGHT;
            case SeenHolders.Seen all -> {
                if (all.hidden() == 0 && !all.othersHidden()) {
                    yield Holder.Why.NOT_HERE;
                }
                if (seen.asker().mayTrace().orElse(false)) {
                    yield Holder.Why.SOME_HIDDEN;
                }
                yield seen.asker().uid() == 0 ? Holder.Why.NO_CAPABILITY : Holder.Why.OTHER_USERS;
            }
        };
    }

    private List<Story> stories(SeenHolder holding, Among among) {
        if (!(holding.process() instanceof ProcessAnswer.Known(ProcessStory process))) {
            return List.of();
        }
        var stories = new ArrayList<Story>();
        seen.asker().server().ifPresent(asker -> relation(asker, process).ifPresent(stories::add));
        if (process.mainThreadEnded()) {
            stories.add(new Story.MainThreadEnded());
        } else if (holding.owner().viaThread().isPresent()) {
            stories.add(new Story.ThreadsOwn(holding.owner().viaThread().getAsInt()));
        }
        if (holding.owner().inRing()) {
            stories.add(new Story.InRing());
        }
        Optional<Story> activator = Activators.of(process, seen.units());
        activator.ifPresent(stories::add);
        if (process.listenEnvironment() instanceof ListenEnvironment.Passed passed
                && passed.pid() == process.innerPid()
                && holding.owner().fd() >= 3
                && holding.owner().fd() < 3 + passed.descriptors()) {
            stories.add(new Story.Activated());
        }
        Optional<Story> orphan = orphan(holding, process, inherited(holding, among));
        if (among.pids().contains(process.parent())) {
            stories.add(new Story.WorkerOf(process.parent()));
        } else {
            orphan.ifPresent(stories::add);
        }
        if (among.idle() && activator.isEmpty()) {
            stories.add(new Story.DoesNotAccept());
        }
        shield(process).ifPresent(why -> stories.add(new Story.OutlivesSigterm(why)));
        Optional<Story> proxy = Activators.proxy(process);
        proxy.ifPresent(stories::add);
        Optional<Story> group = process.cgroup()
                .flatMap(cgroup -> Cgroups.story(cgroup, among.serving().contains(process.pid())));
        group.ifPresent(stories::add);
        if (orphan.isEmpty() && activator.isEmpty() && proxy.isEmpty() && !isStoppedWhole(group)) {
            childOf(holding, process, among.pids()).ifPresent(stories::add);
        }
        return stories;
    }

    /** Whether what is to be stopped is the unit or the container, and not the process. */
    private static boolean isStoppedWhole(Optional<Story> group) {
        return group.filter(story ->
                        story instanceof Story.Container || (story instanceof Story.Unit unit && unit.serves()))
                .isPresent();
    }

    /** Whether a parent starts its child again one look does not tell. Those that become the parent of orphans may not have started it. */
    private static Optional<Story> childOf(SeenHolder holding, ProcessStory process, Set<Integer> pids) {
        if (pids.contains(process.parent())
                || !(holding.parent().orElse(new ProcessAnswer.Gone())
                        instanceof ProcessAnswer.Known(ProcessStory above))
                || Units.isSystemd(above)
                || (above.reaper()
                        && (process.session() == process.pid() || INITS.contains(Activators.program(above))))) {
            return Optional.empty();
        }
        return Optional.of(new Story.ChildOf(
                above.pid(), above.commandLine().isEmpty() ? above.comm() : String.join(" ", above.commandLine())));
    }

    private static Optional<Story.Shield> shield(ProcessStory process) {
        if (process.innerPid() == 1 && !process.catches(SIGTERM)) {
            return Optional.of(process.pid() == 1 ? Story.Shield.FIRST : Story.Shield.FIRST_BELOW);
        }
        if (process.frozen() && process.state() == 'D') {
            return Optional.of(Story.Shield.FROZEN_WHOLLY);
        }
        if (process.blocksSigterm()) {
            return Optional.of(Story.Shield.BLOCKED);
        }
        if (process.ignores(SIGTERM)) {
            return Optional.of(Story.Shield.IGNORED);
        }
        if (process.frozen() && process.catches(SIGTERM)) {
            return Optional.of(Story.Shield.FROZEN);
        }
        return switch (process.state()) {
            case 'T' -> Optional.of(Story.Shield.STOPPED);
            case 't' -> Optional.of(Story.Shield.TRACED);
            default -> Optional.empty();
        };
    }

    /**
     * A server that looks for clients between other things waits for nobody at the moment either. Its own listener is close-on-exec
     * as a rule; where it is not, the answer says "as it seems".
     */
    private Story.Inherited inherited(SeenHolder holding, Among among) {
        boolean parent = among.holdings().stream()
                .anyMatch(other -> other.process() instanceof ProcessAnswer.Known(ProcessStory story)
                        && story.parent() == holding.pid());
        if (among.pids().size() > 1 && !parent && !mayHaveOpened(holding, among.holdings())) {
            return Story.Inherited.SHARED;
        }
        if (!among.idle() || holding.closeOnExec().orElse(true)) {
            return Story.Inherited.NOT_TOLD;
        }
        boolean serves = seen.onPort().stream()
                .filter(socket -> socket.peer().isPresent())
                .anyMatch(socket ->
                        seen.holdings().of(socket.inode()).stream().anyMatch(other -> other.pid() == holding.pid()));
        return serves ? Story.Inherited.NOT_TOLD : Story.Inherited.IDLE;
    }

    /** The only one that takes clients and runs its program may be the server, and the others helpers that it has started. */
    private static boolean mayHaveOpened(SeenHolder holding, List<SeenHolder> all) {
        return holding.attention() == SeenHolder.Attention.WAITS
                && holding.process() instanceof ProcessAnswer.Known(ProcessStory process)
                && all.stream()
                        .filter(other -> other.pid() != holding.pid())
                        .noneMatch(other -> other.process() instanceof ProcessAnswer.Known(ProcessStory story)
                                && story.comm().equals(process.comm())
                                && story.executable().equals(process.executable()));
    }

    private static Optional<Story> relation(ProcessAnswer asker, ProcessStory process) {
        if (!(asker instanceof ProcessAnswer.Known(ProcessStory own))) {
            return Optional.empty();
        }
        if (own.pid() == process.pid()) {
            return Optional.of(new Story.Asker());
        }
        return own.executable().equals(process.executable())
                        && own.executable().isPresent()
                        && own.commandLine().equals(process.commandLine())
                ? Optional.of(new Story.SameProgram())
                : Optional.empty();
    }

    /**
     * A session is inherited, and left only for one of the process's own (setsid(2)). One that is neither its own nor its
     * parent's is that of a parent which has ended. A session that leads itself is a daemon or a service.
     *
     * <p>In a container all processes may have the session of process 1, which also becomes the parent of orphans. A child of
     * process 1 that has a socket in a way that only an heir has it is probably one of them.
     */
    private static Optional<Story> orphan(SeenHolder holding, ProcessStory process, Story.Inherited inherited) {
        if (process.session() == process.pid()
                || holding.parent().isEmpty()
                || !(holding.parent().get() instanceof ProcessAnswer.Known(ProcessStory above))) {
            return Optional.empty();
        }
        if (above.session() != process.session()) {
            return Optional.of(new Story.Orphan(Story.Parent.ENDED, holding.closeOnExec(), inherited));
        }
        boolean heir = switch (inherited) {
            case SHARED, IDLE -> true;
            case NOT_TOLD -> false;
        };
        return above.reaper() && heir
                ? Optional.of(new Story.Orphan(Story.Parent.PROBABLY_ENDED, holding.closeOnExec(), inherited))
                : Optional.empty();
    }
}
