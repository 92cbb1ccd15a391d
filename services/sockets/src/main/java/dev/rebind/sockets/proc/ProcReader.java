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
import java.util.List;
import java.util.Set;

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

    private final Path folder;
    private final ByteOrder order;

    public ProcReader(Path folder) {
        this(folder, ByteOrder.nativeOrder());
    }

    ProcReader(Path folder, ByteOrder order) {
        this.folder = folder;
        this.order = order;
    }

    /** What makes two reads the same: everything but timers and queues. */
    private record Identity(TcpState state, Object local, Object remote, long inode) {}

    @Override
    public Reading read(SocketQuery query) {
        String source = folder.resolve("tcp").toString();
        try {
            Set<Identity> last = null;
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
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
                for (TcpSocket socket : sockets) {
                    seen.add(new Identity(socket.state(), socket.local(), socket.remote(), socket.inode()));
                }
                if (seen.equals(last) && seen.size() == sockets.size()) {
                    return new Reading.Snapshot(start.plusNanos(half), before + half, source, sockets, half);
                }
                last = seen;
            }
            return new Reading.Unreadable(
                    source, "its sockets changed during each of " + ATTEMPTS + " reads; no two reads were the same");
        } catch (NoSuchFileException e) {
            return new Reading.Unreadable(source, "there is no file " + e.getFile());
        } catch (IOException | IllegalArgumentException e) {
            return new Reading.Unreadable(source, String.valueOf(e.getMessage()));
        }
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
