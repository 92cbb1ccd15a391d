package dev.rebind.agent.lab;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.CellExplainer;
import dev.rebind.agent.Explanation;
import dev.rebind.agent.GenerationSettings;
import dev.rebind.agent.PortView;
import dev.rebind.agent.lab.CellRun.Expected;
import dev.rebind.child.Moment;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.Owner;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.SocketReader;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.bind.ExistingSocket;
import dev.rebind.sockets.bind.MappedAddresses;
import dev.rebind.sockets.posix.Errno;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import dev.rebind.sockets.posix.ProcessStarts;
import dev.rebind.sockets.posix.SocketWaitTimeout;
import dev.rebind.sockets.release.ReleasePredictor;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tests the kernel's rule with real sockets: makes what an old server leaves, asks {@link CellRule} for the expected result, and binds.
 * Calls block for some milliseconds, or for seconds where packets are lost. Calls on different ports may run at the same time.
 */
public final class BareCells {
    /** The generation number of the old socket. The new socket has the next number. */
    public static final int OLD_GENERATION = 1;

    private final SocketReader reader;
    private final CellExplainer explainer;

    public BareCells(SocketReader reader, ReleasePredictor predictor) {
        this.reader = reader;
        this.explainer = new CellExplainer(predictor);
    }

    public CellRun run(BareCell cell) throws InterruptedException {
        try (var arrangement = new Arrangement()) {
            try {
                arrangement.make(cell.old(), cell.port());
            } catch (PosixException e) {
                return notMade(cell.old(), cell.port(), e);
            }
            Reading local = Arrangement.settled(reader, cell.port(), cell.old().left());
            String shortfall = Arrangement.shortfall(local, cell.old().left());
            PortView residue = view(cell.port(), local);
            Expected expected = CellRule.expected(cell, local, MappedAddresses.here());
            try {
                Start start = start(cell, arrangement);
                Explanation explanation =
                        start instanceof Start.Failed failed ? explain(cell, failed, view(cell.port(), null)) : null;
                return new CellRun.Ran(residue, shortfall, expected, start, explanation);
            } catch (PosixException e) {
                return new CellRun.NotRun("The pair could not be tried on port " + cell.port() + ": " + e.getMessage());
            }
        }
    }

    /** @throws InterruptedException when an interrupt has ended the wait */
    private static CellRun notMade(BareCell.Old old, int port, PosixException e) throws InterruptedException {
        if (e.is(Errno.EINTR) && Thread.interrupted()) {
            throw new InterruptedException();
        }
        String why = "The old socket could not be brought to " + old.left() + " on " + new Place(old.address(), port)
                + ": " + e.getMessage();
        return e instanceof SocketWaitTimeout
                ? new CellRun.WaitedInVain(
                        why + ". A packet between " + old.connectTo() + " and itself did not arrive; look whether"
                                + " a firewall rule (nft list ruleset, iptables-save) or a tc filter drops it")
                : new CellRun.NotRun(why);
    }

    /** @throws PosixException when anything but the new socket's bind or listen fails */
    private static Start start(BareCell cell, Arrangement arrangement) throws PosixException {
        BareCell.Fresh fresh = cell.fresh();
        InetAddress address = InetAddress.ofLiteral(fresh.address());
        PosixSocket socket = arrangement
                .keep(PosixSocket.open(Arrangement.family(address)))
                .reuseAddress(fresh.reuseAddress())
                .reusePort(fresh.reusePort());
        if (socket.family() == Family.IPV6) {
            socket.v6Only(fresh.v6Only());
        }
        try {
            var _ = ProcessStarts.apart(() -> socket.bind(new Endpoint(address, cell.port())));
        } catch (PosixException e) {
            return failed(cell, e);
        }
        if (cell.simultaneous()) {
            arrangement.listen();
        }
        try {
            socket.listen(8);
        } catch (PosixException e) {
            return failed(cell, e);
        }
        Moment now = Moment.now();
        return new Start.Bound(
                OLD_GENERATION + 1,
                new Place(fresh.address(), cell.port()),
                List.of(ProcessHandle.current().pid()),
                now.at(),
                now.nanos());
    }

    private static Start.Failed failed(BareCell cell, PosixException e) {
        Moment now = Moment.now();
        var settings = new GenerationSettings(
                OLD_GENERATION + 1,
                new Place(cell.fresh().address(), cell.port()),
                GenerationSettings.Mode.listener,
                cell.fresh().reuseAddress(),
                cell.fresh().reusePort(),
                "none",
                "posix",
                false,
                false,
                null);
        return new Start.Failed(
                settings.generation(),
                settings,
                e.errno(),
                e.number(),
                e.call(),
                e.getMessage(),
                now.at(),
                now.nanos());
    }

    private Explanation explain(BareCell cell, Start.Failed failed, PortView view) {
        List<ExistingSocket> standing = view.local() instanceof Snapshot snapshot
                ? CellRule.standing(cell, snapshot).stream()
                        // After a failed listen the new socket itself is still bound. It does not block others.
                        .filter(one ->
                                !"listen".equals(failed.call()) || one.socket().state() != TcpState.CLOSED)
                        .toList()
                : List.of();
        return explainer.explain(failed, CellRule.candidate(cell), view, standing, OLD_GENERATION);
    }

    /** Returns the view of a port. The port was free before, so this process owns every socket with an inode. */
    private PortView view(int port, @Nullable Reading known) {
        Reading local = known != null ? known : reader.read(SocketQuery.onPort(port));
        Reading remote = reader.read(SocketQuery.toPort(port));
        var owner = new Owner(ProcessHandle.current().pid(), "this process");
        Map<Long, Owner> owners = new HashMap<>();
        if (local instanceof Snapshot snapshot) {
            snapshot.sockets().stream()
                    .map(TcpSocket::inode)
                    .filter(inode -> inode != 0)
                    .forEach(inode -> owners.put(inode, owner));
        }
        return new PortView(local, remote, local, owners);
    }
}
