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
 * @param answers the kernel's answers to binds
 * @param facts what the caller knows beyond that
 */
public record Observation(
        Question question,
        Reading around,
        Map<TcpSocket, Opener> openers,
        Map<Leftover, Release> releases,
        UdpSockets.Answer udp,
        SeenHolders holdings,
        Map<Long, String> users,
        List<String> units,
        KernelAnswers answers,
        NamespaceAddresses locals,
        KernelSettings settings,
        Nat nat,
        CallerRights asker,
        Facts facts) {
    public Observation {
        openers = Map.copyOf(openers);
        releases = Map.copyOf(releases);
        users = Map.copyOf(users);
        units = List.copyOf(units);
    }

    /**
     * What a look at a network namespace from outside shows. What only a thread inside could ask is not known: UDP, the addresses, the
     * kernel's answers, which end opened a connection, and where address translation sends clients.
     *
     * @param around the sockets with the port as their own
     * @param settings as far as they can be known from outside
     */
    public static Observation fromOutside(
            Question question,
            Reading around,
            Map<Leftover, Release> releases,
            SeenHolders holdings,
            KernelSettings settings,
            CallerRights asker) {
        return new Observation(
                question,
                around,
                Map.of(),
                releases,
                new UdpSockets.Answer.Unreadable("UDP was not looked at"),
                holdings,
                // A number stands for another user in another container.
                Map.of(),
                List.of(),
                KernelAnswers.NONE,
                new NamespaceAddresses(List.of(), true),
                settings,
                new Nat.NotAsked(),
                asker,
                Facts.NONE);
    }

    public List<Attempt> attempts() {
        return answers.attempts();
    }

    public boolean changing() {
        return answers.changing();
    }

    public List<Attempt> sharing() {
        return answers.sharing();
    }

    /** The same with other answers of the kernel. */
    public Observation with(KernelAnswers other) {
        return new Observation(
                question, around, openers, releases, udp, holdings, users, units, other, locals, settings, nat, asker,
                facts);
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
                question, around, all, releases, udp, holdings, users, units, answers, locals, settings, nat, asker,
                known);
    }

    public Observation withHoldings(SeenHolders holdings) {
        return new Observation(
                question, around, openers, releases, udp, holdings, users, units, answers, locals, settings, nat, asker,
                facts);
    }

    public Observation withSettings(KernelSettings settings) {
        return new Observation(
                question, around, openers, releases, udp, holdings, users, units, answers, locals, settings, nat, asker,
                facts);
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
