package dev.rebind.agent.command;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.GenerationWatch;
import dev.rebind.diagnosis.finding.AuditedListener;
import dev.rebind.sockets.SocketReader;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** What a run that listens shows of itself. For one thread; blocks for milliseconds. */
final class LastLook {
    private final GenerationWatch watch;
    private final CommandRuns runs;
    private final InheritedSockets inherited;

    LastLook(GenerationWatch watch, CommandRuns runs, SocketReader reader) {
        this.watch = watch;
        this.runs = runs;
        this.inherited = new InheritedSockets(reader);
    }

    /** Of a run that is about to be told to stop. */
    BeforeStop of(CommandRun run) {
        List<ProcessHandle> own = runs.of(run);
        return new BeforeStop(
                BeforeStop.audit(listeners(run.place(), CommandRuns.pids(own)), Instant.now()),
                inherited.of(run.place().port(), own));
    }

    /** The listeners on the port of the place that one of these processes has. */
    List<AuditedListener> listeners(Place place, Set<Long> own) {
        return watch.listening(place.port()).stream()
                .filter(listener ->
                        listener.holder().seen().stream().anyMatch(found -> own.contains((long) found.pid())))
                .toList();
    }
}
