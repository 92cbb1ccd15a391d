package dev.rebind.diagnosis.text;

import dev.rebind.diagnosis.finding.Holder;
import dev.rebind.diagnosis.finding.Story;
import dev.rebind.sockets.ForeignText;
import dev.rebind.sockets.Series;
import dev.rebind.sockets.owners.ProcessAnswer;
import dev.rebind.sockets.owners.ProcessStory;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Who has a socket, in words. Pure. */
final class HolderText {
    private static final int LONGEST_COMMAND = 90;
    private static final int MOST = 8;
    private static final String NOT_SEEN = "no process that can be seen from here";
    private static final String NOT_LOOKED_INTO = "no process that can be looked into";

    private final Instant at;
    private final ZoneId zone;
    private final Tense tense;

    HolderText(Instant at, ZoneId zone, Tense tense) {
        this.at = at;
        this.zone = zone;
        this.tense = tense;
    }

    /** {@code nginx (pid 12)}, or what is known of somebody who was not seen. */
    static String name(Holder holder) {
        return switch (holder) {
            case Holder.Processes processes -> names(processes);
            // It may have taken another user since: the kernel shows who opened the socket.
            case Holder.Unseen unseen -> unseenName(unseen);
            case Holder.Queue _ -> "no process yet, as it waits to be accepted";
            case Holder.Nobody _ -> "no process any more";
        };
    }

    private static String unseenName(Holder.Unseen unseen) {
        String user = user(unseen.uid(), unseen.user());
        return switch (unseen.why()) {
            case NOT_HERE -> NOT_SEEN;
            case SOME_HIDDEN -> NOT_LOOKED_INTO;
            case CLOSED_MEANWHILE -> "a process that has closed it meanwhile, with a socket of " + user;
            case OTHER_USERS, OWN_HIDDEN, NO_CAPABILITY, NO_LIST, NOT_SOUGHT ->
                "an unseen process with a socket of " + user;
        };
    }

    /**
     * Whether every process that may be looked into was, and none has it. Then it may be that no process has it: its descriptor is on
     * the way from one to another, or the kernel has it.
     */
    static boolean perhapsNoProcess(Holder holder) {
        return holder instanceof Holder.Unseen(long _, Optional<String> _, Holder.Why why)
                && switch (why) {
                    case NOT_HERE, SOME_HIDDEN -> true;
                    case OTHER_USERS, OWN_HIDDEN, NO_CAPABILITY, NO_LIST, NOT_SOUGHT, CLOSED_MEANWHILE -> false;
                };
    }

    private static String names(Holder.Processes processes) {
        List<Holder.Found> all = processes.all();
        if (all.size() == 1) {
            return program(all.getFirst()) + " (pid " + all.getFirst().pid() + ")";
        }
        List<String> programs = all.stream().map(HolderText::program).distinct().toList();
        String pids = Series.and(all.stream()
                .limit(MOST)
                .map(found -> Integer.toString(found.pid()))
                .toList());
        return Words.count(all.size(), "process").replace("processs", "processes") + " of "
                + Series.and(programs.stream().limit(3).toList()) + " (pids " + pids
                + (all.size() > MOST ? " and " + (all.size() - MOST) + " more" : "") + ")";
    }

    static String program(Holder.Found found) {
        return switch (found.process()) {
            case ProcessAnswer.Known(ProcessStory story) -> program(story);
            case ProcessAnswer.Gone _, ProcessAnswer.Unreadable _ -> "a process";
        };
    }

    /**
     * The name of the process, which is cut at 15 bytes and which Node.js gives to its main thread: the file's name then. The file
     * alone misleads where one program has several names, as redis-server has.
     */
    static String program(ProcessStory story) {
        String comm = story.comm();
        if (comm.length() < 15 && !comm.endsWith("MainThread")) {
            return Words.name(comm);
        }
        return Stream.concat(story.commandLine().stream().limit(1), story.executable().stream())
                .map(path -> path.replaceFirst(" \\(deleted\\)$", "").replaceFirst("^.*/", ""))
                .filter(name -> name.startsWith(comm) || comm.endsWith("MainThread"))
                .map(Words::name)
                .findFirst()
                .orElse(Words.name(comm));
    }

    static String user(long uid, Optional<String> user) {
        if (uid < 0) {
            return "a user whom this user namespace does not show";
        }
        return user.map(name -> Words.name(name) + " (uid " + uid + ")").orElse("uid " + uid);
    }

    /** A sentence or more for each process: what it runs, since when, and what else there is to tell. */
    List<String> lines(Holder holder) {
        return switch (holder) {
            case Holder.Processes processes -> {
                var lines = new ArrayList<String>();
                alike(processes.all()).stream().limit(MOST).forEach(some -> lines.addAll(lines(some)));
                if (processes.all().size() > 1) {
                    lines.add("All of these processes have the same socket"
                            + (processes.allSeen() ? ": it stays until the last of them has closed it." : "."));
                }
                yield lines;
            }
            case Holder.Unseen unseen -> List.of(unseen(unseen));
            case Holder.Queue _ -> List.of("It waits in the queue of its listener to be accepted.");
            case Holder.Nobody _ -> List.of();
        };
    }

