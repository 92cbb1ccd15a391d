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
 * @param audit the audit of the server's listener that would fare worst; empty where none of its listeners was seen
 * @param inherited the processes of the server that inherited sockets of the port from their parent
 */
public record BeforeStop(Optional<Audited> audit, List<Inherited> inherited) {
    static final BeforeStop NOTHING = new BeforeStop(Optional.empty(), List.of());

    public BeforeStop {
        inherited = List.copyOf(inherited);
    }

    /**
     * The audit of a restart.
     *
     * @param text the text of {@code rebind audit}, without its subject
     */
    public record Audited(RestartOutlook restart, String text) {}

    /**
     * @param listeners descriptors of the listening sockets that the parent process has too
     * @param connections descriptors of the accepted connections that the parent process has too
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
