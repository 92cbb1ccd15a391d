package dev.rebind.agent.lab;

import dev.rebind.agent.lab.BareCell.Left;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.SocketReader;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import dev.rebind.sockets.posix.SocketWaitTimeout;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes the old side of a cell with real sockets. {@link #close} resets the sockets where possible. */
final class Arrangement implements AutoCloseable {
    private static final Duration SETTLE = Duration.ofSeconds(5);
    /** The limit for each wait of one end for the other. Both ends are in this program, so the wait usually takes microseconds. */
    private static final Duration OTHER_END = Duration.ofSeconds(5);

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(1);

    private final List<PosixSocket> held = new ArrayList<>();
    private @Nullable PosixSocket bound;

    /**
     * @throws PosixException when a socket cannot be made. The sockets made so far are still held and must be closed. It is a {@link
     *     SocketWaitTimeout} where a packet was lost
     */
    void make(BareCell.Old old, int port) throws PosixException {
        InetAddress address = InetAddress.ofLiteral(old.address());
        PosixSocket socket = keep(PosixSocket.open(family(address)));
        if (socket.family() == Family.IPV6) {
            socket.v6Only(old.v6Only());
        }
        socket.reuseAddress(old.reuseAddress()).reusePort(old.reusePort()).bind(new Endpoint(address, port));
        bound = socket;
        switch (old.left()) {
            case BOUND -> {}
            case LISTEN -> socket.listen(8);
            case NONE -> {
                socket.listen(8);
                socket.close();
            }
            case ESTABLISHED, CLOSE_WAIT, FIN_WAIT_2, TIME_WAIT -> {
                socket.listen(8);
                connection(socket, old.left(), new Endpoint(InetAddress.ofLiteral(old.connectTo()), port));
            }
        }
    }

    private void connection(PosixSocket listener, Left left, Endpoint to) throws PosixException {
        PosixSocket client = keep(PosixSocket.open(family(to.address()))).connect(to, OTHER_END);
        PosixSocket accepted = keep(listener.accept(OTHER_END));
        switch (left) {
            case CLOSE_WAIT -> client.close();
            case FIN_WAIT_2 -> accepted.close();
            case TIME_WAIT -> {
                accepted.close();
                // The client receives the end of the stream, so the FIN has arrived and the client is the second to
                // close.
                client.receive(1, OTHER_END);
                client.close();
            }
            case ESTABLISHED, NONE, BOUND, LISTEN -> {}
        }
        listener.close();
    }

    /** Makes the old socket listen. */
    void listen() throws PosixException {
        if (bound == null) {
            throw new IllegalStateException("nothing was made");
        }
        bound.listen(8);
    }

    /**
     * Looks until the port shows what is wanted, for at most {@link #SETTLE}. Returns the last look. The reader itself repeats a failed
     * look.
     */
    static Reading settled(SocketReader reader, int port, Left left) throws InterruptedException {
        long deadline = System.nanoTime() + SETTLE.toNanos();
        while (true) {
            Reading reading = reader.read(SocketQuery.onPort(port));
            boolean blind = reading instanceof Reading.Unreadable;
            if (blind || shortfall(reading, left) == null || System.nanoTime() - deadline > 0) {
                return reading;
            }
            Thread.sleep(BETWEEN_LOOKS);
        }
    }

    /** Returns how the port differs from what is wanted; null where it does not differ. */
    static @Nullable String shortfall(Reading reading, Left left) {
        return switch (reading) {
            case Reading.Unreadable unreadable ->
                "what was on the port could not be read: " + unreadable.what() + ", " + unreadable.why();
            case Reading.Snapshot snapshot -> {
                Set<TcpState> states =
                        snapshot.sockets().stream().map(TcpSocket::state).collect(Collectors.toSet());
                Set<TcpState> wanted = wanted(left);
                // A kernel before 6.8 and /proc do not show a bound socket. Its successful bind is enough proof.
                boolean unseen = left == Left.BOUND && states.isEmpty();
                yield states.equals(wanted) || unseen
                        ? null
                        : "the port was meant to have " + wanted + " on it, and had " + states;
            }
        };
    }

    private static Set<TcpState> wanted(Left left) {
        return switch (left) {
            case NONE -> Set.of();
            case BOUND -> Set.of(TcpState.CLOSED);
            case LISTEN -> Set.of(TcpState.LISTEN);
            case ESTABLISHED -> Set.of(TcpState.ESTABLISHED);
            case CLOSE_WAIT -> Set.of(TcpState.CLOSE_WAIT);
            case FIN_WAIT_2 -> Set.of(TcpState.FIN_WAIT_2);
            case TIME_WAIT -> Set.of(TcpState.TIME_WAIT);
        };
    }

    PosixSocket keep(PosixSocket socket) {
        held.add(socket);
        return socket;
    }

    static Family family(InetAddress address) {
        return Family.of(address);
    }

    @Override
    public void close() {
        for (PosixSocket socket : held.reversed()) {
            try (socket) {
                if (socket.fd() >= 0) {
                    socket.resetOnClose();
                }
            } catch (PosixException e) {
                // The socket is closed without a reset. It may leave a TIME_WAIT on a port that is not used again.
            }
        }
    }
}
