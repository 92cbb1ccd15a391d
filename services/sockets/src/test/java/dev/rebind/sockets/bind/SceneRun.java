package dev.rebind.sockets.bind;

import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.SocketTimer;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.Waits;
import dev.rebind.sockets.bind.Scene.Left;
import dev.rebind.sockets.bind.Scene.Old;
import dev.rebind.sockets.bind.Scene.Settings;
import dev.rebind.sockets.bind.SceneComparison.Rule;
import dev.rebind.sockets.bind.SceneComparison.SocketCall;
import dev.rebind.sockets.diag.Destroyer;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/** Arranges one scene with real sockets. Every bind and listen in it, of old sockets and new, is asked of the rule as well. */
final class SceneRun implements AutoCloseable {
    private static final int ATTEMPTS = 10;

    /** What a scene came to. */
    sealed interface Result {
        /**
         * @param questions calls that were compared
         * @param undecided those of them that the sockets alone did not decide
         * @param refused old sockets that the kernel refused
         * @param disagreements empty where the rule and the kernel agree
         */
        record Compared(int questions, int undecided, int refused, List<String> disagreements) implements Result {}

        record NotArranged(String why) implements Result {}
    }

    /** A socket on the port. */
    private static final class Entry {
        final Settings settings;
        final Candidate candidate;
        final InetAddress local;
        final @Nullable PosixSocket socket;
        TcpState state;
        boolean timeWait;
        boolean otherUser;

        Entry(Settings settings, Candidate candidate, InetAddress local, @Nullable PosixSocket socket, TcpState state) {
            this.settings = settings;
            this.candidate = candidate;
            this.local = local;
            this.socket = socket;
            this.state = state;
            this.otherUser = settings.otherUser();
        }
    }

    private static final class NotArrangedException extends Exception {
        private static final long serialVersionUID = 1;

        NotArrangedException(String why) {
            super(why);
        }
    }

    private final SceneLab lab;
    private final SceneComparison comparison;
    private final int port = FreePorts.next();
    private final List<Entry> entries = new ArrayList<>();
    private final List<PosixSocket> open = new ArrayList<>();
    private int refused;

    private SceneRun(Scene scene, SceneLab lab, Rule rule) {
        this.lab = lab;
        this.comparison = new SceneComparison(rule, scene);
    }

    static Result run(Scene scene, SceneLab lab, Rule rule) throws Exception {
        try (var run = new SceneRun(scene, lab, rule)) {
            return run.run(scene);
        } catch (NotArrangedException | PosixException e) {
            return new Result.NotArranged(String.valueOf(e.getMessage()));
        }
    }

    private Result run(Scene scene) throws Exception {
        var bound = new ArrayList<@Nullable Entry>();
        for (Old old : scene.old()) {
            bound.add(arrange(old));
        }
        Entry fresh = bind(scene.fresh());
        if (fresh != null) {
            Entry between = scene.listens() < 0 ? null : bound.get(scene.listens());
            if (between != null && between.state == TcpState.CLOSED) {
                listen(between);
            }
            listen(fresh);
        }
        return new Result.Compared(comparison.questions(), comparison.undecided(), refused, comparison.disagreements());
    }

    /** The socket that was bound, while it is on the port. */
    private @Nullable Entry arrange(Old old) throws Exception {
        Entry listener = bind(old.settings());
        if (listener == null || (old.left() != Left.BOUND && !listen(listener))) {
            refused++;
            return listener;
        }
        if (old.left().connection()) {
            connect(old, listener);
            if (!old.listenerStays()) {
                socket(listener).close();
                entries.remove(listener);
                return null;
            }
        }
        return listener;
    }

    private @Nullable Entry bind(Settings settings) throws Exception {
        PosixSocket socket = keep(lab.sockets().open(settings));
        Candidate candidate = lab.sockets().candidate(settings);
        if (!asked(BindCall.BIND, candidate, null, () -> socket.bind(new Endpoint(candidate.address(), port)))) {
            socket.close();
            return null;
        }
        var entry = new Entry(settings, candidate, socket.local().address(), socket, TcpState.CLOSED);
        entries.add(entry);
        return entry;
    }

    private boolean listen(Entry entry) throws Exception {
        if (!asked(BindCall.LISTEN, entry.candidate, entry, () -> socket(entry).listen(8))) {
            return false;
        }
        entry.state = TcpState.LISTEN;
        return true;
    }

    private boolean asked(BindCall call, Candidate candidate, @Nullable Entry self, SocketCall socketCall)
            throws NotArrangedException {
        if (entries.isEmpty()) {
            comparison.emptied();
        }
        List<ExistingSocket> others =
                entries.stream().filter(one -> one != self).map(this::standing).toList();
        try {
            return comparison.asked(call, candidate, others, socketCall);
        } catch (PosixException e) {
            throw new NotArrangedException(e.getMessage());
        }
    }

