package dev.rebind.bench;

import dev.rebind.bench.Benchmark.BenchmarkException;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.SocketReader;
import dev.rebind.sockets.SocketReaders;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import dev.rebind.sockets.proc.ProcReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The sockets of one port while very many others stand on the machine, in TIME_WAIT, as that needs no descriptors: by
 * inet_diag, beside {@code ss} as a process and {@code /proc/net/tcp}.
 */
final class PortAmongMany {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    /** On the port that is looked at. */
    private static final int ON_PORT = 20;
    /** To one port: so few that the kernel gives each connection a port of its own at the other end. */
    private static final int A_PORT = 2_000;
    /** A quarter of what {@code ss} takes. */
    private static final double AIM = 0.25;

    private PortAmongMany() {}

    static List<Comparison> measure(int sockets, int rounds) throws BenchmarkException, InterruptedException {
        int port = FreePorts.next();
        try {
            crowd(port, ON_PORT);
            for (int left = sockets - ON_PORT; left > 0; left -= A_PORT) {
                crowd(FreePorts.next(), Math.min(left, A_PORT));
            }
        } catch (PosixException e) {
            throw new BenchmarkException(
                    sockets + " sockets could not be made: " + e.getMessage() + "; ask for fewer with --sockets");
        }
        SocketReader diag = SocketReaders.best();
        SocketReader proc = new ProcReader(Path.of("/proc/self/net"));
        SocketQuery query = SocketQuery.onPort(port);
        int standing = count(diag.read(SocketQuery.all()));
        var ours = new Samples();
        var ss = new Samples();
        var table = new Samples();
        // The first time of each is not measured: classes are loaded, pages are read.
        for (int round = -1; round < rounds; round++) {
            var first = round < 0;
            (first ? new Samples() : ours).since(read(diag, query));
            (first ? new Samples() : ss).since(ss(port));
            (first ? new Samples() : table).since(read(proc, query));
        }
        String what = "Sockets of one port among " + standing;
        return List.of(
                Comparison.of(
                        what, "ms", ours, "ss -tanH 'sport = :P'", ss, Optional.of(new Comparison.Aim.Ratio(AIM))),
                Comparison.of(what, "ms", ours, "/proc/net/tcp and tcp6, read here", table, Optional.empty()));
    }

    private static int count(Reading reading) throws BenchmarkException {
        return switch (reading) {
            case Reading.Snapshot snapshot -> snapshot.sockets().size();
            case Reading.Unreadable unreadable ->
                throw new BenchmarkException(
                        "The sockets cannot be read: " + unreadable.what() + ", " + unreadable.why());
        };
    }

    /** @return when it began */
    private static long read(SocketReader reader, SocketQuery query) throws BenchmarkException {
        long began = System.nanoTime();
        int seen = count(reader.read(query));
        if (seen != ON_PORT) {
            throw new BenchmarkException(seen + " sockets were seen on the port, not " + ON_PORT
                    + ": the run took longer than a TIME_WAIT lasts; ask for fewer --rounds");
        }
        return began;
    }

    private static long ss(int port) throws BenchmarkException, InterruptedException {
        long began = System.nanoTime();
        try {
            Process process = new ProcessBuilder("ss", "-tanH", "sport = :" + port)
                    .redirectError(Redirect.DISCARD)
                    .start();
            long lines;
            try (var reader = process.inputReader()) {
                lines = reader.lines().count();
            }
            if (process.waitFor() != 0 || lines != ON_PORT) {
                throw new BenchmarkException("ss showed " + lines + " sockets of the port, not " + ON_PORT);
            }
        } catch (IOException e) {
            throw new BenchmarkException("ss (of iproute2) cannot be run; install it to compare with", e);
        }
        return began;
    }

    /** Leaves so many sockets in TIME_WAIT on the port. */
    private static void crowd(int port, int sockets) throws PosixException {
        try (PosixSocket listener = PosixSocket.open(Family.IPV4)
                .reuseAddress(true)
                .bind(new Endpoint(LOOPBACK, port))
                .listen(8)) {
            for (int made = 0; made < sockets; made++) {
                try (PosixSocket client = PosixSocket.open(Family.IPV4).connect(listener.local())) {
                    listener.accept().close();
                    // Its FIN is there before ours goes out: the server's side has closed first.
                    client.receive(1);
                }
            }
        }
    }
}
