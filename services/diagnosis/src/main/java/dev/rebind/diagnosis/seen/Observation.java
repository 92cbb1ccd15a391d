package dev.rebind.diagnosis.seen;

import dev.rebind.diagnosis.Question;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.diag.UdpSockets;
import dev.rebind.sockets.options.SocketOptions;
import dev.rebind.sockets.release.Release;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Everything that was seen of a port at one moment.
 *
 * @param around the sockets with the port at either end
 * @param openers which end opened a connection, for the port's own sockets that tell it
 * @param releases when the port's leftovers go by their timers
 * @param users the names of the users who made the port's sockets, by their ids, where this system has them
 * @param units the socket units of the system's service manager that listen on the port
 * @param attempts every bind that was asked for, or has failed; those of the rule are not in here
 * @param facts what the caller knows beyond that
 * @param changing whether sockets came and went on the port each time that it was looked at, so that the answers to binds are not those of
 *     the moment of the sockets
 * @param sharing the kernel's answers to binds with SO_REUSEPORT alone, by the user who asks; empty where they were not asked for
 */
public record Observation(
        Question question,
        Reading around,
        Map<TcpSocket, Opener> openers,
        Map<Leftover, Release> releases,
        UdpSockets.Answer udp,
        Holdings holdings,
        Map<Long, String> users,
        List<String> units,
        List<Attempt> attempts,
        Locals locals,
        Settings settings,
        Nat nat,
        Asker asker,
        Facts facts,
        boolean changing,
        List<Attempt> sharing) {
    public Observation {
        sharing = List.copyOf(sharing);
        openers = Map.copyOf(openers);
        releases = Map.copyOf(releases);
        users = Map.copyOf(users);
        units = List.copyOf(units);
        attempts = List.copyOf(attempts);
    }

    /** Of a port that stands still. */
    public Observation(
            Question question,
            Reading around,
            Map<TcpSocket, Opener> openers,
            Map<Leftover, Release> releases,
            UdpSockets.Answer udp,
            Holdings holdings,
            Map<Long, String> users,
            List<String> units,
            List<Attempt> attempts,
            Locals locals,
            Settings settings,
            Nat nat,
            Asker asker,
            Facts facts) {
        this(
                question, around, openers, releases, udp, holdings, users, units, attempts, locals, settings, nat,
                asker, facts, false, List.of());
    }

    /** The same with what came of asking the kernel; see {@link #changing} and {@link #sharing}. */
    public Observation asked(boolean nowChanging, List<Attempt> nowSharing) {
        return new Observation(
                question,
                around,
                openers,
                releases,
                udp,
                holdings,
                users,
                units,
                attempts,
                locals,
                settings,
                nat,
                asker,
                facts,
                nowChanging,
                nowSharing);
    }

    /**
     * The same with what the caller knows.
     *
     * @param accepted sockets that a server of the caller's is known to have accepted
     */
    public Observation with(Facts known, Set<TcpSocket> accepted) {
        var all = new HashMap<>(openers);
        accepted.forEach(socket -> all.put(socket, Opener.PEER));
        return new Observation(
                question, around, all, releases, udp, holdings, users, units, attempts, locals, settings, nat, asker,
                known, changing, sharing);
    }

    /** The sockets that have the port as their own; empty where they could not be read, which {@link #around} tells. */
    public List<TcpSocket> onPort() {
        if (!(around instanceof Reading.Snapshot snapshot)) {
            return List.of();
        }
        // Where all ports were looked at, each has a snapshot of its own, and may have a hundred thousand sockets.
        boolean own = true;
        for (TcpSocket socket : snapshot.sockets()) {
            own &= isOnPort(socket);
        }
        return own
                ? snapshot.sockets()
                : snapshot.sockets().stream().filter(this::isOnPort).toList();
    }

    private boolean isOnPort(TcpSocket socket) {
        return socket.local().port() == question.port();
    }

    /** The options of a live socket that some holder let be read. */
    public Optional<SocketOptions> options(TcpSocket socket) {
        return holdings.options(socket);
    }
}
