package dev.rebind.sockets.release;

import dev.rebind.sockets.Arrangement;
import dev.rebind.sockets.Arrangement.Residue;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.SocketReader;
import dev.rebind.sockets.SocketReaders;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.posix.Errno;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import dev.rebind.sockets.proc.Namespace;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Waits out leftovers on several ports at once and prints predicted and actual releases: no test, as it takes more than a
 * minute and measures time. Run its main with the number of ports, and {@code FIN_WAIT_2} for another residue than TIME_WAIT.
 */
public final class ReleaseMeasurement {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    private final ReleasePredictor reading = new ReleasePredictor();
    private final ReleasePredictor learning =
            new ReleasePredictor(KernelTick.nanos(), Path.of("/nonexistent"), new Namespace());

    private record Watched(
            Arrangement arrangement, TcpSocket socket, Snapshot seen, Release.Window first, Release.Window read) {}

    private record Seen(Watched of, Release.Window learnt, long lastRefused, long bound) {}

    public static void main(String[] arguments) throws Exception {
        int ports = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 20;
        Residue residue = arguments.length > 1 ? Residue.valueOf(arguments[1]) : Residue.TIME_WAIT;
        new ReleaseMeasurement().run(ports, residue);
    }

    private void run(int ports, Residue residue) throws Exception {
        System.out.println("HZ " + reading.hz() + ", tick count readable: " + reading.calibrated());
        SocketReader reader = SocketReaders.best();
        var random = new Random();
        try (var threads = Executors.newFixedThreadPool(ports)) {
            var results = new ArrayList<java.util.concurrent.Future<Seen>>();
            for (int i = 0; i < ports; i++) {
                var arrangement =
                        new Arrangement(Family.IPV4, "127.0.0.1", Family.IPV4, "127.0.0.1", residue, socket -> {});
                Snapshot seen = arrangement.settled(reader, residue);
                TcpSocket socket = seen.sockets().getFirst();
                if (!(learning.of(socket, seen) instanceof Release.Window first)
                        || !(reading.of(socket, seen) instanceof Release.Window read)) {
                    throw new IllegalStateException("no window for " + socket);
                }
                results.add(threads.submit(watch(new Watched(arrangement, socket, seen, first, read))));
                TimeUnit.MILLISECONDS.sleep(random.nextInt(400));
            }
            var all = new ArrayList<Seen>();
            for (var result : results) {
                all.add(result.get());
            }
            print(all);
        }
    }

    private Callable<Seen> watch(Watched wait) {
        return () -> {
            long start = wait.first().earliestNanos() - 100_000_000;
            TimeUnit.NANOSECONDS.sleep(start - System.nanoTime());
            Release.Window learnt = (Release.Window) learning.of(wait.socket(), wait.seen());
            long refused = 0;
            while (true) {
                long before = System.nanoTime();
                try (var socket = PosixSocket.open(Family.IPV4)) {
                    socket.bind(new Endpoint(LOOPBACK, wait.arrangement().port));
                    break;
                } catch (PosixException e) {
                    if (!e.is(Errno.EADDRINUSE)) {
                        throw e;
                    }
                    refused = before;
                }
                TimeUnit.MILLISECONDS.sleep(1);
            }
            long bound = System.nanoTime();
            learning.calibrate(wait.socket(), wait.seen(), bound, bound - refused);
            wait.arrangement().close();
            return new Seen(wait, learnt, refused, bound);
        };
    }

    private static void print(List<Seen> all) {
        int held = 0;
        var errors = new ArrayList<Double>();
        var learntErrors = new ArrayList<Double>();
        for (Seen seen : all) {
            Release.Window read = seen.of().read();
            boolean inside = inside(seen, read) && inside(seen, seen.of().first()) && inside(seen, seen.learnt());
            held += inside ? 1 : 0;
            read.predictedNanos().ifPresent(at -> errors.add((seen.bound() - at) / 1e6));
            seen.learnt().predictedNanos().ifPresent(at -> learntErrors.add((seen.bound() - at) / 1e6));
            System.out.printf(
                    "port %d: %s, from first look %.1f ms (last refused %.1f ms), window %.1f to %.1f ms; by the tick %s; by the first release %s%n",
                    seen.of().arrangement().port,
                    inside ? "inside" : "OUTSIDE",
                    millis(seen.of(), seen.bound()),
                    millis(seen.of(), seen.lastRefused()),
                    millis(seen.of(), seen.of().first().earliestNanos()),
                    millis(seen.of(), seen.of().first().latestNanos()),
                    error(seen, read),
                    error(seen, seen.learnt()));
        }
        System.out.println(held + " of " + all.size() + " releases inside all windows");
        summary("by the tick", errors, all.size());
        summary("by the first release", learntErrors, all.size());
    }

    private static boolean inside(Seen seen, Release.Window window) {
        return seen.bound() >= window.earliestNanos() && seen.lastRefused() <= window.latestNanos();
    }

    private static double millis(Watched wait, long nanos) {
        return (nanos - wait.seen().takenNanos()) / 1e6;
    }

    private static String error(Seen seen, Release.Window window) {
        return window.predictedNanos().isPresent()
                ? "%+.2f ms".formatted((seen.bound() - window.predictedNanos().getAsLong()) / 1e6)
                : "no point";
    }

    private static void summary(String name, List<Double> errors, int all) {
        var sizes = errors.stream().map(Math::abs).sorted().toList();
        if (!sizes.isEmpty()) {
            System.out.printf(
                    "%s: %d of %d predicted to a point; median error %.2f ms, p99 %.2f ms, largest %.2f ms%n",
                    name,
                    sizes.size(),
                    all,
                    sizes.get(sizes.size() / 2),
                    sizes.get((int) Math.ceil(sizes.size() * 0.99) - 1),
                    sizes.getLast());
        }
    }
}