    private static String unseen(Holder.Unseen unseen) {
        String user = user(unseen.uid(), unseen.user());
        return switch (unseen.why()) {
            case OTHER_USERS ->
                "The socket was opened by " + user
                        + ". Root, and as a rule the user that the process runs as, can see which one has it, unless it"
                        + " is in another PID namespace.";
            case OWN_HIDDEN ->
                "The socket was opened by " + user
                        + ", the user who asks, and no process that this user may look into has it. Root can see which one"
                        + " has it, unless it is in another PID namespace.";
            case NO_CAPABILITY ->
                "The socket was opened by " + user
                        + ". Which process has it cannot be seen: root lacks CAP_SYS_PTRACE here, or /proc hides processes.";
            case SOME_HIDDEN ->
                "The socket was opened by " + user
                        + ", and " + NOT_LOOKED_INTO + " has it. One has it that is shut off even from"
                        + " CAP_SYS_PTRACE, or it " + outOfSight();
            case NOT_HERE -> "The socket was opened by " + user + ", and " + NOT_SEEN + " has it. It " + outOfSight();
            case NO_LIST -> "The socket was opened by " + user + ". The processes cannot be listed.";
            case NOT_SOUGHT ->
                "The socket was opened by " + user
                        + ". Which process has it is not seen from outside: ask on its machine, or in its container.";
            case CLOSED_MEANWHILE ->
                "The socket was opened by " + user + ", and was closed while its process was looked for.";
        };
    }

    private static String outOfSight() {
        return "is in another PID namespace (look from the host, or in a cluster with `kubectl debug"
                + " --target=CONTAINER`), it is being handed from one process to another, or the kernel itself has it (as it"
                + " does for nfsd).";
    }

    /** Processes of which the same is to be told, as workers of one server. */
    private static List<List<Holder.Found>> alike(List<Holder.Found> all) {
        return List.copyOf(all.stream()
                .collect(Collectors.groupingBy(HolderText::told, LinkedHashMap::new, Collectors.toList()))
                .values());
    }

    private record Told(Object process, List<Story> stories) {}

    private static Told told(Holder.Found found) {
        return found.process() instanceof ProcessAnswer.Known(ProcessStory story) && !story.mainThreadEnded()
                ? new Told(List.of(story.commandLine(), story.comm(), story.uid()), found.stories())
                : new Told(found.pid(), found.stories());
    }

    private List<String> lines(List<Holder.Found> some) {
        var lines = new ArrayList<String>();
        Holder.Found first = some.getFirst();
        switch (first.process()) {
            case ProcessAnswer.Gone _ -> lines.add("Process " + first.pid() + " has ended meanwhile.");
            case ProcessAnswer.Unreadable(String why) ->
                lines.add("Process " + first.pid() + " has it; more cannot be read (" + ForeignText.plain(why) + ").");
            case ProcessAnswer.Known(ProcessStory story) -> lines.add(process(some, story));
        }
        first.stories().stream().map(one -> story(first, one, some.size() > 1)).forEach(lines::add);
        return lines;
    }

    private String process(List<Holder.Found> some, ProcessStory story) {
        Duration age =
                Duration.ofSeconds(Duration.between(story.startedAt(), at).toSeconds());
        String command = story.commandLine().isEmpty()
                ? program(story)
                : Words.cut(String.join(" ", story.commandLine()), LONGEST_COMMAND);
        String pids = Series.and(some.stream()
                .limit(MOST)
                .map(found -> Integer.toString(found.pid()))
                .toList());
        return (some.size() == 1 ? "Process " + pids + " runs `" : "Processes " + pids + " run `") + command + "` as "
                + user(story.uid(), story.user()) + " since " + Words.clock(story.startedAt(), at, zone, tense)
                + (age.toSeconds() < 2 || tense == Tense.KEPT ? "" : " (" + Words.whole(age) + " ago)") + ".";
    }

