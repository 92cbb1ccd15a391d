package dev.rebind.sockets;

import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.PosixSocket;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/** Puts real sockets into a state on a port of their own. */
public final class Arrangement implements AutoCloseable {
    private final List<PosixSocket> sockets = new ArrayList<>();
    public final int port = FreePorts.next();

    /** What an old server left: the names are those of the state of its side. */
    public enum Residue {
        none,
        BOUND,
        LISTEN,
        ESTABLISHED,
        CLOSE_WAIT,
        FIN_WAIT_1,
        FIN_WAIT_2,
        TIME_WAIT
    }

    /** Sets the options of the old server's listener. */
    @FunctionalInterface
    public interface Options {
        void on(PosixSocket socket) throws Exception;
    }

    /**
     * @param bindAddress of the old listener
     * @param peerAddress to which the client connects: the bound address, or one under the wildcard
     */
    public Arrangement(
            Family family, String bindAddress, Family peerFamily, String peerAddress, Residue residue, Options options)
            throws Exception {
        if (residue == Residue.none) {
            return;
        }
        PosixSocket listener = keep(PosixSocket.open(family));
        options.on(listener);
        listener.bind(new Endpoint(InetAddress.getByName(bindAddress), port));
        if (residue == Residue.BOUND) {
            return;
        }
        listener.listen(8);
        if (residue == Residue.LISTEN) {
            return;
        }
        PosixSocket client = keep(PosixSocket.open(peerFamily));
        if (residue == Residue.FIN_WAIT_1) {
            client.buffers(4096, 4096);
        }
        client.connect(new Endpoint(InetAddress.getByName(peerAddress), port));
        PosixSocket accepted = keep(listener.accept());
        switch (residue) {
            case ESTABLISHED -> {}
            case CLOSE_WAIT -> client.close();
            case FIN_WAIT_1 -> {
                int sent;
                do {
                    sent = accepted.send(new byte[65_536]);
                } while (sent > 0);
                accepted.close();
            }
            case FIN_WAIT_2 -> accepted.close();
            case TIME_WAIT -> {
                accepted.close();
                client.receive(1);
                client.close();
            }
            case none, BOUND, LISTEN -> throw new AssertionError(residue);
        }
        listener.close();
    }

    private PosixSocket keep(PosixSocket socket) {
        sockets.add(socket);
        return socket;
    }

    public List<PosixSocket> sockets() {
        return sockets;
    }

    public static TcpState state(Residue residue) {
        return residue == Residue.BOUND ? TcpState.CLOSED : TcpState.valueOf(residue.name());
    }

    /** Waits until the port shows sockets in the wanted state alone. */
    public Reading.Snapshot settled(SocketReader reader, Residue residue) {
        return (Reading.Snapshot) Waits.untilKernelShows(residue + " on port " + port)
                .until(
                        () -> reader.read(SocketQuery.onPort(port)),
                        reading -> reading instanceof Reading.Snapshot snapshot && shows(snapshot, residue));
    }

    private static boolean shows(Reading.Snapshot snapshot, Residue residue) {
        var states = EnumSet.noneOf(TcpState.class);
        snapshot.sockets().forEach(socket -> states.add(socket.state()));
        return residue == Residue.none ? states.isEmpty() : states.equals(EnumSet.of(state(residue)));
    }

    @Override
    public void close() {
        sockets.forEach(PosixSocket::close);
    }
}
