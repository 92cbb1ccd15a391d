package dev.rebind.diagnosis.text;

import dev.rebind.diagnosis.finding.Holder;
import dev.rebind.diagnosis.finding.Story;
import dev.rebind.sockets.owners.ProcessAnswer;
import dev.rebind.sockets.owners.ProcessStory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Who has a socket, in words. Pure. */
final class HolderText {
    private static final int LONGEST_COMMAND = 90;
    private static final int MOST = 8;

    private final Instant at;
    private final ZoneId zone;

    HolderText(Instant at, ZoneId zone) {
        this.at = at;
        this.zone = zone;
    }

    /** {@code nginx (pid 12)}, or what is known of somebody who was not seen. */
    static String name(Holder holder) {
        return switch (holder) {
            case Holder.Processes processes -> names(processes);
            case Holder.Unseen unseen -> "a process of " + user(unseen.uid(), unseen.user()) + " that cannot be seen";
            case Holder.Queue _ -> "no process yet, as it waits to be accepted";
            case Holder.Nobody _ -> "no process any more";
        };
    }

    private static String names(Holder.Processes processes) {
        List<Holder.Found> all = processes.all();
        if (all.size() == 1) {
            return program(all.getFirst()) + " (pid " + all.getFirst().pid() + ")";
        }
        List<String> programs = all.stream().map(HolderText::program).distinct().toList();
        String pids = Words.and(all.stream()
                .limit(MOST)
                .map(found -> Integer.toString(found.pid()))
                .toList());
        return Words.count(all.size(), "process").replace("processs", "processes") + " of "
                + Words.and(programs.stream().limit(3).toList()) + " (pids " + pids
                + (all.size() > MOST ? " and " + (all.size() - MOST) + " more" : "") + ")";
    }

    static String program(Holder.Found found) {
        return switch (found.process()) {
            case ProcessAnswer.Known(ProcessStory story) -> program(story);
            case ProcessAnswer.Gone _, ProcessAnswer.Unreadable _ -> "a process";
        };
    }

    private static String program(ProcessStory story) {
        String path = story.executable().orElse(story.comm());
        boolean deleted = path.endsWith(" (deleted)");
        Path file =
                Path.of(deleted ? path.substring(0, path.length() - 10) : path).getFileName();
        return file == null ? story.comm() : file.toString();
    }

    static String user(long uid, Optional<String> user) {
        return user.map(name -> name + " (uid " + uid + ")").orElse("uid " + uid);
    }

    /** A sentence or more for each process: what it runs, since when, and what else there is to tell. */
    List<String> lines(Holder holder) {
        return switch (holder) {
            case Holder.Processes processes -> {
                var lines = new ArrayList<String>();
                processes.all().stream().limit(MOST).forEach(found -> lines.addAll(lines(found)));
                if (processes.all().size() > MOST) {
                    lines.add((processes.all().size() - MOST) + " more processes have it.");
                }
                if (processes.all().size() > 1) {
                    lines.add(
                            "All of these processes have the same socket: it stays until the last of them has closed it.");
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
                "The socket belongs to " + user + ". Which process has it only that user and root can see.";
            case NO_CAPABILITY ->
                "The socket belongs to " + user
                        + ". Which process has it cannot be seen: root lacks CAP_SYS_PTRACE here, or /proc hides processes.";
            case NOT_HERE ->
                "The socket belongs to " + user + ", and no process that can be seen from here has it. It is in another"
                        + " PID namespace (look from the host), it is being handed from one process to another, or the"
                        + " kernel itself has it (as it does for nfsd).";
            case NO_LIST -> "The socket belongs to " + user + ". The processes cannot be listed.";
        };
    }

    private List<String> lines(Holder.Found found) {
        var lines = new ArrayList<String>();
        switch (found.process()) {
            case ProcessAnswer.Gone _ -> lines.add("Process " + found.pid() + " has ended meanwhile.");
            case ProcessAnswer.Unreadable(String why) ->
                lines.add("Process " + found.pid() + " has it; more cannot be read (" + why + ").");
            case ProcessAnswer.Known(ProcessStory story) -> lines.add(process(story));
        }
        found.stories().stream().map(story -> story(found, story)).forEach(lines::add);
        return lines;
    }

    private String process(ProcessStory story) {
        Duration age = Duration.between(story.startedAt(), at);
        String command = story.commandLine().isEmpty()
                ? program(story)
                : Words.cut(String.join(" ", story.commandLine()), LONGEST_COMMAND);
        return "Process " + story.pid() + " runs `" + command + "` as "
                + user(story.uid(), story.user()) + " since " + Words.clock(story.startedAt(), at, zone)
                + (age.isNegative() || age.toSeconds() < 2
                        ? ""
                        : " ("
                                + Words.duration(Duration.ofSeconds(age.toSeconds()))
                                        .replace(".0 s", " s") + " ago)")
                + ".";
    }

    private static String story(Holder.Found found, Story story) {
        return switch (story) {
            case Story.Asker _ -> "It is this very process: one of its own listeners has the port.";
            case Story.SameProgram _ ->
                "It is the same program with the same arguments, started earlier: an old instance that has not ended.";
            case Story.Orphan(Optional<Boolean> byFork) ->
                "Its parent has ended: it is an orphan that inherited the socket"
                        + (byFork.isEmpty()
                                ? "."
                                : byFork.get()
                                        ? " by fork, as a worker of the server that is gone."
                                        : ", which was not opened close-on-exec.");
            case Story.DoesNotAccept _ ->
                "No thread of it waits for clients at the moment: it looks as if it only keeps the socket open, and is not"
                        + " the server.";
            case Story.WorkerOf(int pid) -> "It is a child of process " + pid + ", which has the socket too.";
            case Story.Activator(List<String> units, String command) ->
                "It listens in the place of a service and starts it for a client (socket activation)"
                        + (units.isEmpty() ? "" : ", for " + Words.and(units))
                        + (command.isEmpty() ? "" : ": `" + Words.cut(command, LONGEST_COMMAND) + "`") + ".";
            case Story.Activated _ ->
                "It did not open the socket: a service manager has handed it over (LISTEN_FDS), and may listen on.";
            case Story.Unit(String name) -> "It runs in the systemd unit " + name + ".";
            case Story.Container(String id, Optional<String> pod) ->
                "It runs in the container " + id.substring(0, 12)
                        + pod.map(uid -> " of the pod with uid " + uid).orElse("") + ".";
            case Story.ProxyFor(String target) ->
                "It takes the port for a container, and sends its clients to " + target + ".";
            case Story.MainThreadEnded _ ->
                "The main thread of process " + found.pid() + " has ended and others go on: /proc/" + found.pid()
                        + "/fd shows nothing, and tools that look there find no holder.";
        };
    }
}
