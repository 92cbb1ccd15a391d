package dev.rebind.diagnosis.decide;

import dev.rebind.diagnosis.Cause;
import dev.rebind.diagnosis.finding.Holder;
import dev.rebind.diagnosis.finding.Refusal;
import dev.rebind.diagnosis.finding.Story;
import java.util.List;

/** The name of the cause that a socket is. Pure. */
final class Causes {
    /** Of sockets that stay equally long the first of these gives the cause. */
    static final List<Cause> ORDER = List.of(
            Cause.listener_own,
            Cause.listener_old,
            Cause.listener_inherited,
            Cause.socket_activation,
            Cause.listener_other,
            Cause.listener_unseen,
            Cause.self_connect,
            Cause.bound_not_listening,
            Cause.outgoing,
            Cause.close_wait,
            Cause.established,
            Cause.closing,
            Cause.fin_wait2,
            Cause.time_wait,
            Cause.privileged_port,
            Cause.security_module,
            Cause.address_not_local,
            Cause.address_tentative,
            Cause.address_duplicate,
            Cause.address_down,
            Cause.unknown);

    private Causes() {}

    static Cause of(SocketGroup group) {
        return switch (group.standing().socket().state()) {
            case LISTEN -> group.server().isPresent() ? Cause.listener_old : listener(group.holder());
            case CLOSED -> Cause.bound_not_listening;
            case SYN_SENT -> self(group, Cause.outgoing);
            case SYN_RECEIVED, NEW_SYN_RECV, ESTABLISHED -> connection(group, Cause.established);
            case CLOSE_WAIT -> connection(group, Cause.close_wait);
            case FIN_WAIT_1, LAST_ACK, CLOSING -> self(group, Cause.closing);
            case FIN_WAIT_2 -> self(group, Cause.fin_wait2);
            case TIME_WAIT -> self(group, Cause.time_wait);
        };
    }

    /** A live connection that goes out is a cause of its own; a leftover of one ends as any other does. */
    private static Cause connection(SocketGroup group, Cause accepted) {
        return self(group, group.origin().goesOut() ? Cause.outgoing : accepted);
    }

    private static Cause self(SocketGroup group, Cause other) {
        return switch (group.origin()) {
            case ITSELF -> Cause.self_connect;
            case BOUND, ACCEPTED, PROBABLY_ACCEPTED, OUTGOING, PROBABLY_OUTGOING, EITHER -> other;
        };
    }

    private static Cause listener(Holder holder) {
        return switch (holder) {
            case Holder.Unseen _, Holder.Queue _, Holder.Nobody _ -> Cause.listener_unseen;
            case Holder.Processes processes -> {
                if (any(processes, Story.Asker.class)) {
                    yield Cause.listener_own;
                }
                if (any(processes, Story.Activator.class)) {
                    yield Cause.socket_activation;
                }
                if (any(processes, Story.SameProgram.class)) {
                    yield Cause.listener_old;
                }
                yield processes.roots().stream()
                                .allMatch(found -> found.story(Story.Orphan.class)
                                        .filter(orphan -> orphan.inherited() != Story.Inherited.NOT_TOLD)
                                        .isPresent())
                        ? Cause.listener_inherited
                        : Cause.listener_other;
            }
        };
    }

    private static boolean any(Holder.Processes processes, Class<? extends Story> kind) {
        return processes.all().stream().anyMatch(found -> found.story(kind).isPresent());
    }

    static Cause of(Refusal refusal) {
        return switch (refusal) {
            case Refusal.Privileged _ -> Cause.privileged_port;
            case Refusal.Security _ -> Cause.security_module;
            case Refusal.NotLocal _, Refusal.NoZone _ -> Cause.address_not_local;
            case Refusal.Tentative _ -> Cause.address_tentative;
            case Refusal.Duplicate _ -> Cause.address_duplicate;
            case Refusal.Down _, Refusal.NoCarrier _, Refusal.Disabled _ -> Cause.address_down;
            case Refusal.Other _ -> Cause.unknown;
        };
    }
}
