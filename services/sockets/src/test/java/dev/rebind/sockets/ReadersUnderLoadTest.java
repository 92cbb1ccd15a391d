package dev.rebind.sockets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.rebind.sockets.Reading.Snapshot;
import dev.rebind.sockets.diag.InetDiagReader;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.PosixSocket;
import dev.rebind.sockets.proc.ProcReader;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Snapshots while the port is busy: a socket that stays must be in every one of them. */
class ReadersUnderLoadTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    /** More than one datagram of a dump. */
    private static final int STABLE = 600;

    private static final int READS = 30;

    @Test
    @DisplayName(
            "When connections come and go, then no snapshot misses a connection that stays, and a read that cannot be whole says so")
    void stable_sockets() throws Exception {
        int port = FreePorts.next();
        var at = new Endpoint(LOOPBACK, port);
        var kept = new ArrayList<PosixSocket>();
        var busy = new AtomicBoolean(true);
        try (var listener = PosixSocket.open(Family.IPV4)
                        .reuseAddress(true)
                        .bind(at)
                        .listen(STABLE);
                var threads = Executors.newFixedThreadPool(3)) {
            Set<Endpoint> stable = connect(at, listener, kept);
            try {
                var churn = threads.submit(() -> {
                    while (busy.get()) {
                        try (var client = PosixSocket.open(Family.IPV4).connect(at);
                                var accepted = listener.accept()) {
                            // Nothing of it is left, so that the port does not fill up.
                            accepted.resetOnClose();
                            assertThat(client.fd()).isNotNegative();
                        }
                    }
                    return null;
                });
                var diag = new InetDiagReader();
                Callable<Void> looking = () -> {
                    for (int i = 0; i < READS; i++) {
                        whole(assertInstanceOf(Snapshot.class, diag.read(SocketQuery.onPort(port))), stable);
                    }
                    return null;
                };
                var one = threads.submit(looking);
                var two = threads.submit(looking);
                one.get();
                two.get();
                for (int i = 0; i < 5; i++) {
                    switch (new ProcReader(Path.of("/proc/net")).read(SocketQuery.onPort(port))) {
                        case Snapshot snapshot -> whole(snapshot, stable);
                        case Reading.Unreadable unreadable ->
                            assertThat(unreadable.why()).contains("changed");
                    }
                }
                busy.set(false);
                churn.get();
            } finally {
                busy.set(false);
            }
        } finally {
            kept.forEach(PosixSocket::close);
        }
    }

    private static Set<Endpoint> connect(Endpoint at, PosixSocket listener, List<PosixSocket> kept) throws Exception {
        for (int i = 0; i < STABLE; i++) {
            kept.add(PosixSocket.open(Family.IPV4).connect(at));
            kept.add(listener.accept());
        }
        var stable = new ArrayList<Endpoint>();
        for (int i = 1; i < kept.size(); i += 2) {
            stable.add(kept.get(i).remote());
        }
        return Set.copyOf(stable);
    }

    private static void whole(Snapshot snapshot, Set<Endpoint> stable) {
        Set<Endpoint> seen = snapshot.sockets().stream().map(TcpSocket::remote).collect(Collectors.toSet());
        assertThat(seen).containsAll(stable);
    }
}
