package dev.rebind.diagnosis.decide;

import dev.rebind.diagnosis.Cause;
import dev.rebind.diagnosis.finding.Blocker;
import dev.rebind.diagnosis.finding.Holder;
import dev.rebind.diagnosis.finding.Remedy;
import dev.rebind.diagnosis.finding.Story;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.owners.ProcessAnswer;
import dev.rebind.sockets.owners.ProcessStory;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What ends the holders of a socket: what has started them where that would start them anew, else they themselves. Pure. */
final class HolderEnd {
    private HolderEnd() {}

    static List<Remedy> of(Blocker blocker, Holder.Processes processes) {
        return blocker.cause() == Cause.listener_own
                ? List.of(new Remedy.OneListener())
                : of(blocker.first().state() == TcpState.LISTEN, processes);
    }

    /** @param listens whether the socket is a listener: the end of a connection needs no end of its server */
    static List<Remedy> of(boolean listens, Holder.Processes processes) {
        Optional<Remedy> proxied =
                first(processes, Story.ProxyFor.class).map(proxy -> new Remedy.StopProxied(proxy.target()));
        if (proxied.isPresent()) {
            return List.of(proxied.get());
        }
        Optional<Story.Activator> activator = first(processes, Story.Activator.class);
        if (activator.isPresent() && !activator.get().units().isEmpty()) {
            return activator.get().units().stream()
                    .map(name -> (Remedy) new Remedy.StopUnit(name, OptionalLong.empty()))
                    .toList();
        }
        return List.of(container(processes)
                .or(() -> activator
                        .filter(Story.Activator::manager)
                        .map(_ -> new Remedy.StopSocketUnit(manager(processes))))
                .or(() -> listens ? unit(processes) : Optional.empty())
                .orElseGet(() -> processes(processes)));
    }

    private static Optional<Remedy> container(Holder.Processes processes) {
        return first(processes, Story.Container.class)
                .map(container -> new Remedy.StopContainer(container.id(), container.pod()));
    }

    /** The service manager of the system is process 1. */
    private static OptionalLong manager(Holder.Processes processes) {
        return processes.all().stream()
                .filter(found -> found.story(Story.Activator.class).isPresent())
                .flatMap(found ->
                        found.process() instanceof ProcessAnswer.Known(ProcessStory process) && process.pid() != 1
                                ? Optional.of(process.uid()).stream()
                                : Optional.<Long>empty().stream())
                .mapToLong(Long::longValue)
                .findFirst();
    }

    /** Only where it serves with all of them: it may be that of a login or of a scheduler, whose end frees nothing or ends much else. */
    private static Optional<Remedy> unit(Holder.Processes processes) {
        List<Story.Unit> units = processes.roots().stream()
                .flatMap(root -> root.story(Story.Unit.class).stream())
                .filter(Story.Unit::serves)
                .toList();
        return units.size() == processes.roots().size()
                        && units.stream().distinct().count() == 1
                ? Optional.of(new Remedy.StopUnit(
                        units.getFirst().name(), units.getFirst().user()))
                : Optional.empty();
    }

    private static Remedy processes(Holder.Processes processes) {
        List<Integer> roots = processes.roots().stream().map(Holder.Found::pid).toList();
        boolean shielded = processes.roots().stream()
                .anyMatch(root -> root.story(Story.OutlivesSigterm.class).isPresent());
        // Process 1 takes no signal from inside that it has no handler for, SIGKILL included (pid_namespaces(7)).
        return roots.contains(1) && shielded
                ? new Remedy.EndFromOutside(1)
                : new Remedy.EndProcesses(
                        roots, processes.all().size() > processes.roots().size(), shielded);
    }

    private static <T extends Story> Optional<T> first(Holder.Processes processes, Class<T> kind) {
        return processes.all().stream()
                .flatMap(process -> process.story(kind).stream())
                .findFirst();
    }
}
