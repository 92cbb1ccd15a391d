package dev.rebind.sockets.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@DisplayName("When the other end of a socket does not answer")
class SocketWaitsTest {
    private static final Duration SHORT = Duration.ofMillis(60);

    private final Endpoint place = new Endpoint(InetAddress.ofLiteral("127.0.0.1"), FreePorts.next());

    @Test
    @DisplayName("then a read is given up after its time, and takes what came within it")
    void read() throws PosixException {
        try (PosixSocket listener = listener(4);
                PosixSocket client = PosixSocket.open(Family.IPV4).connect(place);
                PosixSocket accepted = listener.accept()) {
            givenUp("recv", () -> client.receive(1, SHORT));
            assertThat(accepted.send(new byte[] {7})).isEqualTo(1);
            assertThat(client.receive(1, PosixSocket.PATIENCE)).containsExactly(7);
            accepted.shutdownOutput();
            assertThat(client.receive(1, PosixSocket.PATIENCE)).isEmpty();
        }
    }

    @Test
    @DisplayName("then accept is given up after its time")
    void accept() throws PosixException {
        try (PosixSocket listener = listener(4)) {
            givenUp("accept4", () -> listener.accept(SHORT).close());
        }
    }

    @Test
    @DisplayName("then connect is given up after its time: a listener whose queue is full drops the SYN")
    void connect() throws PosixException {
        // The kernel queues one connection more than the backlog.
        try (PosixSocket listener = listener(0);
                PosixSocket queued = PosixSocket.open(Family.IPV4).connect(place);
                PosixSocket late = PosixSocket.open(Family.IPV4)) {
            assertThat(listener.fd()).isNotEqualTo(queued.fd());
            givenUp("connect", () -> late.connect(place, SHORT));
        }
    }

    @Test
    @DisplayName("then an interrupt ends each wait at once, and is not lost")
    void interrupted() throws Exception {
        try (PosixSocket listener = listener(0);
                PosixSocket client = PosixSocket.open(Family.IPV4).connect(place);
                PosixSocket late = PosixSocket.open(Family.IPV4)) {
            endedByInterrupt(() -> client.receive(1));
            endedByInterrupt(() -> late.connect(place));
            listener.accept().close();
        }
        try (PosixSocket listener = PosixSocket.open(Family.IPV4)
                .bind(new Endpoint(place.address(), 0))
                .listen(1)) {
            endedByInterrupt(listener::accept);
        }
    }

    @Test
    @DisplayName("then a refused connect is still refused, and an accepted socket blocks as a child expects of it")
    void stillItself() throws Exception {
        try (PosixSocket client = PosixSocket.open(Family.IPV4)) {
            assertThatExceptionOfType(PosixException.class)
                    .isThrownBy(() -> client.connect(place))
                    .satisfies(e -> assertThat(e.errno()).isEqualTo("ECONNREFUSED"));
        }
        try (PosixSocket listener = listener(4);
                PosixSocket client = PosixSocket.open(Family.IPV4).connect(place);
                PosixSocket accepted = listener.accept()) {
            assertThat(nonBlocking(client)).isTrue();
            assertThat(nonBlocking(accepted)).isFalse();
        }
    }

    private PosixSocket listener(int backlog) throws PosixException {
        return PosixSocket.open(Family.IPV4).bind(place).listen(backlog);
    }

    private static void givenUp(String call, ThrowingCallable wait) {
        assertThatExceptionOfType(SocketWaitTimeout.class).isThrownBy(wait).satisfies(e -> {
            assertThat(e.call()).isEqualTo(call);
            assertThat(e.errno()).isEqualTo("ETIMEDOUT");
            assertThat(e).hasMessage(call + ": the other end did not answer within 60 ms");
        });
    }

    /** Whether the thread waits already does not matter: an interrupt that came before ends the wait too. */
    private static void endedByInterrupt(java.util.concurrent.Callable<?> wait) throws Exception {
        var task = new FutureTask<>(wait);
        var stillSet = new FutureTask<>(() -> {
            task.run();
            return Thread.currentThread().isInterrupted();
        });
        Thread waiting = Thread.ofPlatform().daemon().start(stillSet);
        waiting.interrupt();
        assertThat(stillSet.get()).isTrue();
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(task::get)
                .havingCause()
                .isInstanceOfSatisfying(
                        PosixException.class, e -> assertThat(e.errno()).isEqualTo("EINTR"));
    }

    /** O_NONBLOCK is 04000 in the flags of fdinfo. */
    private static boolean nonBlocking(PosixSocket socket) throws Exception {
        return java.nio.file.Files.readAllLines(java.nio.file.Path.of("/proc/self/fdinfo/" + socket.fd())).stream()
                .filter(line -> line.startsWith("flags:"))
                .mapToInt(line -> Integer.parseInt(line.substring(6).strip(), 8))
                .anyMatch(flags -> (flags & 0x800) != 0);
    }
}
