package dev.rebind.sockets.proc;

import dev.rebind.sockets.Family;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.SocketReader;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Reads {@code tcp} and {@code tcp6} of a folder: {@code /proc/net}, or {@code /proc/<pid>/net} for the namespace of
 * another process. Filters here, as the kernel prints every socket.
 *
 * <p>The kernel walks its table between the reads of a page, so that a socket that moves while the file is read may be
 * missed or shown twice. The files are therefore read until two reads in a row show the same sockets in the same states; when
 * they never do, the answer is {@link Reading.Unreadable}. A socket that is bound and not listening is not in these files.
 */
public final class ProcReader implements SocketReader {
    private static final int ATTEMPTS = 8;

    private static final int ATTEMPTS_BEFORE_MERGING = 4;

    private final Path folder;
    private final ByteOrder order;
    private final boolean merges;
    /** Which sockets two reads in a row must show alike. */
    private final Predicate<TcpSocket> steady;

    public ProcReader(Path folder) {
        this(folder, ByteOrder.nativeOrder());
    }

    ProcReader(Path folder, ByteOrder order) {
        this(folder, order, false, _ -> true);
    }

    private ProcReader(Path folder, ByteOrder order, boolean merges, Predicate<TcpSocket> steady) {
        this.folder = folder;
        this.order = order;
        this.merges = merges;
        this.steady = steady;
    }

    /**
     * One that answers where only the sockets on a port and towards it stand still, as on the network of a busy node. What it shows
     * of other ports is one read of them.
     */
    public static ProcReader steadyOn(Path folder, int port) {
        return new ProcReader(folder, ByteOrder.nativeOrder(), false, SocketQuery.around(port)::matches);
    }

    /**
     * One that answers for a table that never stands still, too, with each socket that one of the last two reads has shown, as the
     * later one has it. A socket that was there all the time is in it but for one that both reads have missed; one that came
     * or went in that time may be.
     */
    public static ProcReader merging(Path folder) {
        return new ProcReader(folder, ByteOrder.nativeOrder(), true, _ -> true);
    }

    /** What one socket is in two reads. */
    private record Same(Family family, Object local, Object remote, long listener) {
        static Same of(TcpSocket socket) {
            // Several may listen at one address, with SO_REUSEPORT.
            return new Same(
                    socket.family(),
                    socket.local(),
                    socket.remote(),
                    socket.state() == TcpState.LISTEN ? socket.inode() : 0);
        }
    }

    /** What makes two reads the same: everything but timers and queues. */
    private record Identity(TcpState state, Object local, Object remote, long inode) {}

    @Override
    public Reading read(SocketQuery query) {
        String source = folder.resolve("tcp").toString();
        try {
            Set<Identity> last = null;
            List<TcpSocket> earlier = List.of();
            int attempts = merges ? ATTEMPTS_BEFORE_MERGING : ATTEMPTS;
            for (int attempt = 1; attempt <= attempts; attempt++) {
                long before = System.nanoTime();
                Instant start = Instant.now();
                var sockets = new ArrayList<TcpSocket>();
                read("tcp", Family.IPV4, query, sockets);
                try {
                    read("tcp6", Family.IPV6, query, sockets);
                } catch (NoSuchFileException e) {
                    // A kernel without IPv6 has no IPv6 sockets.
                }
                long half = (System.nanoTime() - before) / 2;
                var seen = new HashSet<Identity>();
                boolean twice = false;
                for (TcpSocket socket : sockets) {
                    var identity = new Identity(socket.state(), socket.local(), socket.remote(), socket.inode());
                    twice |= steady.test(socket) && !seen.add(identity);
                }
                if (seen.equals(last) && !twice) {
                    return new Reading.Snapshot(start.plusNanos(half), before + half, source, sockets, half);
                }
                if (merges && attempt == attempts) {
                    return new Reading.Snapshot(
                            start.plusNanos(half), before + half, source, merged(earlier, sockets), half);
                }
                last = seen;
                earlier = sockets;
            }
            return new Reading.Unreadable(
                    source, "its sockets changed during each of " + ATTEMPTS + " reads; no two reads were the same");
        } catch (NoSuchFileException e) {
            return new Reading.Unreadable(source, "there is no file " + e.getFile());
        } catch (IOException | IllegalArgumentException e) {
            return new Reading.Unreadable(source, String.valueOf(e.getMessage()));
        }
    }

    static List<TcpSocket> merged(List<TcpSocket> earlier, List<TcpSocket> later) {
        Map<Same, TcpSocket> merged = new LinkedHashMap<>();
        earlier.forEach(socket -> merged.put(Same.of(socket), socket));
        later.forEach(socket -> merged.put(Same.of(socket), socket));
        return List.copyOf(merged.values());
    }

    private void read(String file, Family family, SocketQuery query, List<TcpSocket> into) throws IOException {
        var parser = new ProcTableParser(family, order);
        try (var lines = Files.newBufferedReader(folder.resolve(file), StandardCharsets.US_ASCII)) {
            String line = lines.readLine();
            if (line == null || !line.contains("local_address")) {
                throw new IllegalArgumentException(folder.resolve(file) + " has no heading");
            }
            while ((line = lines.readLine()) != null) {
                TcpSocket socket = parser.parse(line);
                if (query.matches(socket)) {
                    into.add(socket);
                }
            }
        }
    }
}
