package dev.rebind.agent.command;

import dev.rebind.diagnosis.Audit;
import dev.rebind.diagnosis.finding.AuditedListener;
import dev.rebind.diagnosis.finding.RestartOutlook;
import dev.rebind.diagnosis.text.AuditTable;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What a running server shows right before it is told to stop.
 *
 * @param audit of the listener that would fare worst; empty where none of the server's was seen
 * @param inherited the processes of the server that have sockets of the port from their parent
 */
public record BeforeStop(Optional<Audited> audit, List<Inherited> inherited) {
    static final BeforeStop NOTHING = new BeforeStop(Optional.empty(), List.of());

    public BeforeStop {
        inherited = List.copyOf(inherited);
    }

    /**
     * What {@code rebind audit} says of a restart.
     *
     * @param text as {@code rebind audit} has it, without its subject
     */
    public record Audited(RestartOutlook restart, String text) {}

    /**
     * @param listeners its descriptors of listening sockets that its parent has, too
     * @param connections the same of accepted connections
     */
    public record Inherited(long pid, String name, List<Integer> listeners, List<Integer> connections) {
        public Inherited {
            listeners = List.copyOf(listeners);
            connections = List.copyOf(connections);
        }
    }

    static Optional<Audited> audit(List<AuditedListener> listeners, Instant at) {
        var audit = new Audit.Read(at, listeners);
        return listeners.stream()
                .min(Comparator.comparingInt(AuditTable::gravity))
                .map(listener -> new Audited(
                        listener.restart(), new AuditTable(ZoneId.systemDefault()).restart(audit, listener)));
    }
}
