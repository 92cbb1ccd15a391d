package dev.rebind.diagnosis.seen;

import dev.rebind.sockets.owners.ProcessAnswer;
import java.util.Optional;

/**
 * Who looks.
 *
 * @param uid the effective user id; -1 where it cannot be told
 * @param mayBindPrivileged CAP_NET_BIND_SERVICE in the user namespace that owns the network namespace; empty where it cannot be told
 * @param mayTrace CAP_SYS_PTRACE, which shows the descriptors of every process; empty where it cannot be told
 * @param capabilitiesCount false where that user namespace is an outer one, in which no right of this process counts
 * @param server the process that wants the port, where that is known: this one, when a bind of its own has failed
 */
public record CallerRights(
        long uid,
        Optional<Boolean> mayBindPrivileged,
        Optional<Boolean> mayTrace,
        boolean capabilitiesCount,
        Optional<ProcessAnswer> server) {
    public CallerRights(
            long uid, Optional<Boolean> mayBindPrivileged, Optional<Boolean> mayTrace, Optional<ProcessAnswer> server) {
        this(uid, mayBindPrivileged, mayTrace, true, server);
    }
}
