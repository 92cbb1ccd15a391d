package dev.rebind.diagnosis.decide;

import dev.rebind.diagnosis.finding.Holder;
import dev.rebind.diagnosis.finding.RestartOutlook.Missing;
import dev.rebind.diagnosis.finding.Story;
import dev.rebind.sockets.owners.ProcessAnswer;
import dev.rebind.sockets.owners.ProcessStory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The processes that have a listener together, and which of them may outlive a restart of the server. Pure. */
final class Sharers {
    private Sharers() {}

    /** Those of which nothing tells that they end with the server; empty where every one of them is the server or its worker. */
    static Optional<Missing> mayOutlive(Holder listener) {
        if (!(listener instanceof Holder.Processes processes)
                // A service manager has the listener of a service, by its very purpose.
                || processes.all().stream()
                        .anyMatch(found -> found.story(Story.Activator.class).isPresent())) {
            return Optional.empty();
        }
        int server = processes.roots().stream()
                .findFirst()
                .orElse(processes.all().getFirst())
                .pid();
        Map<Integer, Holder.Found> all =
                processes.all().stream().collect(Collectors.toMap(Holder.Found::pid, Function.identity()));
        List<Holder.Found> others = processes.all().stream()
                .filter(found -> found.pid() != server && !isWorker(found, all))
                .toList();
        return others.isEmpty() ? Optional.empty() : Optional.of(new Missing.OthersEnd(server, others));
    }

    private static boolean isWorker(Holder.Found found, Map<Integer, Holder.Found> all) {
        return found.story(Story.WorkerOf.class)
                .map(Story.WorkerOf::pid)
                .map(all::get)
                .filter(parent -> runsTheProgramOf(parent, found))
                .isPresent();
    }

    /** The files of programs tell it; one file may be several programs, as BusyBox is, which have a name each. */
    private static boolean runsTheProgramOf(Holder.Found parent, Holder.Found child) {
        if (!(parent.process() instanceof ProcessAnswer.Known(ProcessStory first))
                || !(child.process() instanceof ProcessAnswer.Known(ProcessStory second))) {
            return true;
        }
        boolean sameFile = first.executable().isEmpty()
                || second.executable().isEmpty()
                || file(first.executable().get())
                        .equals(file(second.executable().get()));
        boolean accepts = child.story(Story.DoesNotAccept.class).isEmpty();
        return sameFile && (first.comm().equals(second.comm()) || accepts);
    }

    private static String file(String executable) {
        return executable.replaceFirst(" \\(deleted\\)$", "");
    }
}
