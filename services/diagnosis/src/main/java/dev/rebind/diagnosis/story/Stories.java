package dev.rebind.diagnosis.story;

import dev.rebind.diagnosis.finding.Holder;
import dev.rebind.diagnosis.finding.Story;
import dev.rebind.diagnosis.seen.Holding;
import dev.rebind.diagnosis.seen.Holdings;
import dev.rebind.diagnosis.seen.Observation;
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
        List<Holding> holdings = seen.holdings().of(inode);
        if (holdings.isEmpty()) {
            return new Holder.Unseen(uid, Optional.ofNullable(seen.users().get(uid)), why(seen));
        }
        // A master that leaves the accepting to its workers is not idle.
        boolean idle =
                listens && holdings.stream().allMatch(holding -> holding.attention() == Holding.Attention.ELSEWHERE);
        Set<Integer> pids = holdings.stream().map(Holding::pid).collect(Collectors.toSet());
        Optional<Story> another = openedByAnother(holdings, uid);
        return new Holder.Processes(holdings.stream()
                .map(holding -> {
                    List<Story> stories = new ArrayList<>(stories(holding, pids, idle));
                    another.ifPresent(stories::add);
                    return new Holder.Found(holding.pid(), holding.process(), stories);
                })
                .toList());
    }

    /** Workers run as another user than their master, which opened the socket, has it too and starts them anew. */
    private Optional<Story> openedByAnother(List<Holding> holdings, long uid) {
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
            case SOME_HIDDEN, NOT_HERE, NO_LIST -> false;
        };
    }

    /** Which right is missing to see more. */
    public static Holder.Why why(Observation seen) {
        return switch (seen.holdings()) {
            case Holdings.Unreadable _ -> Holder.Why.NO_LIST;
            case Holdings.Seen all -> {
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

    private List<Story> stories(Holding holding, Set<Integer> pids, boolean idle) {
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
        if (pids.contains(process.parent())) {
            stories.add(new Story.WorkerOf(process.parent()));
        } else {
            orphan(holding, process, inherited(holding, pids, idle)).ifPresent(stories::add);
        }
        if (idle && activator.isEmpty()) {
            stories.add(new Story.DoesNotAccept());
        }
        shield(process).ifPresent(why -> stories.add(new Story.OutlivesSigterm(why)));
        Activators.proxy(process).ifPresent(stories::add);
        process.cgroup().flatMap(Cgroups::story).ifPresent(stories::add);
        return stories;
    }

    private static Optional<Story.Shield> shield(ProcessStory process) {
        if (process.pid() == 1 && !process.catches(SIGTERM)) {
            return Optional.of(Story.Shield.FIRST);
        }
        if (process.ignores(SIGTERM)) {
            return Optional.of(Story.Shield.IGNORED);
        }
        return process.state() == 'T' || process.state() == 't' ? Optional.of(Story.Shield.STOPPED) : Optional.empty();
    }

    private Story.Inherited inherited(Holding holding, Set<Integer> pids, boolean idle) {
        boolean parent = seen.holdings() instanceof Holdings.Seen all
                && all.byInode().values().stream()
                        .flatMap(List::stream)
                        .anyMatch(other -> other.process() instanceof ProcessAnswer.Known(ProcessStory story)
                                && story.parent() == holding.pid()
                                && pids.contains(story.pid()));
        if (pids.size() > 1 && !parent) {
            return Story.Inherited.SHARED;
        }
        boolean serves = seen.onPort().stream()
                .filter(socket -> socket.peer().isPresent())
                .anyMatch(socket ->
                        seen.holdings().of(socket.inode()).stream().anyMatch(other -> other.pid() == holding.pid()));
        return idle && !serves ? Story.Inherited.IDLE : Story.Inherited.NOT_TOLD;
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
    private static Optional<Story> orphan(Holding holding, ProcessStory process, Story.Inherited inherited) {
        if (process.session() == process.pid()
                || holding.parent().isEmpty()
                || !(holding.parent().get() instanceof ProcessAnswer.Known(ProcessStory above))) {
            return Optional.empty();
        }
        if (above.session() != process.session()) {
            return Optional.of(new Story.Orphan(Story.Parent.ENDED, holding.closeOnExec(), inherited));
        }
        boolean heir = switch (inherited) {
            case SHARED -> true;
            // A busy server waits for nobody at the moment either, but its own sockets are close-on-exec as a rule.
            case IDLE -> holding.closeOnExec().filter(closes -> !closes).isPresent();
            case NOT_TOLD -> false;
        };
        return above.reaper() && heir
                ? Optional.of(new Story.Orphan(Story.Parent.PROBABLY_ENDED, holding.closeOnExec(), inherited))
                : Optional.empty();
    }
}
