package dev.rebind.sockets.bind;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.posix.Errno;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a socket leaves behind on its port that has gone without a trace. Real sockets. */
class BindBucketTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    private final Endpoint local = new Endpoint(LOOPBACK, FreePorts.next());

    @Test
    @DisplayName(
            "When a socket with both options has bound the port and gone, then SO_REUSEPORT alone passes one that has SO_REUSEADDR alone")
    void outlives_the_socket() throws Exception {
        Candidate candidate = candidate(false, true);
        BindBucket before = BindBucket.EMPTY.after(candidate(true, false));
        try (PosixSocket _ = open(true, false).bind(local)) {
            assertThat(binds()).isFalse();
            assertThat(BindRule.ask(candidate, List.of(old()), MappedAddresses.USUAL, before)
                            .passes())
                    .isEqualTo(Flag.OFF);

            open(true, true).bind(local).close();
            assertThat(BindRule.ask(
                                    candidate,
                                    List.of(old()),
                                    MappedAddresses.USUAL,
                                    before.after(candidate(true, true)))
                            .passes())
                    .isEqualTo(Flag.ON);
            assertThat(binds()).isTrue();
        }
    }

    private boolean binds() throws PosixException {
        try (PosixSocket socket = open(false, true)) {
            socket.bind(local);
            return true;
        } catch (PosixException e) {
            if (e.is(Errno.EADDRINUSE)) {
                return false;
            }
            throw e;
        }
    }

    private static PosixSocket open(boolean reuseAddress, boolean reusePort) throws PosixException {
        return PosixSocket.open(Family.IPV4).reuseAddress(reuseAddress).reusePort(reusePort);
    }

    private static Candidate candidate(boolean reuseAddress, boolean reusePort) {
        return new Candidate(Family.IPV4, LOOPBACK, false, reuseAddress, reusePort, 0);
    }

    private ExistingSocket old() {
        var socket =
                TcpSocket.of(TcpState.CLOSED, local, new Endpoint(LOOPBACK, 0)).withInode(1);
        return new ExistingSocket(socket, Flag.ON, Flag.OFF, Flag.OFF);
    }
}
