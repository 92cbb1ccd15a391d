package dev.rebind.diagnosis.look;

import dev.rebind.diagnosis.Question;
import dev.rebind.diagnosis.nat.Destination;
import dev.rebind.diagnosis.programs.NatLook;
import dev.rebind.diagnosis.programs.SocketUnits;
import dev.rebind.diagnosis.seen.Attempt;
import dev.rebind.diagnosis.seen.CallerRights;
import dev.rebind.diagnosis.seen.Facts;
import dev.rebind.diagnosis.seen.KernelAnswers;
import dev.rebind.diagnosis.seen.Leftover;
import dev.rebind.diagnosis.seen.NamespaceAddresses;
import dev.rebind.diagnosis.seen.Nat;
import dev.rebind.diagnosis.seen.Observation;
import dev.rebind.diagnosis.seen.Opener;
import dev.rebind.diagnosis.seen.SeenHolders;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.SocketReaders;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.UdpSocket;
import dev.rebind.sockets.diag.InetDiagReader;
import dev.rebind.sockets.diag.UdpSockets;
import dev.rebind.sockets.options.SocketOptions;
import dev.rebind.sockets.owners.NetworkOwner;
import dev.rebind.sockets.owners.ProcessAnswer;
import dev.rebind.sockets.owners.ProcessStories;
import dev.rebind.sockets.proc.Namespace;
import dev.rebind.sockets.proc.Rights;
import dev.rebind.sockets.release.Release;
import dev.rebind.sockets.release.ReleasePredictor;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Looks at everything that has to do with a port, in the network namespace of the calling thread. Blocks for milliseconds, or
 * longer where programs of the system are asked. Safe for several threads.
 */
public final class PortObserver {
    /**
     * How to look.
     *
     * @param probe whether the kernel is asked by a bind that lasts microseconds
     * @param programs whether programs of the system may be run: nft, iptables-save, systemctl
     * @param myself whether the server that wants the port is this very process
     */
    public record Manner(boolean probe, boolean programs, boolean myself) {}

    /** A port whose socket is closed while its process is looked for is looked at again; where that happens again, it changes. */
    private static final int MOST_LOOKS = 2;
    /** In a restart the listeners change twice: the old one goes and the new one comes. */
    private static final int ONE_RESTART = 2;
    /** So long who listens must stay the same after it has changed. */
    private static final Duration STILL = Duration.ofMillis(250);

    private final ReleasePredictor predictor;
    private final Namespace settings;

    public PortObserver(ReleasePredictor predictor) {
        this(predictor, new Namespace());
    }

    /** @param settings those of the network namespace that is looked at */
    public PortObserver(ReleasePredictor predictor, Namespace settings) {
        this.predictor = predictor;
        this.settings = settings;
    }

    public Observation look(Question question, Manner manner) {
        // Who waits for programs has the time to see whether listeners come and go.
        try (ListenerWatch watch = manner.programs() ? ListenerWatch.on(question.port()) : ListenerWatch.none()) {
            return look(question, manner, watch);
        }
    }

    /** @param watch of the port; it has begun before, and is closed by the caller */
    Observation look(Question question, Manner manner, ListenerWatch watch) {
        NatLook.Started nat = manner.programs() ? NatLook.start() : NatLook.Started.NONE;
        NamespaceAddresses locals = AddressLook.read(question.address(), List.of());
        Observation first = look(question, manner, locals, nat);
        int changes = watch.count();
        if (changes > ONE_RESTART) {
            return whileChanging(first, watch);
        }
        if (changes == 0) {
            return first;
        }
        // A server has started or stopped, once so far. The answer is that of after it.
        Observation second = look(question, manner, locals, nat);
        return watch.await(changes, STILL) > changes ? whileChanging(second, watch) : second;
    }

    private static Observation whileChanging(Observation seen, ListenerWatch watch) {
        return seen.with(seen.answers().whileChanging(new TransientListenersLook().of(watch)));
    }

