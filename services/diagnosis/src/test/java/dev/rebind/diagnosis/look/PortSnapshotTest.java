package dev.rebind.diagnosis.look;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.diagnosis.Diagnosis;
import dev.rebind.diagnosis.Question;
import dev.rebind.diagnosis.decide.Decision;
import dev.rebind.diagnosis.finding.Limit;
import dev.rebind.diagnosis.seen.Attempt;
import dev.rebind.diagnosis.seen.Place;
import dev.rebind.diagnosis.text.Screen;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.posix.Errno;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import dev.rebind.sockets.release.ReleasePredictor;
import java.net.InetAddress;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("When a port changes while it is looked at")
class PortSnapshotTest {
    private static final InetAddress FOUR = InetAddress.ofLiteral("0.0.0.0");
    private static final int PORT = 8_080;
    private static final Attempt.Result BINDS = new Attempt.Result.Binds(true);
    private static final Attempt.Result IN_USE = new Attempt.Result.Refused(Errno.EADDRINUSE.number(), true);
    private static final Attempt.Result DENIED = new Attempt.Result.Refused(Errno.EACCES.number(), true);

    private static List<Attempt> answer(Attempt.Result result) {
        return List.of(new Attempt(new Place(Family.IPV4, FOUR, false), false, result));
    }

    private static Reading table(long... inodes) {
        List<TcpSocket> sockets = Arrays.stream(inodes)
                .mapToObj(inode -> TcpSocket.of(TcpState.LISTEN, new Endpoint(FOUR, PORT), new Endpoint(FOUR, 0))
                        .withInode(inode))
                .toList();
        return new Reading.Snapshot(Instant.EPOCH, 0, "a test", sockets, 0);
    }

    /** One after the other, and the last one for ever. */
    private static <T> Supplier<T> inTurn(List<T> all) {
        Deque<T> left = new ArrayDeque<>(all);
        return () -> left.size() > 1 ? left.removeFirst() : left.getFirst();
    }

    private static PortSnapshot moment(Supplier<List<Attempt>> probe, Supplier<Reading> table) {
        return PortSnapshot.of(probe, table, table, PORT);
    }

    @Test
    @DisplayName("a port at rest is read once: only its listeners are read again")
    void rest() {
        var reads = new AtomicInteger();
        Supplier<Reading> table = () -> {
            reads.incrementAndGet();
            return table(1);
        };
        PortSnapshot moment = PortSnapshot.of(inTurn(List.of(answer(IN_USE))), table, inTurn(List.of(table(1))), PORT);
        assertThat(moment.changing()).isFalse();
        assertThat(reads).hasValue(1);
    }

    @Test
    @DisplayName("a bind that passes just before a listener comes is asked for again")
    void comes() {
        PortSnapshot moment = moment(inTurn(List.of(answer(BINDS), answer(IN_USE))), inTurn(List.of(table(1))));
        assertThat(moment.attempts()).isEqualTo(answer(IN_USE));
        assertThat(moment.changing()).isFalse();
    }

    @Test
    @DisplayName("a bind that a listener refuses which is gone in the table is asked for again")
    void goes() {
        PortSnapshot moment = moment(inTurn(List.of(answer(IN_USE), answer(BINDS))), inTurn(List.of(table(), table())));
        assertThat(moment.attempts()).isEqualTo(answer(BINDS));
        assertThat(moment.changing()).isFalse();
    }

    @Test
    @DisplayName("the same answer is not of one moment where another socket refused it")
    void another() {
        PortSnapshot moment =
                moment(inTurn(List.of(answer(IN_USE))), inTurn(List.of(table(1), table(2), table(3), table(3))));
        assertThat(moment.around()).isEqualTo(table(3));
        assertThat(moment.changing()).isFalse();
    }

    @Test
    @DisplayName("a port that never stands still is said to change")
    void changes() {
        var more = new ArrayDeque<Long>();
        Supplier<Reading> table = () -> {
            more.add(more.size() + 1L);
            return table(more.getLast());
        };
        assertThat(moment(inTurn(List.of(answer(IN_USE))), table).changing()).isTrue();
    }

    @Test
    @DisplayName("what refuses each time and is never shown does not change, and neither does a refusal beyond sockets")
    void stands() {
        assertThat(moment(inTurn(List.of(answer(IN_USE))), inTurn(List.of(table())))
                        .changing())
                .isFalse();
        assertThat(moment(inTurn(List.of(answer(DENIED))), inTurn(List.of(table(1), table(2))))
                        .changing())
                .isFalse();
    }

    @Test
    @DisplayName(
            "a listener that is closed while its process is looked for is told so, and no process is said to be unseen")
    void closed() throws PosixException {
        int port = FreePorts.next();
        Reading around;
        try (PosixSocket listener =
                PosixSocket.open(Family.IPV4).bind(new Endpoint(FOUR, port)).listen(1)) {
            assertThat(listener.fd()).isNotNegative();
            around = PortObserver.sockets(port);
        }
        var seen = new PortObserver(new ReleasePredictor())
                .of(
                        Question.at(port, FOUR),
                        around,
                        OptionalInt.of(Errno.EADDRINUSE.number()),
                        new PortObserver.Manner(false, false, false));
        assertThat(new Screen(ZoneOffset.UTC).lines(Decision.of(seen)))
                .anyMatch(line -> line.contains("a process that has closed it meanwhile"))
                .anyMatch(line -> line.contains("was closed while its process was looked for."))
                .noneMatch(line -> line.contains("unseen process") || line.contains("PID namespace"));
    }

    @Test
    @DisplayName("nothing is said of a port that changes but that it does, and what was seen on it")
    void said() throws PosixException {
        int port = FreePorts.next();
        try (PosixSocket listener =
                PosixSocket.open(Family.IPV4).bind(new Endpoint(FOUR, port)).listen(1)) {
            assertThat(listener.fd()).isNotNegative();
            var seen = new PortObserver(new ReleasePredictor())
                    .look(Question.at(port, FOUR), new PortObserver.Manner(true, false, false));
            Diagnosis said = Decision.of(seen.with(seen.answers().whileChanging(List.of())));
            assertThat(said.verdict()).isEqualTo(Diagnosis.Verdict.NOT_KNOWN);
            assertThat(said.cause())
                    .hasValueSatisfying(cause -> assertThat(cause.name()).isEqualTo("unknown"));
            assertThat(said.limits()).contains(new Limit.Changing());
            assertThat(said.remedies()).isEmpty();
            assertThat(said.blocking()).hasSize(1);
            assertThat(new Screen(ZoneOffset.UTC).headline(said))
                    .isEqualTo(
                            "Whether port " + port
                                    + " can be bound is not known: it changes while it is looked at, as sockets on it come and go.");
        }
    }
}
