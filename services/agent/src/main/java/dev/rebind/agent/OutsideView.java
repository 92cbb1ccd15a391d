package dev.rebind.agent;

import dev.rebind.agent.Agent.Start;
import dev.rebind.diagnosis.Diagnosis;
import dev.rebind.diagnosis.Question;
import dev.rebind.diagnosis.decide.Decision;
import dev.rebind.diagnosis.ending.Endings;
import dev.rebind.diagnosis.seen.Attempt;
import dev.rebind.diagnosis.seen.CallerRights;
import dev.rebind.diagnosis.seen.Facts;
import dev.rebind.diagnosis.seen.Facts.Fact;
import dev.rebind.diagnosis.seen.Facts.Server;
import dev.rebind.diagnosis.seen.KernelAnswers;
import dev.rebind.diagnosis.seen.KernelSettings;
import dev.rebind.diagnosis.seen.Leftover;
import dev.rebind.diagnosis.seen.NamespaceAddresses;
import dev.rebind.diagnosis.seen.Observation;
import dev.rebind.diagnosis.seen.SeenHolders;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.bind.Flag;
import dev.rebind.sockets.bind.MappedAddresses;
import dev.rebind.sockets.proc.Namespace;
import dev.rebind.sockets.release.Forecast;
import dev.rebind.sockets.release.Release;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Explains restarts of a server that no agent runs, from looks at its port alone. Such looks do not show who owns a listener. The options
 * are known only where the caller that toggles them passes them.
 */
public final class OutsideView {
    /** The address that is assumed for an unknown bind: the wildcard of both families, which meets every socket on the port. */
    private static final InetAddress ANY = InetAddress.ofLiteral("::");

    private static final SeenHolders UNSEEN = new SeenHolders.NotSought();
    /**
     * The kernel settings that are assumed for another node. All nodes of a cluster are assumed to have the same kind of kernel. Where this
     * kernel has a setting, its value on the other node is unknown.
     */
    private static final KernelSettings ELSEWHERE = KernelSettings.outside(new Namespace(), MappedAddresses.UNKNOWN);

    private static final NamespaceAddresses NOWHERE = new NamespaceAddresses(List.of(), true);

    private final Explainer explainer = new Explainer(ZoneId.systemDefault());

    /**
     * Says why a bind failed.
     *
     * @param at the look right after the failure
     * @param oldReuse SO_REUSEADDR of the generation before; null where not known
     * @param newReuse SO_REUSEADDR of the generation that failed; null where not known
     * @param old number of the generation before
     * @param oldListener inode of the listener that is known to be the old generation's; null where none is known
     */
    public Explanation explain(
            Start.Failed failed,
            PortForecast at,
            @Nullable Boolean oldReuse,
            @Nullable Boolean newReuse,
            int old,
            @Nullable Long oldListener) {
        // An unknown option counts as off: a server that set it and failed would have failed without it too.
        Question question =
                Question.ofJava(failed.settings().place().port(), ANY).with(Boolean.TRUE.equals(newReuse), false);
        Map<TcpSocket, Fact> facts = new HashMap<>();
        if (at.view().local() instanceof Snapshot snapshot) {
            snapshot.sockets()
                    .forEach(socket ->
                            fact(socket, oldReuse, old, oldListener).ifPresent(fact -> facts.put(socket, fact)));
        }
        List<Attempt> refused = Attempt.refused(question, true, Explainer.errno(failed));
        return explainer.explain(failed, seen(question, at, refused, new Facts(facts)));
    }

    /**
     * Says why a port can or cannot be bound at every address, from a look at it alone. Binds nothing.
     *
     * @param at a look at the port now
     */
    public Diagnosis diagnose(int port, PortForecast at) {
        return Decision.of(seen(Question.everywhere(port), at, List.of(), Facts.NONE));
    }

    /**
     * Returns when each socket goes, by the same rules as {@link #diagnose}.
     *
     * @param end one end of the connections of a port, {@link PortForecast#local()} or {@link PortForecast#remote()}
     */
    public static Endings endings(Forecast end) {
        return new Endings(end.reading(), releases(end), UNSEEN, ELSEWHERE, NOWHERE, Map.of());
    }

