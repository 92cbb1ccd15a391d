package dev.rebind.agent;

import dev.rebind.diagnosis.Cause;
import dev.rebind.diagnosis.Diagnosis;
import dev.rebind.diagnosis.finding.Blocker;
import dev.rebind.diagnosis.finding.Remedy;
import dev.rebind.diagnosis.text.Clauses;
import dev.rebind.diagnosis.text.Screen;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.bind.Flag;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Says what would have let a failed bind succeed, from the computed remedies. Pure. */
final class Prevention {
    private Prevention() {}

    /** Returns empty where nothing is known that would have let the bind succeed. */
    static Optional<String> of(Diagnosis diagnosis, Screen screen) {
        if (diagnosis.blocking().isEmpty() || diagnosis.refusal().isPresent()) {
            return texts(diagnosis, screen, Remedy::now);
        }
        for (Remedy remedy : diagnosis.remedies()) {
            switch (remedy) {
                case Remedy.ReuseAddressHere _ -> {
                    return Optional.of(
                            "It would have bound at once had it set SO_REUSEADDR, as the sockets that are left have it.");
                }
                case Remedy.ReuseAddressBoth both -> {
                    return Optional.of(both(diagnosis, both));
                }
                default -> {}
            }
        }
        Cause cause = diagnosis.cause().orElse(Cause.unknown);
        if (cause == Cause.outgoing
                || cause == Cause.self_connect
                || diagnosis.blocking().getFirst().origin().goesOut()) {
            return texts(
                    diagnosis,
                    screen,
                    remedy -> remedy instanceof Remedy.ReservePort || remedy instanceof Remedy.NotFromRange);
        }
        Optional<String> here = texts(diagnosis, screen, Prevention::ofServer);
        if (here.isEmpty()) {
            return nothing(diagnosis);
        }
        boolean shares = diagnosis.remedies().stream().anyMatch(Remedy.ReusePortHere.class::isInstance);
        List<String> clients =
                Clauses.sharing(diagnosis.sharing(), diagnosis.question().port());
        return shares && !clients.isEmpty() ? here.map(text -> text + " " + String.join(" ", clients)) : here;
    }

    private static String both(Diagnosis diagnosis, Remedy.ReuseAddressBoth both) {
        Blocker first = diagnosis.blocking().getFirst();
        if (diagnosis.question().reuseAddress() && both.heldWithout()) {
            boolean earlier =
                    first.server().isPresent() && !first.server().get().latest();
            return "It would have bound at once had " + (earlier ? "the server that left them" : "the old server")
                    + " set SO_REUSEADDR too: turning the option on helps from the second restart on only.";
        }
        return first.server().isPresent()
                ? "It would have bound at once had both servers set SO_REUSEADDR."
                : "It would have bound at once had both the old server and the new one set SO_REUSEADDR"
                        + (both.live() ? ", and nobody listened." : ".");
    }

    private static Optional<String> texts(Diagnosis diagnosis, Screen screen, Predicate<Remedy> which) {
        List<String> texts = diagnosis.remedies().stream()
                .filter(which)
                .map(remedy -> screen.remedy(diagnosis, remedy))
                .toList();
        return texts.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", texts));
    }

    /**
     * Returns a sentence that nothing would have helped. Says so only where every way was computed: the listener's options are known, and
     * none of the ways lets a bind succeed.
     */
    private static Optional<String> nothing(Diagnosis diagnosis) {
        Blocker first = diagnosis.blocking().getFirst();
        boolean computed = first.first().state() == TcpState.LISTEN
                && first.certain()
                && first.standing().reusePort() == Flag.OFF
                && diagnosis.cause().orElse(Cause.unknown) != Cause.listener_own;
        return computed
                ? Optional.of(
                        "Nothing on the new server's side would have let it bind this port: two listeners share one only"
                                + " with SO_REUSEPORT on both, and the one that is there has it not.")
                : Optional.empty();
    }

    /** Whether the new server itself can apply the remedy, or the remedy keeps connections off the port. */
    static boolean ofServer(Remedy remedy) {
        return switch (remedy) {
            case Remedy.OneFamily _,
                    Remedy.OtherAddress _,
                    Remedy.OtherDevice _,
                    Remedy.ReuseAddressHere _,
                    Remedy.ReuseAddressBoth _,
                    Remedy.ReusePortHere _,
                    Remedy.ReusePortAsUser _,
                    Remedy.ReusePortPerhaps _,
                    Remedy.ReservePort _,
                    Remedy.NotFromRange _,
                    Remedy.OneListener _,
                    Remedy.GrantCapability _,
                    Remedy.AskSecurity _,
                    Remedy.UseLocalAddress _,
                    Remedy.NonlocalBind _,
                    Remedy.DeviceUp _ -> true;
            case Remedy.EndProcesses _,
                    Remedy.EndFromOutside _,
                    Remedy.StopUnit _,
                    Remedy.StopSocketUnit _,
                    Remedy.StopProxied _,
                    Remedy.StopContainer _,
                    Remedy.FindAsRoot _,
                    Remedy.ReuseAddressOfHolder _,
                    Remedy.Wait _,
                    Remedy.AnotherPort _,
                    Remedy.CloseOnExec _,
                    Remedy.CloseConnections _ -> false;
        };
    }

    /** Whether the remedy acts on the holder of the port. The caller needs no such advice where the holder is the caller's own server. */
    static boolean ofHolder(Remedy remedy) {
        return !ofServer(remedy) && !(remedy instanceof Remedy.Wait);
    }
}
