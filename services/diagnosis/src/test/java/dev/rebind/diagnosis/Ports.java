package dev.rebind.diagnosis;

import dev.rebind.diagnosis.look.PortObserver;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import java.net.InetAddress;

/** Real sockets for tests, and the diagnosis of their ports. */
final class Ports {
    static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    static final InetAddress FOUR = InetAddress.ofLiteral("0.0.0.0");
    static final InetAddress SIX = InetAddress.ofLiteral("::");

    private static final WhyPort WHY = new WhyPort();

    private Ports() {}

    static Diagnosis why(int port) {
        return WHY.diagnose(Question.everywhere(port), new PortObserver.Manner(true, false, false));
    }

    static Diagnosis why(Question question) {
        return WHY.diagnose(question, new PortObserver.Manner(true, false, false));
    }

    static Diagnosis computed(int port) {
        return WHY.diagnose(Question.everywhere(port), new PortObserver.Manner(false, false, false));
    }

    static PosixSocket listener(InetAddress address, int port, boolean reuseAddress) throws PosixException {
        return PosixSocket.open(address instanceof java.net.Inet4Address ? Family.IPV4 : Family.IPV6)
                .reuseAddress(reuseAddress)
                .bind(new Endpoint(address, port))
                .listen(16);
    }

    static PosixSocket connected(int port) throws PosixException {
        return PosixSocket.open(Family.IPV4).connect(new Endpoint(LOOPBACK, port));
    }

    /** A connection whose listener is closed. */
    record Connection(PosixSocket client, PosixSocket accepted) implements AutoCloseable {
        @Override
        public void close() {
            client.close();
            accepted.close();
        }
    }

    /** @param from the client's port; 0 for any */
    static Connection connection(int port, int from, boolean reuseAddress) throws PosixException {
        try (PosixSocket listener = listener(FOUR, port, reuseAddress)) {
            PosixSocket client = PosixSocket.open(Family.IPV4)
                    .bind(new Endpoint(LOOPBACK, from))
                    .connect(new Endpoint(LOOPBACK, port));
            return new Connection(client, listener.accept());
        }
    }

    /** A TIME_WAIT on the port, of a server that closed first and is gone. */
    static void leaveTimeWait(int port, boolean reuseAddress) throws PosixException {
        try (PosixSocket listener = listener(FOUR, port, reuseAddress);
                PosixSocket client = connected(port)) {
            PosixSocket accepted = listener.accept();
            accepted.close();
            // The end of the stream has come: the server's FIN is acknowledged, and the client's close makes TIME_WAIT.
            client.receive(1);
        }
    }
}