    private static Observation seen(Question question, PortForecast at, List<Attempt> attempts, Facts facts) {
        return Observation.fromOutside(
                        question,
                        at.view().local(),
                        releases(at.local()),
                        UNSEEN,
                        ELSEWHERE,
                        new CallerRights(-1, Optional.empty(), Optional.empty(), Optional.empty()))
                .with(KernelAnswers.of(attempts))
                .with(facts, Set.of());
    }

    private static Map<Leftover, Release> releases(Forecast of) {
        Map<Leftover, Release> releases = new HashMap<>();
        if (of.reading() instanceof Snapshot snapshot) {
            for (int i = 0; i < snapshot.sockets().size(); i++) {
                TcpSocket socket = snapshot.sockets().get(i);
                if (Leftover.endsByTimer(socket)) {
                    releases.put(Leftover.of(socket), of.releases().get(i));
                }
            }
        }
        return releases;
    }

    private static Optional<Fact> fact(
            TcpSocket socket, @Nullable Boolean oldReuse, int old, @Nullable Long oldListener) {
        boolean leftover = socket.inode() == 0;
        if (socket.state() == TcpState.LISTEN && oldListener != null && socket.inode() == oldListener) {
            return Optional.of(new Fact(
                    Optional.of(new Server(OptionalInt.of(old), true, Optional.ofNullable(oldReuse))),
                    Flag.UNKNOWN,
                    Flag.UNKNOWN,
                    Flag.UNKNOWN));
        }
        return leftover && oldReuse != null
                ? Optional.of(new Fact(
                        Optional.of(new Server(OptionalInt.of(old), true, Optional.of(oldReuse))),
                        Flag.of(oldReuse),
                        Flag.UNKNOWN,
                        Flag.UNKNOWN))
                : Optional.empty();
    }

    /**
     * Whether it is proven that both generations set SO_REUSEADDR. It is proven when a new listener came onto the port while sockets of the
     * old generation were still there that block every listener without the option (DESIGN fact 1). False proves nothing.
     *
     * @param before what the old generation left, without a listener
     * @param after the port with the new listener
     */
    public static boolean reuseProven(PortView before, PortView after) {
        if (!(before.local() instanceof Snapshot left) || !(after.local() instanceof Snapshot now)) {
            return false;
        }
        if (left.sockets().stream().anyMatch(socket -> socket.state() == TcpState.LISTEN)) {
            return false;
        }
        Set<List<Object>> leftovers = new HashSet<>();
        left.sockets().stream()
                .filter(socket -> socket.inode() == 0 && socket.state() != TcpState.SYN_SENT)
                .forEach(socket -> leftovers.add(ends(socket)));
        List<TcpSocket> listeners = now.sockets().stream()
                .filter(socket -> socket.state() == TcpState.LISTEN)
                .toList();
        // An IPv4 connection that a process holds on an IPv6 socket was accepted by a dual-stack listener.
        boolean both = now.sockets().stream()
                .anyMatch(socket -> socket.inode() != 0
                        && socket.state() == TcpState.ESTABLISHED
                        && socket.family() == Family.IPV6
                        && socket.local().address() instanceof Inet4Address);
        return now.sockets().stream()
                .filter(socket -> socket.state() != TcpState.LISTEN && leftovers.contains(ends(socket)))
                .anyMatch(socket -> listeners.stream().anyMatch(listener -> covers(listener, socket, both)));
    }

    private static List<Object> ends(TcpSocket socket) {
        return List.of(socket.state(), socket.local(), socket.remote());
    }

    /** Whether the listener and the leftover conflict unless both have SO_REUSEADDR. */
    private static boolean covers(TcpSocket listener, TcpSocket leftover, boolean both) {
        InetAddress at = listener.local().address();
        boolean sameFamily = at instanceof Inet4Address == leftover.local().address() instanceof Inet4Address;
        return at.isAnyLocalAddress()
                ? sameFamily || both
                : at.equals(leftover.local().address());
    }
}
