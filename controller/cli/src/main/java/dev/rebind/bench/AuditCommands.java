package dev.rebind.bench;

import dev.rebind.bench.Benchmark.BenchmarkException;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.posix.Errno;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** Measures {@code rebind audit} as a user runs it while very many servers listen, and {@code ss -tlnp} for comparison. */
final class AuditCommands {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final int LISTENERS = 2_000;
    /** The first port to listen on; the range lies below the ports that the kernel gives to connections. */
    private static final int FIRST_PORT = 10_000;

    private static final double AIM_MILLIS = 2_000;

    private AuditCommands() {}

    static List<FigureComparison> measure(int rounds) throws BenchmarkException, InterruptedException {
        String launcher = TimedCommands.launcher();
        var listeners = new ArrayList<PosixSocket>();
        try (CompiledProgram runner = CompiledProgram.of("run.c")) {
            int port = FIRST_PORT;
            while (listeners.size() < LISTENERS) {
                listen(port++, listeners);
            }
            return new TimedCommands(runner, AIM_MILLIS, Integer.toString(port - 1))
                    .compare(
                            rounds,
                            "rebind audit of " + LISTENERS + " listeners",
                            List.of(launcher, "audit"),
                            "ss -tlnp",
                            List.of(List.of("ss", "-tlnp")));
        } catch (IOException e) {
            throw new BenchmarkException(LISTENERS + " listeners cannot be made or measured: " + e.getMessage());
        } finally {
            listeners.forEach(PosixSocket::close);
        }
    }

    /** Adds a listener, unless the port is taken. */
    private static void listen(int port, List<PosixSocket> listeners) throws PosixException {
        PosixSocket socket = PosixSocket.open(Family.IPV4);
        try {
            socket.reuseAddress(true).bind(new Endpoint(LOOPBACK, port)).listen(8);
            listeners.add(socket);
        } catch (PosixException e) {
            socket.close();
            if (!e.is(Errno.EADDRINUSE)) {
                throw e;
            }
        }
    }
}
