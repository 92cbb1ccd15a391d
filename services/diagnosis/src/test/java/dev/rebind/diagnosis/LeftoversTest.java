package dev.rebind.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rebind.diagnosis.finding.Ending;
import dev.rebind.diagnosis.finding.Holder;
import dev.rebind.diagnosis.finding.Origin;
import dev.rebind.diagnosis.finding.Remedy;
import dev.rebind.diagnosis.seen.Attempt;
import dev.rebind.diagnosis.text.Screen;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.PythonChild;
import dev.rebind.sockets.bind.Flag;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import dev.rebind.sockets.proc.Rights;
import java.io.IOException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("When connections are left on the port")
class LeftoversTest {
    private final int port = FreePorts.next();

    @Test
    @DisplayName("a TIME_WAIT without SO_REUSEADDR blocks either server and tells when it goes")
    void timeWaitWithout() throws PosixException {
        Ports.leaveTimeWait(port, false);
        Diagnosis diagnosis = Ports.why(port);
        assertThat(diagnosis.cause()).contains(Cause.time_wait);
        assertThat(diagnosis.verdict()).isEqualTo(Diagnosis.Verdict.FREE_LATER);
        assertThat(diagnosis.attempts()).noneMatch(Attempt::binds);
        assertThat(diagnosis.blocking().getFirst().origin()).isEqualTo(Origin.PROBABLY_ACCEPTED);
        assertThat(diagnosis.blocking().getFirst().standing().reuseAddress()).isEqualTo(Flag.OFF);
        assertThat(diagnosis.release())
                .isInstanceOfSatisfying(
                        Ending.Timer.class,
                        timer -> assertThat(timer.latest()).isBetween(Duration.ofSeconds(55), Duration.ofSeconds(66)));
        assertThat(diagnosis.remedies())
                .contains(new Remedy.ReuseAddressBoth(true, false))
                .doesNotContain(new Remedy.ReuseAddressHere())
                .noneMatch(Remedy.EndProcesses.class::isInstance)
                .hasAtLeastOneElementOfType(Remedy.Wait.class)
                .isSortedAccordingTo(Comparator.comparing(Remedy::aim));
    }

    @Test
    @DisplayName("the text of a TIME_WAIT says that its origin is probable, and why it goes later than after 60 s")
    void timeWaitInWords() throws PosixException {
        Ports.leaveTimeWait(port, false);
        Diagnosis diagnosis = Ports.why(port);
        var screen = new Screen(ZoneOffset.UTC);
        assertThat(screen.headline(diagnosis))
                .contains("1 socket in TIME_WAIT on 127.0.0.1:" + port + ", probably accepted here from 127.0.0.1:");
        assertThat(screen.lines(diagnosis))
                .anySatisfy(line -> assertThat(line)
                        .contains("This end closed first; the kernel keeps it, without a process, for "
                                + diagnosis.timeWaitSeconds() + " s, rounded up by its timers."));
    }

