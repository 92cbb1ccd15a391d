package dev.rebind.agent;

import dev.rebind.agent.Agent.Place;
import dev.rebind.diagnosis.Question;
import dev.rebind.diagnosis.seen.Attempt;
import dev.rebind.diagnosis.seen.CallerRights;
import dev.rebind.diagnosis.seen.Facts;
import dev.rebind.diagnosis.seen.KernelAnswers;
import dev.rebind.diagnosis.seen.KernelSettings;
import dev.rebind.diagnosis.seen.Leftover;
import dev.rebind.diagnosis.seen.NamespaceAddresses;
import dev.rebind.diagnosis.seen.Nat;
import dev.rebind.diagnosis.seen.Observation;
import dev.rebind.diagnosis.seen.Opener;
import dev.rebind.diagnosis.seen.SeenHolder;
import dev.rebind.diagnosis.seen.SeenHolders;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Owner;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketTimer;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.bind.Flag;
import dev.rebind.sockets.bind.MappedAddresses;
import dev.rebind.sockets.diag.UdpSockets;
import dev.rebind.sockets.options.OptionsAnswer;
import dev.rebind.sockets.owners.ListenEnvironment;
import dev.rebind.sockets.owners.ProcessAnswer;
import dev.rebind.sockets.owners.ProcessStory;
import dev.rebind.sockets.owners.SocketOwner;
import dev.rebind.sockets.proc.Namespace;
import dev.rebind.sockets.release.Release;
import dev.rebind.sockets.release.ReleasePredictor;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongFunction;

/** Made-up sockets, looks and lives. */
final class Made {
    static final int PORT = 18_080;
    static final long AGENT = 100;
    static final long SECOND = 1_000_000_000L;
    /** Nobody is anybody's child. */
    static final LongFunction<Set<Long>> STRANGERS = Set::of;

    private Made() {}

    static TcpSocket socket(TcpState state, String local, String remote, long inode) {
        var timer = switch (state) {
            case TIME_WAIT -> new SocketTimer(SocketTimer.Kind.TIME_WAIT, Duration.ofSeconds(50), 0);
            case FIN_WAIT_2 ->
                inode == 0 ? new SocketTimer(SocketTimer.Kind.TIME_WAIT, Duration.ofSeconds(50), 0) : SocketTimer.NONE;
            default -> SocketTimer.NONE;
        };
        return socket(state, local, remote, inode, timer);
    }

    static TcpSocket socket(TcpState state, String local, String remote, long inode, SocketTimer timer) {
        return TcpSocket.of(state, endpoint(local), endpoint(remote))
                .withTimer(timer)
                .withInode(inode);
    }

    static TcpSocket listener(String local, long inode) {
        Endpoint own = endpoint(local);
        String far = own.address() instanceof Inet4Address ? "0.0.0.0:0" : "[::]:0";
        return socket(TcpState.LISTEN, local, far, inode);
    }

    static TcpSocket timeWait(String local, String remote, Duration left) {
        return socket(TcpState.TIME_WAIT, local, remote, 0, new SocketTimer(SocketTimer.Kind.TIME_WAIT, left, 0));
    }

    private static Endpoint endpoint(String text) {
        int colon = text.lastIndexOf(':');
        String address = text.substring(0, colon).replace("[", "").replace("]", "");
        return new Endpoint(InetAddress.ofLiteral(address), Integer.parseInt(text, colon + 1, text.length(), 10));
    }

    static Reading reading(long nanos, List<TcpSocket> sockets) {
        return new Reading.Snapshot(Instant.EPOCH.plusNanos(nanos), nanos, "inet_diag", sockets);
    }

    static final Reading UNREADABLE = new Reading.Unreadable("inet_diag", "EPERM");

    /** A look at {@link #PORT}, at a time in seconds; {@code elsewhere} are listeners on other ports. */
    static PortView view(double at, List<TcpSocket> onPort, List<TcpSocket> elsewhere, Map<Long, Owner> owners) {
        long nanos = (long) (at * SECOND);
        var listeners = new java.util.ArrayList<>(elsewhere);
        onPort.stream().filter(s -> s.state() == TcpState.LISTEN).forEach(listeners::add);
        return new PortView(
                reading(nanos, onPort), reading(nanos, List.of()), reading(nanos, listeners), new HashMap<>(owners));
    }

    static PortView view(double at, List<TcpSocket> onPort, Map<Long, Owner> owners) {
        return view(at, onPort, List.of(), owners);
    }

    static Owner owner(long pid) {
        return new Owner(pid, "java");
    }

    /** Alive since a time in seconds, with one process. */
    static GenerationLifetime life(int generation, String address, boolean reuse, long pid, double from) {
        return new GenerationLifetime(
                generation,
                new Place(address, PORT),
                Flag.of(reuse),
                Flag.OFF,
                Set.of(pid),
                (long) (from * SECOND),
                Long.MAX_VALUE,
                Set.of());
    }

    /** Everything that was seen: the sockets of a look and their owners; the options of no socket could be read. */
    static Observation observation(
            Question question,
            PortView view,
            List<Attempt> failed,
            Namespace.Ports range,
            Map<TcpSocket, Opener> openers) {
        Map<Long, List<SeenHolder>> holders = new HashMap<>();
        view.owners().forEach((inode, owner) -> holders.put(inode, List.of(holding(owner))));
        Map<Leftover, Release> releases = new HashMap<>();
        if (view.local() instanceof Reading.Snapshot snapshot) {
            snapshot.sockets().stream()
                    .filter(Leftover::endsByTimer)
                    .forEach(socket -> releases.put(Leftover.of(socket), new ReleasePredictor().of(socket, snapshot)));
        }
        return new Observation(
                question,
                view.local(),
                openers,
                releases,
                new UdpSockets.Answer.Bound(List.of()),
                new SeenHolders.Seen(holders, 0, false),
                Map.of(),
                List.of(),
                KernelAnswers.of(failed),
                new NamespaceAddresses(
                        List.of(new NamespaceAddresses.Local(
                                InetAddress.ofLiteral("127.0.0.1"), "lo", NamespaceAddresses.State.USABLE)),
                        true),
                new KernelSettings(
                        Optional.of(range),
                        false,
                        OptionalInt.of(1_024),
                        OptionalInt.of(60),
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        MappedAddresses.USUAL),
                new Nat.NotAsked(),
                new CallerRights(0, Optional.of(true), Optional.of(true), Optional.empty()),
                Facts.NONE);
    }

    private static SeenHolder holding(Owner owner) {
        var process = new ProcessStory(
                (int) owner.pid(),
                (int) owner.pid(),
                List.of(owner.name(), "-jar"),
                Optional.empty(),
                owner.name(),
                0,
                Optional.of("root"),
                Instant.EPOCH,
                1,
                (int) owner.pid(),
                false,
                'S',
                false,
                Optional.empty(),
                new ListenEnvironment.NotSet(),
                OptionalLong.empty(),
                0,
                0,
                0,
                false,
                false);
        return new SeenHolder(
                new SocketOwner((int) owner.pid(), 3, OptionalInt.empty()),
                new ProcessAnswer.Known(process),
                Optional.empty(),
                new OptionsAnswer.Denied(1, "pidfd_getfd"),
                Optional.empty(),
                SeenHolder.Attention.UNKNOWN,
                Optional.empty());
    }
}
