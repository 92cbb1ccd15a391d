package dev.rebind.diagnosis;

import dev.rebind.diagnosis.finding.AuditedListener;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What would not come back at once in the pods of a node if it were restarted now, in the same network namespace: as a container is,
 * and not a pod that is made again.
 *
 * @param listeners the worst first
 * @param untold the pods of which not every listener is told
 * @param leftOut how many listeners are not in the list, as there are too many; the worst are in it
 */
public record PodsAudit(Instant at, List<OfPod> listeners, List<Untold> untold, int leftOut) {
    public PodsAudit {
        listeners = List.copyOf(listeners);
        untold = List.copyOf(untold);
    }

    /**
     * @param uid of the pod, as its cgroup names it
     * @param container the runtime's id of the process's container; empty where no process was seen
     * @param shared whether others are in its network namespace, as on the host's network
     */
    public record Pod(String uid, Optional<String> container, boolean shared) {}

    public record OfPod(Pod pod, AuditedListener listener) {}

    /** @param why a clause without a full stop */
    public record Untold(String uid, String why) {}

    /** That of the worst; where a pod is untold it is not said that all bind at once. */
    public Audit.Verdict verdict() {
        Audit.Verdict seen = read().verdict();
        return seen == Audit.Verdict.BINDS_AT_ONCE && !untold.isEmpty() ? Audit.Verdict.NOT_KNOWN : seen;
    }

    /** What is told, as an audit of a machine. */
    public Audit.Read read() {
        return new Audit.Read(at, listeners.stream().map(OfPod::listener).toList());
    }
}