    private String story(Holder.Found found, Story story, boolean several) {
        return switch (story) {
            case Story.Asker _ -> "It is this very process: one of its own listeners has the port.";
            case Story.SameProgram _ ->
                "It is the same program with the same arguments, started earlier: an old instance that has not ended.";
            case Story.Orphan orphan -> orphan(orphan, several);
            case Story.DoesNotAccept _ ->
                several
                        ? noThread("them") + "."
                        : noThread("it")
                                + (seemsInherited(found)
                                        ? ": it seems to only keep the socket open, and not to be the server."
                                        : ".");
            case Story.WorkerOf(int pid) ->
                (several ? "They are children of process " : "It is a child of process ") + pid
                        + ", which has the socket too.";
            case Story.OpenedByAnother(long uid, Optional<String> user) ->
                "The socket was opened by " + user(uid, user)
                        + ". A process that could not be looked into may have it too, as a master has the socket of its"
                        + " workers.";
            case Story.ChildOf(int pid, String command) ->
                (several ? "Their" : "Its") + " parent is process " + pid + ", `" + Words.cut(command, LONGEST_COMMAND)
                        + "`.";
            case Story.Activator(List<String> units, String command, boolean _) ->
                "It listens in the place of a service and starts it for a client (socket activation)"
                        + (units.isEmpty()
                                ? ""
                                : ", for "
                                        + Series.and(
                                                units.stream().map(Words::name).toList()))
                        + (command.isEmpty() ? "" : ": `" + Words.cut(command, LONGEST_COMMAND) + "`") + ".";
            case Story.Activated _ ->
                "It did not open the socket: a service manager has handed it over (LISTEN_FDS), and may listen on.";
            case Story.Unit unit -> unit(unit, several);
            case Story.Container(String id, Optional<String> pod) ->
                "It runs in the container " + id.substring(0, 12)
                        + pod.map(uid -> " of the pod with uid " + uid).orElse("") + ".";
            case Story.ProxyFor(String target) ->
                "It takes the port for a container, and sends its clients to " + Words.name(target) + ".";
            case Story.MainThreadEnded _ ->
                "The main thread of process " + found.pid() + " has ended and others go on: /proc/" + found.pid()
                        + "/fd shows nothing, and tools that look there find no holder.";
            case Story.ThreadsOwn(int thread) ->
                "Thread " + thread + " of process " + found.pid() + " has descriptors of its own: /proc/" + found.pid()
                        + "/fd does not show the socket, and tools that look there find no holder.";
            case Story.OutlivesSigterm(Story.Shield why) -> outlives(why, several);
            case Story.InRing _ ->
                "An io_uring ring of process " + found.pid()
                        + " has the socket, and no descriptor stands for it: tools that look at descriptors find no holder.";
        };
    }

    private static String unit(Story.Unit unit, boolean several) {
        String whose = unit.user().isPresent()
                ? " of the service manager of uid " + unit.user().getAsLong()
                : "";
        return (several ? "They run" : "It runs") + " in the systemd unit " + Words.name(unit.name()) + whose
                + (unit.serves()
                        ? "."
                        : ": nothing tells whether the unit serves with " + (several ? "them" : "it")
                                + ", and may start " + (several ? "them" : "it") + " anew, or somebody started "
                                + (several ? "them" : "it") + " there.");
    }

    private static String outlives(Story.Shield why, boolean several) {
        return switch (why) {
            case STOPPED ->
                (several ? "They are" : "It is") + " stopped: SIGTERM waits until " + (several ? "they go" : "it goes")
                        + " on (SIGCONT).";
            case TRACED ->
                "A debugger has stopped " + (several ? "them" : "it") + ": SIGTERM waits until the debugger lets "
                        + (several ? "them" : "it") + " go on.";
            case FROZEN ->
                (several ? "Their" : "Its")
                        + " cgroup is frozen, as `docker pause` does it: the handler for SIGTERM waits"
                        + " until it is thawed.";
            case FROZEN_WHOLLY ->
                (several ? "Their" : "Its") + " cgroup is frozen by the freezer of version 1: every signal waits until"
                        + " it is thawed, SIGKILL too.";
            case IGNORED -> several ? "They ignore SIGTERM." : "It ignores SIGTERM.";
            case BLOCKED ->
                several
                        ? "They block SIGTERM in all of their threads: it waits."
                        : "It blocks SIGTERM in all of its threads: the signal waits.";
            case FIRST_BELOW ->
                (several ? "Each is" : "It is") + " process 1 of its PID namespace, and has no handler for SIGTERM:"
                        + " the kernel drops the signal.";
            case FIRST ->
                "It is process 1 here, and has no handler for SIGTERM: no signal from inside its PID namespace"
                        + " ends it.";
        };
    }

    private String noThread(String of) {
        return switch (tense) {
            case LIVE -> "No thread of " + of + " waits for clients at the moment";
            case KEPT -> "No thread of " + of + " waited for clients at that moment";
        };
    }

    private static boolean seemsInherited(Holder.Found found) {
        return found.story(Story.Orphan.class)
                .filter(orphan -> orphan.inherited() != Story.Inherited.NOT_TOLD)
                .flatMap(Story.Orphan::byFork)
                .map(byFork -> !byFork)
                .orElse(false);
    }

    private static String orphan(Story.Orphan orphan, boolean several) {
        String ended = switch (orphan.parent()) {
            case ENDED ->
                several ? "Their parent has ended: they are orphans" : "Its parent has ended: it is an orphan";
            case PROBABLY_ENDED ->
                several
                        ? "Process 1, their parent, does not have the socket: they are probably orphans"
                        : "Process 1, its parent, does not have the socket: it is probably an orphan";
        };
        String how = orphan.byFork()
                .map(byFork -> byFork
                        ? " by fork" + (several ? ", as workers" : ", as a worker") + " of a server that is gone"
                        : ", which was not opened close-on-exec")
                .orElse("");
        return switch (orphan.inherited()) {
            case SHARED -> ended + " that inherited the socket" + how + ".";
            case IDLE -> ended + " that has, as it seems, inherited the socket" + how + ".";
            case NOT_TOLD ->
                ended + ", left behind or put into the background. Whether it opened the socket itself nothing tells.";
        };
    }
}
