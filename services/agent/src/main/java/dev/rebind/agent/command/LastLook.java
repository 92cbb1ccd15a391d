package dev.rebind.agent.command;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.GenerationWatch;
import dev.rebind.diagnosis.Question;
import dev.rebind.diagnosis.finding.AuditedListener;
import dev.rebind.diagnosis.finding.RestartOutlook;
import dev.rebind.sockets.SocketReader;
import dev.rebind.sockets.options.SocketOptions;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Looks at a running server right before its stop. For one thread; blocks for milliseconds. */
final class LastLook {
    /** The number of ports to audit at most. Each audit looks at the processes of the machine. */
    private static final int MOST_PORTS = 8;

    private final GenerationWatch watch;
    private final CommandRuns runs;
    private final ListenerLook look;
    private final InheritedSockets inherited;

    LastLook(GenerationWatch watch, CommandRuns runs, SocketReader reader, ListenerLook look) {
        this.watch = watch;
        this.runs = runs;
        this.look = look;
        this.inherited = new InheritedSockets(reader);
    }

    /**
     * What a run shows right before it is told to stop.
     *
     * @param old sockets, other than the listener that the clients reach, that may block the next run
     */
    record Shown(BeforeStop before, OldSockets old) {}

    Shown of(CommandRun.Bound bound) {
        Place place = bound.run().place();
        List<ProcessHandle> own = runs.of(bound.run());
        Set<Long> pids = CommandRuns.pids(own);
        List<AuditedListener> here = listeners(place, pids);
        Stream<AuditedListener> elsewhere = look.ports(own).stream()
                .filter(port -> port != place.port())
                .limit(MOST_PORTS)
                .flatMap(port -> listeners(new Place(place.address(), port), pids).stream());
        List<Question> others = Stream.concat(here.stream(), elsewhere)
                .map(CommandRun.Bound::again)
                .filter(question -> !question.equals(bound.again()))
                .distinct()
                .toList();
        return new Shown(
                new BeforeStop(BeforeStop.audit(here, Instant.now()), inherited.of(place.port(), own)),
                new OldSockets(others, here.stream().anyMatch(LastLook::hasConnectionsWithout)));
    }

    private static boolean hasConnectionsWithout(AuditedListener listener) {
        return listener.options().filter(SocketOptions::reuseAddress).isPresent()
                && listener.restart() instanceof RestartOutlook.BlockedByItsConnections its
                && !its.idle();
    }

    /** Returns the listeners on the port of the place that belong to one of these processes. */
    List<AuditedListener> listeners(Place place, Set<Long> own) {
        return watch.listening(place.port()).stream()
                .filter(listener ->
                        listener.holder().seen().stream().anyMatch(found -> own.contains((long) found.pid())))
                .toList();
    }
}
