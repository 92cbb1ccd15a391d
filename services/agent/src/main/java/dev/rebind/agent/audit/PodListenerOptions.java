package dev.rebind.agent.audit;

import dev.rebind.agent.wire.WireMessages.ListenerAnswer;
import dev.rebind.diagnosis.PodsAudit;
import dev.rebind.diagnosis.PodsAudit.Untold;
import dev.rebind.diagnosis.finding.AuditedListener;
import dev.rebind.sockets.options.SocketOptions;
import dev.rebind.sockets.proc.Rights;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the options of a pod's listener from its live socket. Touches only processes of that pod. For one thread. */
public final class PodListenerOptions {
    private final PodListeners listeners;
    private final Rights rights = new Rights();

    /** Creates a reader. The process must see the node's process ids (hostPID). */
    public PodListenerOptions(Path proc) {
        this.listeners = new PodListeners(proc);
    }

    /** @param pod uid of the pod, as its cgroup names it */
    public ListenerAnswer of(String pod, int port) {
        // This is checked first, because a look into the pod takes seconds on a busy node and a restart waits for it.
        if (!rights.has(Rights.Right.CAP_SYS_PTRACE).orElse(true)) {
            return ListenerAnswer.unread("it takes CAP_SYS_PTRACE (nodeAgent.readSocketOptions)");
        }
        PodsAudit seen = listeners.of(Set.of(pod));
        List<Optional<SocketOptions>> found = seen.listeners().stream()
                .map(PodsAudit.OfPod::listener)
                .filter(listener -> listener.first().local().port() == port)
                .map(AuditedListener::options)
                .toList();
        if (found.isEmpty()) {
            return ListenerAnswer.unread(seen.untold().stream()
                    .findFirst()
                    .map(Untold::why)
                    .orElse("nobody of the pod listens on port " + port));
        }
        if (found.stream().anyMatch(Optional::isEmpty)) {
            return ListenerAnswer.unread("its process does not show its sockets");
        }
        List<ListenerAnswer> flags = found.stream()
                .flatMap(Optional::stream)
                .map(options -> new ListenerAnswer(options.reuseAddress(), options.reusePort(), null))
                .distinct()
                .toList();
        return flags.size() == 1
                ? flags.getFirst()
                : ListenerAnswer.unread("its listeners on port " + port + " have different options");
    }
}