    @Test
    @DisplayName("a TIME_WAIT with SO_REUSEADDR lets a server with it bind, which is advised")
    void timeWaitWith() throws PosixException {
        Ports.leaveTimeWait(port, true);
        Diagnosis diagnosis = Ports.why(port);
        assertThat(diagnosis.cause()).contains(Cause.time_wait);
        assertThat(diagnosis.attempts()).allMatch(attempt -> attempt.binds() == attempt.reuseAddress());
        assertThat(diagnosis.releaseWithReuse()).isEqualTo(new Ending.Free());
        assertThat(diagnosis.remedies()).contains(new Remedy.ReuseAddressHere());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName(
            "a TIME_WAIT beside a listener with SO_REUSEADDR has it too, and is in the way of a server without it alone")
    void besideListener(boolean reuseAddress) throws PosixException {
        Ports.leaveTimeWait(port, true);
        try (PosixSocket listener = Ports.listener(Ports.FOUR, port, true)) {
            assertThat(listener.fd()).isNotNegative();
            Diagnosis diagnosis = Ports.why(Question.at(port, Ports.FOUR).with(reuseAddress, false));
            var leftover = Stream.concat(diagnosis.blocking().stream(), diagnosis.beside().stream())
                    .filter(blocker -> blocker.cause() == Cause.time_wait)
                    .toList();
            assertThat(leftover).singleElement().satisfies(blocker -> {
                assertThat(blocker.standing().reuseAddress()).isEqualTo(Flag.ON);
                assertThat(blocker.certain()).isEqualTo(!reuseAddress);
                assertThat(diagnosis.blocking().contains(blocker)).isEqualTo(!reuseAddress);
            });
        }
    }

    @Test
    @DisplayName("an open connection outlasts a TIME_WAIT and gives the cause and the release")
    void mixed() throws PosixException {
        Ports.leaveTimeWait(port, true);
        try (var connection = Ports.connection(port, 0, true)) {
            Diagnosis diagnosis = Ports.why(port);
            assertThat(connection.accepted().fd()).isNotNegative();
            assertThat(diagnosis.cause()).contains(Cause.established);
            assertThat(diagnosis.release()).isEqualTo(new Ending.UntilClosed(Ending.Reason.OPEN_AT_BOTH_ENDS));
            assertThat(diagnosis.verdict()).isEqualTo(Diagnosis.Verdict.TAKEN);
            assertThat(diagnosis.blocking())
                    .hasSize(2)
                    .element(1)
                    .satisfies(second -> assertThat(second.cause()).isEqualTo(Cause.time_wait));
            assertThat(new Screen(ZoneOffset.UTC).lines(diagnosis))
                    .as("the end of a process closes its connections first")
                    .anySatisfy(line -> assertThat(line)
                            .contains("- End process ", "TIME_WAIT may keep the port for another 60 s."));
        }
    }

    @Test
    @DisplayName("an accepted connection is told from one that goes out, whatever its ports are")
    void acceptedOrOutgoing() throws PosixException {
        int far = FreePorts.next();
        try (var connection = Ports.connection(port, far, true)) {
            connection.accepted().send(new byte[1_000]);
            connection.client().receive(1_000);
            assertThat(Ports.why(port).blocking()).singleElement().satisfies(blocker -> {
                assertThat(blocker.origin()).isEqualTo(Origin.ACCEPTED);
                assertThat(blocker.cause()).isEqualTo(Cause.established);
            });
            Diagnosis outgoing = Ports.why(far);
            assertThat(outgoing.blocking()).singleElement().satisfies(blocker -> {
                assertThat(blocker.origin()).isEqualTo(Origin.OUTGOING);
                assertThat(blocker.cause()).isEqualTo(Cause.outgoing);
            });
            assertThat(outgoing.remedies())
                    .contains(new Remedy.NotFromRange())
                    .noneMatch(Remedy.ReuseAddressBoth.class::isInstance);
        }
    }

    @Test
    @DisplayName("a connection that the program does not close is close_wait, with its holder")
    void closeWait() throws PosixException {
        try (var connection = Ports.connection(port, 0, false)) {
            connection.client().close();
            assertThat(connection.accepted().receive(1)).isEmpty();
            Diagnosis diagnosis = Ports.why(port);
            assertThat(diagnosis.cause()).contains(Cause.close_wait);
            assertThat(diagnosis.blocking().getFirst().holder())
                    .isInstanceOfSatisfying(
                            Holder.Processes.class,
                            processes -> assertThat(processes.all())
                                    .singleElement()
                                    .satisfies(found -> assertThat((long) found.pid())
                                            .isEqualTo(ProcessHandle.current().pid())));
            assertThat(diagnosis.remedies())
                    .contains(new Remedy.CloseConnections(), new Remedy.ReuseAddressBoth(true, true));
        }
    }

    @Test
    @DisplayName("a client that has closed for writing only is not a client that has closed: nothing is to be mended")
    void clientReadsOn() throws PosixException {
        try (var connection = Ports.connection(port, 0, true)) {
            connection.client().shutdownOutput();
            assertThat(connection.accepted().receive(1)).isEmpty();
            Diagnosis diagnosis = Ports.why(port);
            assertThat(diagnosis.cause()).contains(Cause.close_wait);
            assertThat(diagnosis.release()).isEqualTo(new Ending.UntilClosed(Ending.Reason.OTHER_END_READS));
            assertThat(diagnosis.remedies()).doesNotContain(new Remedy.CloseConnections());
            assertThat(said(diagnosis))
                    .contains("The other end has closed for writing only")
                    .doesNotContain("does not close what its clients have closed");
        }
    }

    @Test
    @DisplayName(
            "a connection that is being made from a bound port stays until its program closes it; it is taken, whatever else is known")
    void beingMade() throws IOException {
        try (var child = PythonChild.with("""
                l = socket.socket()
                l.bind(('127.0.0.1', 0))
                l.listen(0)
                # A listener whose queue is full answers no SYN.
                clients = []
                for at in (0, 0, 0, PORT):
                    c = socket.socket()
                    c.setblocking(False)
                    c.bind(('127.0.0.1', at))
                    c.connect_ex(l.getsockname())
                    clients.append(c)
                s = c
                """, port, 0)) {
            assertThat(child.pid()).isPositive();
            Diagnosis diagnosis = Ports.why(port);
            assertThat(diagnosis.verdict()).isEqualTo(Diagnosis.Verdict.TAKEN);
            assertThat(said(diagnosis)).contains("Port " + port + " is taken");
        }
    }

    @Test
    @DisplayName("a TIME_WAIT of a client with a port of its own to a listener of this machine may be either end's")
    void fixedPortOfClient() throws PosixException {
        int far = FreePorts.next();
        try (PosixSocket listener = Ports.listener(Ports.FOUR, far, false)) {
            try (PosixSocket client = PosixSocket.open(Family.IPV4)
                    .bind(new Endpoint(Ports.LOOPBACK, port))
                    .connect(new Endpoint(Ports.LOOPBACK, far))) {
                PosixSocket accepted = listener.accept();
                client.shutdownOutput();
                assertThat(accepted.receive(1)).isEmpty();
                accepted.close();
                assertThat(client.receive(1)).isEmpty();
            }
            await().until(() -> Ports.why(port).cause().equals(Optional.of(Cause.time_wait)));
            assertThat(Ports.why(port).blocking())
                    .singleElement()
                    .satisfies(blocker -> assertThat(blocker.origin()).isEqualTo(Origin.EITHER));
        }
    }

    @Test
    @DisplayName("a connection in the queue of its listener is not said to be held by a process")
    void inTheQueue() throws PosixException {
        try (PosixSocket listener = Ports.listener(Ports.FOUR, port, false);
                PosixSocket client = Ports.connected(port)) {
            await().until(() -> Ports.why(port).blocking().size() == 2);
            assertThat(listener.fd()).isNotEqualTo(client.fd());
            assertThat(Ports.why(port).blocking())
                    .element(1)
                    .satisfies(waiting -> assertThat(waiting.holder()).isEqualTo(new Holder.Queue()));
            assertThat(said(Ports.why(port)))
                    .contains(" on 127.0.0.1:" + port + " from " + client.local() + ", which waits to be accepted.")
                    .doesNotContain("accepted here");
        }
    }

    @Test
    @DisplayName("a client that connected to itself is self_connect")
    void selfConnect() throws PosixException {
        try (PosixSocket client = PosixSocket.open(Family.IPV4)
                .bind(new Endpoint(Ports.LOOPBACK, port))
                .connect(new Endpoint(Ports.LOOPBACK, port))) {
            assertThat(client.fd()).isNotNegative();
            Diagnosis diagnosis = Ports.why(port);
            assertThat(diagnosis.cause()).contains(Cause.self_connect);
            assertThat(said(diagnosis)).contains("Both of its ends are the same socket");
        }
    }

    private static String said(Diagnosis diagnosis) {
        return String.join("\n", new Screen(ZoneOffset.UTC).lines(diagnosis));
    }

    @Test
    @DisplayName("a connection of MPTCP is told, and not called a listener")
    void multipath() throws IOException {
        assumeTrue(Rights.uid() == 0, "the kernel tells it to CAP_NET_ADMIN");
        // IPPROTO_MPTCP, include/uapi/linux/in.h.
        try (var child = PythonChild.with("""
                try:
                    l = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)
                    l.bind(('127.0.0.1', PORT))
                    l.listen()
                    c = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)
                    c.connect(('127.0.0.1', PORT))
                    s, _ = l.accept()
                except OSError:
                    s = socket.socket()
                """, port, 0)) {
            assertThat(child.pid()).isPositive();
            Diagnosis diagnosis = Ports.why(port);
            assumeTrue(!diagnosis.blocking().isEmpty(), "a kernel with MPTCP");
            assertThat(said(diagnosis))
                    .containsOnlyOnce("It is a listener of MPTCP.")
                    .containsOnlyOnce("It is a connection of MPTCP.");
        }
    }

    @Test
    @DisplayName("a half-closed connection whose program has keepalive ends by that where its other end is gone")
    void halfClosedWithKeepalive() throws IOException {
        try (var child = PythonChild.with("""
                l = socket.socket()
                l.bind(('127.0.0.1', PORT))
                l.listen()
                c = socket.socket()
                c.connect(('127.0.0.1', PORT))
                s, _ = l.accept()
                l.close()
                s.setsockopt(6, 4, 50)
                s.setsockopt(6, 5, 5)
                s.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
                s.shutdown(socket.SHUT_WR)
                """, port, 0)) {
            assertThat(child.pid()).isPositive();
            await().untilAsserted(() -> assertThat(Ports.why(port).blocking())
                    .singleElement()
                    .satisfies(blocker -> assertThat(blocker.ending())
                            .isInstanceOfSatisfying(Ending.GivesUp.class, ends -> {
                                assertThat(blocker.cause()).isEqualTo(Cause.fin_wait2);
                                assertThat(ends.means()).isEqualTo(Ending.Means.KEEPALIVE);
                                assertThat(ends.sure()).isFalse();
                                // 9 probes after the idle time, 5 s apart.
                                assertThat(ends.about().minus(ends.next())).isEqualTo(Duration.ofSeconds(45));
                            })));
        }
    }

    @Test
    @DisplayName("what a server that ends has closed for writing only is said to stay for a while after it")
    void halfClosedByServer() throws PosixException {
        try (var connection = Ports.connection(port, 0, false)) {
            connection.accepted().shutdownOutput();
            await().untilAsserted(() -> assertThat(Ports.why(port).cause()).contains(Cause.fin_wait2));
            assertThat(said(Ports.why(port)))
                    .contains("- End process ", "may stay without it, in FIN_WAIT_2")
                    .doesNotContain("Connections close at this end then");
            connection.accepted().close();
            assertThat(Ports.why(port).release()).isInstanceOf(Ending.Timer.class);
        }
    }

    @Test
    @DisplayName("an orphan in FIN_WAIT_2 whose server has set TCP_LINGER2 may outlast the timer that is seen on it")
    void longFinWait() throws IOException {
        try (var child = PythonChild.with("""
                l = socket.socket()
                l.bind(('127.0.0.1', PORT))
                l.listen()
                s = socket.create_connection(('127.0.0.1', PORT))
                a, _ = l.accept()
                a.setsockopt(6, 8, 120)
                a.close()
                l.close()
                """, port, 0)) {
            assertThat(child.pid()).isPositive();
            await().untilAsserted(() -> assertThat(Ports.why(port).release())
                    .isInstanceOfSatisfying(
                            Ending.Timer.class,
                            timer -> assertThat(timer.latest()).isGreaterThan(Duration.ofSeconds(90))));
        }
    }

    @Test
    @DisplayName("a connection whose client reads nothing is said to wait for it, and not to have no timer")
    void clientReadsNothing() throws PosixException {
        try (var connection = Ports.connection(port, 0, false)) {
            int sent;
            do {
                sent = connection.accepted().send(new byte[65_536]);
            } while (sent > 0);
            await().untilAsserted(() ->
                    assertThat(Ports.why(port).release()).isEqualTo(new Ending.UntilClosed(Ending.Reason.DATA_WAITS)));
            assertThat(said(Ports.why(port)))
                    .contains("The other end has not taken yet what this end has sent")
                    .doesNotContain("no timer of this end runs");
        }
    }

    @Test
    @DisplayName("the list of all ports tells when an orphan ends, as the answer for its port does")
    void orphanInTheList() throws PosixException {
        var connection = Ports.connection(port, 0, false);
        try (PosixSocket client = connection.client()) {
            int sent;
            do {
                sent = connection.accepted().send(new byte[65_536]);
            } while (sent > 0);
            connection.accepted().close();
            assertThat(client.fd()).isNotNegative();
            assertThat(Ports.why(port).release()).isInstanceOf(Ending.GivesUp.class);
            assertThat(new WhyPort().all())
                    .filteredOn(diagnosis -> diagnosis.question().port() == port)
                    .singleElement()
                    .satisfies(diagnosis -> assertThat(diagnosis.release()).isInstanceOf(Ending.GivesUp.class));
        }
    }

    @Test
    @DisplayName("several processes have a UDP port, and not has")
    void datagrams() throws IOException {
        try (var child = PythonChild.with("""
                s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                s.bind(('127.0.0.1', PORT))
                if os.fork() == 0:
                    # PR_SET_PDEATHSIG: it ends with its parent.
                    import ctypes, signal
                    ctypes.CDLL(None).prctl(1, 9)
                    signal.pause()
                """, port, 0)) {
            assertThat(child.pid()).isPositive();
            await().untilAsserted(() -> assertThat(said(Ports.why(port))).contains(" have UDP 127.0.0.1:" + port));
        }
    }
}