    private Observation look(Question question, Manner manner, NamespaceAddresses locals, NatLook.Started nat) {
        for (int look = 1; ; look++) {
            PortSnapshot moment = manner.probe()
                    ? PortSnapshot.of(question, locals.six())
                    : new PortSnapshot(List.of(), sockets(question.port()), false);
            Held held = Held.on(question.port(), moment.around());
            boolean closed = ClosedLook.hasClosed(onPort(moment.around(), question.port()), held.holdings());
            if (!closed || look == MOST_LOOKS) {
                boolean changing = moment.changing() || (closed && manner.probe());
                boolean ask = manner.probe() && !changing && sharing(moment, held.holdings(), question);
                var answers = new KernelAnswers(
                        moment.attempts(),
                        changing,
                        ask ? Prober.reusePort(question.places(locals.six()), question.port()) : List.of());
                return observation(question, moment.around(), answers, locals, nat, manner, held);
            }
        }
    }

    /** Whether SO_REUSEPORT may help: a listener is in the way, and is not known to lack it. */
    private static boolean sharing(PortSnapshot moment, SeenHolders holdings, Question question) {
        return !question.reusePort()
                && moment.attempts().stream().anyMatch(Attempt::inUse)
                && listening(onPort(moment.around(), question.port())).stream()
                        .anyMatch(listener -> holdings.options(listener)
                                .map(SocketOptions::reusePort)
                                .orElse(true));
    }

    /**
     * A look at everything about sockets that were seen already. Nothing is bound.
     *
     * @param around the sockets with the port at either end
     * @param refused the errno with which a bind of the question's has failed; empty where none has
     */
    public Observation of(Question question, Reading around, OptionalInt refused, Manner manner) {
        return of(question, around, refused, manner, Optional.empty());
    }

    /** The same where it is known who has the sockets. */
    public Observation of(Question question, Reading around, OptionalInt refused, Manner manner, SeenHolders holdings) {
        return of(question, around, refused, manner, Optional.of(holdings));
    }

    private Observation of(
            Question question, Reading around, OptionalInt refused, Manner manner, Optional<SeenHolders> known) {
        NatLook.Started nat = manner.programs() ? NatLook.start() : NatLook.Started.NONE;
        NamespaceAddresses locals = AddressLook.read(
                question.address(),
                around instanceof Reading.Snapshot snapshot ? listening(snapshot.sockets()) : List.of());
        var answers = KernelAnswers.of(Attempt.refused(question, locals.six(), refused));
        Held held = known.map(holdings -> new Held(UdpSockets.on(question.port()), holdings))
                .orElseGet(() -> Held.on(question.port(), around));
        return observation(question, around, answers, locals, nat, manner, held);
    }

    /** Whether address translation sends clients of the port elsewhere. Runs programs, and blocks until they end. */
    public static Nat nat(int port) {
        NatLook.Started started = NatLook.start();
        return started.on(port, destination(AddressLook.read(), Question.everywhere(port)));
    }

    /** The sockets with the port at either end, with all that the kernel tells of them. */
    public static Reading sockets(int port) {
        Reading reading = InetDiagReader.withInfo().read(SocketQuery.around(port));
        return Interpreted.of(
                reading instanceof Reading.Snapshot
                        ? reading
                        : SocketReaders.best().read(SocketQuery.around(port)));
    }

    private Observation observation(
            Question question,
            Reading around,
            KernelAnswers answers,
            NamespaceAddresses locals,
            NatLook.Started nat,
            Manner manner,
            Held held) {
        List<TcpSocket> own = onPort(around, question.port());
        Map<TcpSocket, Opener> openers = OpenerLook.ask(own);
        List<String> units = manner.programs() ? SocketUnits.on(question.port(), held.holdings()) : List.of();
        return new Observation(
                question,
                around,
                openers,
                releases(around, own),
                held.udp(),
                held.holdings(),
                SocketUsers.of(own),
                units,
                answers,
                locals,
                SettingsLook.read(settings, question.port()),
                manner.programs() ? nat.on(question.port(), destination(locals, question)) : new Nat.NotAsked(),
                asker(manner.myself()),
                Facts.NONE);
    }

