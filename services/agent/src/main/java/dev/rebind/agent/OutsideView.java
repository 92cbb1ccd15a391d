package dev.rebind.agent;

import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Suspects.Suspect;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.bind.Candidate;
import dev.rebind.sockets.bind.Flag;
import dev.rebind.sockets.bind.Standing;
import dev.rebind.sockets.release.ReleasePredictor;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Explains restarts of a server that no agent runs, from looks at its port alone: whose a listener is cannot be seen, and
 * options are known only where whoever toggles them says so.
 */
public final class OutsideView {
    /** What is bound is not known before it listens: the wildcard of both families meets every socket on the port. */
    private static final InetAddress ANY = InetAddress.ofLiteral("::");

    private final Explainer explainer;

    public OutsideView(ReleasePredictor predictor) {
        this.explainer = new Explainer(predictor, _ -> false);
    }

    /**
     * Says why a bind failed.
     *
     * @param view of right after the failure
     * @param oldReuse SO_REUSEADDR of the generation before; null where not known
     * @param newReuse of the one that failed; null where not known
     * @param old number of the generation before
     * @param oldListener inode of the listener that is known to be the old generation's; null where none is
     */
    public Explanation explain(
            Start.Failed failed,
            PortView view,
            @Nullable Boolean oldReuse,
            @Nullable Boolean newReuse,
            int old,
            @Nullable Long oldListener) {
        // One that set the option and failed all the same would have failed without it too.
        var candidate = new Candidate(Family.IPV6, ANY, false, Boolean.TRUE.equals(newReuse), false, -1);
        List<Suspect> suspects = view.local() instanceof Snapshot snapshot
                ? snapshot.sockets().stream()
                        .map(socket -> suspect(socket, oldReuse, old, oldListener))
                        .toList()
                : List.of();
        return explainer.explain(failed, candidate, view, suspects);
    }

    private static Suspect suspect(TcpSocket socket, @Nullable Boolean oldReuse, int old, @Nullable Long oldListener) {
        boolean leftover = socket.inode() == 0;
        Integer generation = leftover && oldReuse != null ? Integer.valueOf(old) : null;
        Flag reuse = leftover && oldReuse != null ? Flag.of(oldReuse) : Flag.UNKNOWN;
        boolean v4 = socket.family() == Family.IPV4 || socket.local().address() instanceof Inet4Address;
        var standing = new Standing(socket, reuse, Flag.UNKNOWN, v4 ? Flag.OFF : Flag.UNKNOWN);
        if (leftover) {
            return new Suspect(standing, Suspects.byState(socket), null, generation, null);
        }
        if (socket.state() == TcpState.LISTEN && oldListener != null && socket.inode() == oldListener) {
            return new Suspect(standing, Cause.listener_old, null, old, null);
        }
        if (socket.state() == TcpState.LISTEN) {
            return new Suspect(
                    standing,
                    Cause.listener_other,
                    null,
                    null,
                    "Whose the listener is cannot be seen from outside: a process of the old server that is still there, or"
                            + " another program.");
        }
        return new Suspect(
                standing,
                Cause.unknown,
                null,
                null,
                "A connection in " + socket.state() + " to " + socket.remote()
                        + " has an owner that cannot be seen from outside.");
    }

    /**
     * Whether it is proven that both generations set SO_REUSEADDR: a listener came onto the port while sockets of the old
     * one stayed there that block any other (DESIGN fact 1). False says nothing.
     *
     * @param before what was left, without a listener
     * @param after with the new listener
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
        // An IPv4 connection that a process holds on an IPv6 socket was accepted by a listener for both.
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

    /** Whether the two would be in each other's way but for SO_REUSEADDR. */
    private static boolean covers(TcpSocket listener, TcpSocket leftover, boolean both) {
        InetAddress at = listener.local().address();
        boolean sameFamily = at instanceof Inet4Address == leftover.local().address() instanceof Inet4Address;
        return at.isAnyLocalAddress()
                ? sameFamily || both
                : at.equals(leftover.local().address());
    }
}
