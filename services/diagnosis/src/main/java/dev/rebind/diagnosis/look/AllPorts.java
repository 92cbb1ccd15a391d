package dev.rebind.diagnosis.look;

import dev.rebind.diagnosis.Question;
import dev.rebind.diagnosis.seen.CallerRights;
import dev.rebind.diagnosis.seen.Facts;
import dev.rebind.diagnosis.seen.KernelAnswers;
import dev.rebind.diagnosis.seen.KernelSettings;
import dev.rebind.diagnosis.seen.NamespaceAddresses;
import dev.rebind.diagnosis.seen.Nat;
import dev.rebind.diagnosis.seen.Observation;
import dev.rebind.diagnosis.seen.SeenHolders;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.SocketReaders;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.diag.UdpSockets;
import dev.rebind.sockets.proc.Namespace;
import dev.rebind.sockets.release.ReleasePredictor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;

/**
 * Looks at every port of a network namespace at once, that of the calling thread. Nothing is bound, and no program is run. Blocks for
 * milliseconds.
 */
final class AllPorts {
    private final ReleasePredictor predictor;
    private final Namespace settings;

    /** @param settings those of the network namespace that is looked at */
    AllPorts(ReleasePredictor predictor, Namespace settings) {
        this.predictor = predictor;
        this.settings = settings;
    }

    /**
     * Every port of the namespace that a server may want and on which something stands: one with a socket that was bound to it, or
     * with a connection that was not given its port by the kernel. Nothing is bound, and no program is run.
     */
    List<Observation> taken() {
        IntPredicate ephemeral = settings.ephemeral();
        return all(
                (port, sockets) -> !ephemeral.test(port)
                        || sockets.stream().anyMatch(socket -> socket.peer().isEmpty()),
                true);
    }

    /**
     * Every port of the namespace on which somebody listens, with all that is on it. Whether its programs wait for clients at the
     * moment is not looked at: that takes a read for every descriptor of each of them.
     */
    List<Observation> listening() {
        return all((_, sockets) -> hasListener(sockets), false);
    }

    /** @param attention whether to look at what each holder of a listener does at the moment */
    private List<Observation> all(BiPredicate<Integer, List<TcpSocket>> of, boolean attention) {
        Reading reading = Interpreted.of(SocketReaders.bestWithInfo().read(SocketQuery.all()));
        if (!(reading instanceof Reading.Snapshot snapshot)) {
            return List.of(observation(
                    1,
                    reading,
                    List.of(),
                    Surroundings.read(settings, List.of(), new SeenHolders.Unreadable("nobody looked"))));
        }
        Map<Integer, List<TcpSocket>> byPort = byPort(snapshot, of);
        // Of a hundred thousand sockets most are leftovers, which nobody holds.
        List<TcpSocket> held = snapshot.sockets().stream()
                .filter(socket ->
                        socket.inode() != 0 && byPort.containsKey(socket.local().port()))
                .toList();
        SeenHolders holdings = ClosedLook.closed(
                new HolderLook().of(PortObserver.inodes(held), attention ? PortObserver.listeners(held) : Set.of()),
                held,
                SocketQuery.all());
        Surroundings surroundings = Surroundings.read(settings, held, holdings);
        return byPort.entrySet().stream()
                .map(entry ->
                        observation(entry.getKey(), part(snapshot, entry.getValue()), entry.getValue(), surroundings))
                .toList();
    }

    /** The sockets by their own ports, the lowest first; one without a port is on none. */
    static Map<Integer, List<TcpSocket>> byPort(Reading.Snapshot snapshot, BiPredicate<Integer, List<TcpSocket>> of) {
        Map<Integer, List<TcpSocket>> byPort = new TreeMap<>(snapshot.sockets().stream()
                .collect(Collectors.groupingBy(socket -> socket.local().port())));
        byPort.remove(0);
        byPort.entrySet().removeIf(entry -> !of.test(entry.getKey(), entry.getValue()));
        return byPort;
    }

    /** The same look at some of its sockets. */
    static Reading.Snapshot part(Reading.Snapshot whole, List<TcpSocket> sockets) {
        return new Reading.Snapshot(whole.takenAt(), whole.takenNanos(), whole.source(), sockets, whole.halfNanos());
    }

    static boolean hasListener(List<TcpSocket> sockets) {
        return sockets.stream().anyMatch(socket -> socket.state() == TcpState.LISTEN);
    }

    /** What the ports of a namespace have in common, read once. */
    private record Surroundings(
            SeenHolders holdings,
            Map<Long, String> users,
            NamespaceAddresses locals,
            KernelSettings settings,
            IntPredicate reserved,
            CallerRights asker) {
        static Surroundings read(Namespace settings, List<TcpSocket> sockets, SeenHolders holdings) {
            return new Surroundings(
                    holdings,
                    SocketUsers.of(sockets),
                    AddressLook.read(Optional.empty(), PortObserver.listening(sockets)),
                    SettingsLook.read(settings, 0),
                    settings.reserved(),
                    PortObserver.asker(false));
        }
    }

    private Observation observation(int port, Reading around, List<TcpSocket> own, Surroundings surroundings) {
        return new Observation(
                Question.everywhere(port),
                around,
                OpenerLook.ask(own),
                PortObserver.releases(predictor, around, own),
                new UdpSockets.Answer.Bound(List.of()),
                surroundings.holdings(),
                surroundings.users(),
                List.of(),
                KernelAnswers.NONE,
                surroundings.locals(),
                surroundings.settings().withReserved(surroundings.reserved().test(port)),
                new Nat.NotAsked(),
                surroundings.asker(),
                Facts.NONE);
    }
}