    /**
     * Every port of the namespace that a server may want and on which something stands: one with a socket that was bound to it, or
     * with a connection that was not given its port by the kernel. Nothing is bound, and no program is run.
     */
    public List<Observation> all() {
        return new AllPorts(predictor, settings).taken();
    }

    /**
     * Every port of the namespace on which somebody listens, with all that is on it. Whether its programs wait for clients at the
     * moment is not looked at: that takes a read for every descriptor of each of them.
     */
    public List<Observation> listening() {
        return new AllPorts(predictor, settings).listening();
    }

    /** The sockets that have the port as their own; none where they could not be read. */
    static List<TcpSocket> onPort(Reading around, int port) {
        return around instanceof Reading.Snapshot snapshot
                ? snapshot.sockets().stream()
                        .filter(socket -> socket.local().port() == port)
                        .toList()
                : List.of();
    }

    /** The UDP sockets of a port, and who has them and the sockets around the port. */
    private record Held(UdpSockets.Answer udp, SeenHolders holdings) {
        static Held on(int port, Reading around) {
            List<TcpSocket> all = around instanceof Reading.Snapshot snapshot ? snapshot.sockets() : List.of();
            List<TcpSocket> own = onPort(around, port);
            UdpSockets.Answer udp = UdpSockets.on(port);
            Set<Long> inodes = inodes(all);
            if (udp instanceof UdpSockets.Answer.Bound(List<UdpSocket> sockets)) {
                sockets.forEach(socket -> inodes.add(socket.inode()));
            }
            SeenHolders holdings = new HolderLook().of(inodes, listeners(own));
            return new Held(udp, ClosedLook.closed(holdings, own, SocketQuery.onPort(port)));
        }
    }

    static Set<Long> inodes(List<TcpSocket> sockets) {
        return sockets.stream().map(TcpSocket::inode).collect(Collectors.toCollection(HashSet::new));
    }

    static List<TcpSocket> listening(List<TcpSocket> sockets) {
        return sockets.stream()
                .filter(socket -> socket.state() == TcpState.LISTEN)
                .toList();
    }

    static Set<Long> listeners(List<TcpSocket> sockets) {
        return inodes(listening(sockets));
    }

    private Map<Leftover, Release> releases(Reading around, List<TcpSocket> own) {
        return releases(predictor, around, own);
    }

    static Map<Leftover, Release> releases(ReleasePredictor predictor, Reading around, List<TcpSocket> own) {
        var releases = new HashMap<Leftover, Release>();
        if (around instanceof Reading.Snapshot snapshot) {
            own.forEach(socket -> {
                if (Leftover.endsByTimer(socket)) {
                    releases.computeIfAbsent(Leftover.of(socket), _ -> predictor.of(socket, snapshot));
                }
            });
        }
        return releases;
    }

    private static Destination destination(NamespaceAddresses locals, Question question) {
        Set<Family> families = question.places(locals.six()).stream()
                .flatMap(place -> place.bothFamilies() ? Stream.of(Family.values()) : Stream.of(place.family()))
                .collect(Collectors.toSet());
        return new Destination(
                locals.all().stream().map(NamespaceAddresses.Local::address).toList(),
                question.wildcard() ? Optional.empty() : question.address(),
                families);
    }

    static CallerRights asker(boolean myself) {
        Optional<ProcessAnswer> server = myself
                ? Optional.of(
                        new ProcessStories().of((int) ProcessHandle.current().pid()))
                : Optional.empty();
        var rights = new Rights();
        Optional<Boolean> count = NetworkOwner.capabilitiesCount();
        Optional<Boolean> own = rights.has(Rights.Right.CAP_NET_BIND_SERVICE);
        return new CallerRights(
                Rights.uid(),
                own.orElse(false) ? count : own,
                rights.has(Rights.Right.CAP_SYS_PTRACE),
                count.orElse(true),
                server);
    }
}