    private ExistingSocket standing(Entry entry) {
        boolean six = entry.settings.family() == Family.IPV6;
        boolean specific = six && !entry.candidate.address().isAnyLocalAddress();
        boolean only = six && entry.local.getAddress().length == 16 && (specific || entry.settings.v6Only());
        var seen = TcpSocket.of(entry.state, new Endpoint(entry.local, port), new Endpoint(entry.local, 0))
                .withFamily(entry.settings.family())
                .withTimer(
                        entry.timeWait
                                ? new SocketTimer(SocketTimer.Kind.TIME_WAIT, Duration.ofSeconds(60), 0)
                                : SocketTimer.NONE)
                .withInode(entry.timeWait ? 0 : 1);
        return new ExistingSocket(
                        seen,
                        Flag.of(entry.settings.reuseAddress()),
                        Flag.of(entry.settings.reusePort()),
                        Flag.of(only))
                .withUid(entry.otherUser ? SceneSockets.OTHER_USER : lab.sockets().user)
                .withDevice(entry.candidate.device());
    }

    private void connect(Old old, Entry listener) throws Exception {
        var peer = new Endpoint(InetAddress.getByName(old.peer()), port);
        Family family = old.peer().contains(":") ? Family.IPV6 : Family.IPV4;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            PosixSocket client = keep(PosixSocket.open(family)).resetOnClose();
            client.connect(peer);
            if (socket(listener).readable(Duration.ofMillis(20))) {
                PosixSocket accepted = keep(socket(listener).accept());
                leave(old, listener, client, accepted);
                return;
            }
            // Another listener of the port has it. A socket in its queue would be on the port as well.
            client.close();
            drain();
        }
        throw new NotArrangedException("another listener took the connections to " + peer);
    }

    private void drain() throws PosixException {
        for (Entry one : entries) {
            while (one.state == TcpState.LISTEN && socket(one).readable(Duration.ZERO)) {
                socket(one).accept().resetOnClose().close();
            }
        }
    }

    private void leave(Old old, Entry listener, PosixSocket client, PosixSocket accepted) throws Exception {
        if (old.acceptedByOther()) {
            lab.sockets().giveToOther(accepted);
        }
        boolean closed = old.left() == Left.TIME_WAIT || old.left() == Left.FIN_WAIT_2_CLOSED;
        var entry = new Entry(
                old.settings(),
                listener.candidate,
                accepted.local().address(),
                closed ? null : accepted,
                old.left().state);
        entry.otherUser = old.acceptedByOther();
        entry.timeWait = closed;
        entries.add(entry);
        switch (old.left()) {
            case BOUND, LISTEN -> throw new AssertionError(old);
            case ESTABLISHED -> {}
            case CLOSE_WAIT -> client.shutdownOutput();
            case FIN_WAIT_2 -> accepted.shutdownOutput();
            case FIN_WAIT_2_CLOSED -> accepted.close();
            case TIME_WAIT -> {
                accepted.close();
                client.receive(1);
                client.shutdownOutput();
            }
        }
        settle(entry, client);
        if (!closed) {
            accepted.resetOnClose();
        }
    }

    /** Waits until the kernel shows the state. */
    private void settle(Entry entry, PosixSocket client) throws Exception {
        try {
            Waits.untilKernelShows(entry.state + " on " + entry.local).until(() -> settled(entry, client));
        } catch (ConditionTimeoutException e) {
            throw new NotArrangedException("no socket came to " + entry.state + " on " + entry.local);
        }
    }

    private boolean settled(Entry entry, PosixSocket client) throws Exception {
        if (entry.socket != null) {
            return SceneSockets.state(entry.socket) == entry.state;
        }
        if (!lab.closedSeen()) {
            TcpState far = SceneSockets.state(client);
            return far == (entry.state == TcpState.TIME_WAIT ? TcpState.CLOSED : TcpState.CLOSE_WAIT);
        }
        long wanted = entries.stream()
                .filter(one -> one.socket == null && one.state == entry.state)
                .count();
        long there = seen().stream()
                .filter(one -> one.inode() == 0 && one.state() == entry.state)
                .count();
        return there == wanted;
    }

    private List<TcpSocket> seen() {
        return lab.reader().read(SocketQuery.onPort(port)) instanceof Snapshot snapshot
                ? snapshot.sockets()
                : List.of();
    }

    private PosixSocket keep(PosixSocket socket) {
        open.add(socket);
        return socket;
    }

    private static PosixSocket socket(Entry entry) {
        if (entry.socket == null) {
            throw new AssertionError("closed");
        }
        return entry.socket;
    }

    /** Ends every socket by a reset; what no reset ends is destroyed, where that is allowed, or is gone within a minute. */
    @Override
    public void close() {
        open.forEach(PosixSocket::close);
        if (entries.stream().anyMatch(one -> one.state == TcpState.TIME_WAIT)) {
            var _ = Destroyer.destroy(seen());
        }
    }
}
