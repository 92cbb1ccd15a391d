package dev.rebind.bench;

import dev.rebind.bench.Benchmark.BenchmarkException;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.SocketReaders;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/** Creates very many sockets in TIME_WAIT. They need no descriptors and disappear by themselves after a minute. */
final class TimeWaitCrowd {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    /** Connections to one port; few enough that the kernel gives each of them its own client port. */
    private static final int A_PORT = 2_000;

    private TimeWaitCrowd() {}

    /**
     * Leaves this number of sockets in TIME_WAIT on other ports. Blocks for some seconds.
     *
     * @return a suffix for the name of the figure: among how many sockets of the network namespace it was measured
     */
    static String gather(int sockets) throws BenchmarkException {
        room(2L * sockets);
        try {
            for (int left = sockets; left > 0; left -= A_PORT) {
                leave(FreePorts.next(), Math.min(left, A_PORT));
            }
        } catch (PosixException e) {
            throw new BenchmarkException(
                    sockets + " sockets could not be made: " + e.getMessage() + "; ask for fewer with --sockets");
        }
        int standing = count(SocketReaders.best().read(SocketQuery.all()));
        if (standing < sockets * 9L / 10) {
            throw new BenchmarkException(
                    "Of " + sockets + " sockets " + standing + " are left: the kernel keeps"
                            + " net.ipv4.tcp_max_tw_buckets of them at most, and none for longer than a TIME_WAIT lasts; ask for fewer with --sockets");
        }
        return " beside " + standing + " sockets";
    }

    /** Raises the limit of TIME_WAIT sockets where it may be written, which is the case in a network namespace of our own. */
    private static void room(long sockets) {
        Path setting = Path.of("/proc/sys/net/ipv4/tcp_max_tw_buckets");
        try {
            if (Long.parseLong(Files.readString(setting).strip()) < sockets) {
                Files.writeString(setting, Long.toString(sockets));
            }
        } catch (IOException | NumberFormatException e) {
            // The limit stays. The count afterwards shows whether it was high enough.
            return;
        }
    }

    /** Returns a port on which this number of sockets are in TIME_WAIT. */
    static int port(int sockets) throws BenchmarkException {
        int port = FreePorts.next();
        try {
            leave(port, sockets);
            return port;
        } catch (PosixException e) {
            throw new BenchmarkException("The port's sockets could not be made: " + e.getMessage());
        }
    }

    private static void leave(int port, int sockets) throws PosixException {
        try (PosixSocket listener = PosixSocket.open(Family.IPV4)
                .reuseAddress(true)
                .bind(new Endpoint(LOOPBACK, port))
                .listen(8)) {
            for (int made = 0; made < sockets; made++) {
                try (PosixSocket client = PosixSocket.open(Family.IPV4).connect(listener.local())) {
                    listener.accept().close();
                    // The client waits for the server's FIN, so the server's side has closed first.
                    client.receive(1);
                }
            }
        }
    }

    static int count(Reading reading) throws BenchmarkException {
        return switch (reading) {
            case Reading.Snapshot snapshot -> snapshot.sockets().size();
            case Reading.Unreadable unreadable ->
                throw new BenchmarkException(
                        "The sockets cannot be read: " + unreadable.what() + ", " + unreadable.why());
        };
    }
}
