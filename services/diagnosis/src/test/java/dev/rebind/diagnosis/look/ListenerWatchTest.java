package dev.rebind.diagnosis.look;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rebind.diagnosis.Diagnosis;
import dev.rebind.diagnosis.Question;
import dev.rebind.diagnosis.WhyPort;
import dev.rebind.diagnosis.decide.Decision;
import dev.rebind.diagnosis.finding.Limit;
import dev.rebind.diagnosis.text.Screen;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.PythonChild;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import dev.rebind.sockets.release.ReleasePredictor;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("When listeners come and go while other things are looked at")
class ListenerWatchTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Endpoint ANY = new Endpoint(InetAddress.ofLiteral("0.0.0.0"), 0);
    private static final Optional<Set<Long>> NOBODY = Optional.of(Set.of());
    private static final Optional<Set<Long>> UNKNOWN = Optional.empty();

    private static Optional<Set<Long>> by(Long... inodes) {
        return Optional.of(Set.of(inodes));
    }

    private static int changes(List<Optional<Set<Long>>> looks) {
        var left = new ArrayDeque<>(looks);
        var changes = new ListenerWatch.Changes(left::removeFirst);
        while (!left.isEmpty()) {
            changes.look();
        }
        return changes.count();
    }

    @Test
    @DisplayName("each coming and each going counts, and so does another listener in the place of one")
    void counts() {
        assertThat(changes(List.of(NOBODY, by(1L), NOBODY, by(2L)))).isEqualTo(3);
        assertThat(changes(List.of(by(1L), by(2L)))).isEqualTo(1);
        assertThat(changes(List.of(by(1L), by(1L), by(1L)))).isZero();
    }

    @Test
    @DisplayName("workers of a group that come and go change nothing while one of them stays")
    void group() {
        assertThat(changes(List.of(by(1L, 2L), by(2L), by(2L, 3L), by(3L, 4L)))).isZero();
    }

    @Test
    @DisplayName("a look that tells nothing is no change")
    void unknown() {
        assertThat(changes(List.of(by(1L), UNKNOWN, by(1L), UNKNOWN, NOBODY))).isEqualTo(1);
        assertThat(changes(List.of(UNKNOWN, UNKNOWN))).isZero();
    }

    @Test
    @DisplayName("real listeners are noticed as they come and go, and a bind that never listens is not")
    void real() throws PosixException {
        int port = FreePorts.next();
        var here = new Endpoint(ANY.address(), port);
        try (ListenerWatch watch = ListenerWatch.on(port)) {
            try (PosixSocket listener = PosixSocket.open(Family.IPV4).bind(here)) {
                assertThat(watch.await(0, Duration.ofMillis(20))).isZero();
                listener.listen(1);
                assertThat(watch.await(0, LONG)).isEqualTo(1);
            }
            assertThat(watch.await(1, LONG)).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("who listens again and again is named, and who starts them, also where the kernel is not asked")
    void named(boolean probe) throws IOException {
        int port = FreePorts.next();
        try (var child = PythonChild.with("""
                import subprocess
                s = socket.socket()
                def loop():
                    while True:
                        subprocess.run([sys.executable, '-c', "import socket, time; s = socket.socket();"
                            "s.setsockopt(1, 2, 1); s.bind(('0.0.0.0', PORT)); s.listen(); time.sleep(2)"])
                threading.Thread(target=loop, daemon=True).start()
                """, port, 0)) {
            try (ListenerWatch watch = ListenerWatch.on(port)) {
                assertThat(watch.await(2, LONG)).isGreaterThan(2);
                var observer = new PortObserver(new ReleasePredictor());
                // On a machine that is busy, a look at all processes may take longer than one of them lives.
                await().atMost(LONG).untilAsserted(() -> {
                    Diagnosis said = Decision.of(observer.look(
                            Question.everywhere(port), new PortObserver.Manner(probe, false, false), watch));
                    assertThat(said.verdict()).isEqualTo(Diagnosis.Verdict.NOT_KNOWN);
                    assertThat(said.limits())
                            .filteredOn(Limit.CameAndWent.class::isInstance)
                            .singleElement()
                            .isInstanceOfSatisfying(
                                    Limit.CameAndWent.class,
                                    limit -> assertThat(limit.who())
                                            .isNotEmpty()
                                            .allMatch(one -> one.process().parent() == child.pid()));
                    assertThat(String.join("\n", new Screen(ZoneOffset.UTC).lines(said)))
                            .contains(
                                    "Seen to listen on it meanwhile: ", "(pid " + child.pid() + "), which may start ");
                });
            }
        }
    }

    @Test
    @DisplayName(
            "a program that listens for some milliseconds again and again is never said to leave the port free or taken")
    void flapping() throws IOException {
        int port = FreePorts.next();
        try (var child = PythonChild.flapping(port, 8)) {
            assertThat(child.pid()).isPositive();
            var observer = new PortObserver(new ReleasePredictor());
            // The programs of the system may end at once where none is installed: the watch is held open by the test.
            try (ListenerWatch watch = ListenerWatch.on(port)) {
                int changes = watch.await(2, LONG);
                assertThat(changes).isGreaterThan(2);
                Diagnosis said = Decision.of(
                        observer.look(Question.everywhere(port), new PortObserver.Manner(true, true, false), watch));
                assertThat(said.verdict()).isEqualTo(Diagnosis.Verdict.NOT_KNOWN);
                assertThat(said.limits()).contains(new Limit.Changing());
            }
        }
    }

    @Test
    @DisplayName("a server that starts during the look is the answer")
    void starts() throws PosixException {
        int port = FreePorts.next();
        try (ListenerWatch watch = ListenerWatch.on(port);
                PosixSocket listener = PosixSocket.open(Family.IPV4)
                        .bind(new Endpoint(ANY.address(), port))
                        .listen(1)) {
            assertThat(listener.fd()).isNotNegative();
            assertThat(watch.await(0, LONG)).isEqualTo(1);
            Diagnosis said = Decision.of(new PortObserver(new ReleasePredictor())
                    .look(Question.everywhere(port), new PortObserver.Manner(true, false, false), watch));
            assertThat(said.verdict()).isEqualTo(Diagnosis.Verdict.TAKEN);
            assertThat(said.limits()).doesNotContain(new Limit.Changing());
        }
        assertThat(new WhyPort()
                        .diagnose(Question.everywhere(port), new PortObserver.Manner(true, false, false))
                        .verdict())
                .isEqualTo(Diagnosis.Verdict.FREE);
    }
}
