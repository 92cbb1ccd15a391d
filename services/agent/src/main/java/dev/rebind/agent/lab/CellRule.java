package dev.rebind.agent.lab;

import dev.rebind.agent.lab.BareCell.Left;
import dev.rebind.agent.lab.CellRun.Expected;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.bind.BindRule;
import dev.rebind.sockets.bind.Candidate;
import dev.rebind.sockets.bind.ExistingSocket;
import dev.rebind.sockets.bind.Flag;
import dev.rebind.sockets.bind.MappedAddresses;
import dev.rebind.sockets.proc.Rights;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;

/** Applies the kernel's rule to a cell. Uses what is on the port and the options that the cell gives its sockets. Pure. */
final class CellRule {
    private CellRule() {}

    /** Returns what the rule expects of bind and then of listen. */
    static Expected expected(BareCell cell, Reading local, MappedAddresses mapped) {
        if (!(local instanceof Snapshot snapshot)) {
            return new Expected(Flag.UNKNOWN, null);
        }
        List<ExistingSocket> standing = standing(cell, snapshot);
        Flag bind = BindRule.ask(candidate(cell), standing, mapped).passes();
        if (bind != Flag.ON || !cell.simultaneous()) {
            return new Expected(bind, bind == Flag.OFF ? "bind" : null);
        }
        List<ExistingSocket> listening = standing.stream()
                .map(one -> new ExistingSocket(
                        one.socket().withState(TcpState.LISTEN), one.reuseAddress(), one.reusePort(), one.v6Only()))
                .toList();
        Flag listen = BindRule.ask(candidate(cell), listening, mapped).passes();
        return new Expected(listen, listen == Flag.OFF ? "listen" : null);
    }

    /** Returns the sockets on the port with the old socket's options. An accepted socket has the options of its listener. */
    static List<ExistingSocket> standing(BareCell cell, Snapshot snapshot) {
        BareCell.Old old = cell.old();
        InetAddress address = InetAddress.ofLiteral(old.address());
        boolean six = !(address instanceof Inet4Address);
        boolean dual = six && address.isAnyLocalAddress() && !old.v6Only();
        List<TcpSocket> sockets = snapshot.sockets();
        if (old.left() == Left.BOUND && sockets.isEmpty()) {
            sockets = List.of(unseen(address, cell.port()));
        }
        return sockets.stream()
                .map(socket -> new ExistingSocket(
                                socket, Flag.of(old.reuseAddress()), Flag.of(old.reusePort()), Flag.of(six && !dual))
                        .withUid(Rights.uid()))
                .toList();
    }

    /** Returns the entry for a bound socket on a kernel that does not show it. */
    private static TcpSocket unseen(InetAddress address, int port) {
        return TcpSocket.of(TcpState.CLOSED, new Endpoint(address, port), new Endpoint(address, 0))
                .withUid(Rights.uid());
    }

    static Candidate candidate(BareCell cell) {
        BareCell.Fresh fresh = cell.fresh();
        InetAddress address = InetAddress.ofLiteral(fresh.address());
        return new Candidate(
                Arrangement.family(address),
                address,
                fresh.v6Only(),
                fresh.reuseAddress(),
                fresh.reusePort(),
                Rights.uid());
    }
}
