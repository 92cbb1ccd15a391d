package dev.rebind.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.rebind.diagnosis.Cause;
import dev.rebind.experiment.expect.Outcome;
import dev.rebind.experiment.file.ExperimentFile;
import dev.rebind.experiment.file.ExperimentFile.Read;
import dev.rebind.plan.Plan;
import dev.rebind.plan.Planner;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.RecordSchema;
import dev.rebind.record.RecordingException;
import dev.rebind.record.Verdict;
import dev.rebind.record.bind.Blocking;
import dev.rebind.record.bind.ReleaseTimes;
import dev.rebind.record.clients.ClientView;
import dev.rebind.record.clients.RequestCause;
import dev.rebind.record.clients.RequestView;
import dev.rebind.record.server.Generations;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.SocketReaders;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import dev.rebind.sockets.proc.Rights;
import java.io.IOException;
import java.io.StringReader;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole experiments on real sockets with real children, side by side: each has a port of its own. */
@EnabledOnOs(OS.LINUX)
@Execution(ExecutionMode.CONCURRENT)
// A guard against hanging: nothing here is about how long it takes.
@Timeout(180)
class CyclesTest {
    private static final String OFF = "reuseAddress: {value: false}\n";
    private static final String ON = "reuseAddress: {value: true}\n";
    private static final String MOVE = "onFailure: move\n";
    private static final String THREE = "clients: {connections: 3}\n";
    private static final String NO_CLIENTS = "clients: {connections: 0}\n";
    private static final String LISTENER = "restart: {mode: listener}\n";

    private final int port = FreePorts.next();

    @ParameterizedTest
    @ValueSource(strings = {"listener", "process"})
    @DisplayName("When the server closes first, both without SO_REUSEADDR, then TIME_WAIT blocks the bind for a minute")
    void serverClosesFirst(String mode) throws Exception {
        // A client that connects again from the same port ends its TIME_WAIT before the minute is over.
        CycleRecord record = one(OFF + MOVE + """
                clients: {connections: 3, reconnect: false}
                restart: {mode: %s, close: server}
                expect: {outcome: failed, cause: time_wait, call: bind, residue: [TIME_WAIT]}
                """.formatted(mode));

        is(record, Verdict.Pass, Outcome.failed, Cause.time_wait);
        assertThat(record.restart()).isEqualTo(mode);
        assertThat(record.errno()).isEqualTo("EADDRINUSE");
        assertThat(record.residue()).isEqualTo(Map.of("TIME_WAIT", 3));
        assertThat(record.generations()).isEqualTo(new Generations(1, 2));
        assertThat(record.blocking())
                .hasSize(3)
                .extracting(Blocking::generation)
                .containsOnly(1);
        assertThat(record.bindFailures()).isEqualTo(1);
        assertThat(record.boundAt()).isNull();
        assertThat(record.downtimeMs()).isNull();
        assertThat(record.prevention()).contains("both servers set SO_REUSEADDR");
        ReleaseTimes release = Objects.requireNonNull(record.release());
        assertThat(Objects.requireNonNull(release.latestMs())).isBetween(0.0, 64_000.0);
        assertThat(release.actualMs()).isNull();
        assertThat(record.explanation()).contains("3 sockets in TIME_WAIT, left by the old server");
    }

    @Test
    @DisplayName("When clients try to connect while the server is restarted, then each refusal has its cause")
    void refusals() throws Exception {
        CycleRecord record = one(ON + """
                clients: {connections: 3, protocol: tcp}
                restart: {mode: process, close: server}
                """);

        RequestView requests =
                Objects.requireNonNull(Objects.requireNonNull(record.clients()).requests());
        assertThat(requests.failed()).containsOnlyKeys("refused");
        assertThat(requests.causes())
                .containsExactly(Map.entry(
                        RequestCause.refused_while_nobody_listened.name(),
                        requests.failed().get("refused")));
        assertThat(requests.clockToleranceMs()).isNotNull();
        assertThat(record.clients().via()).isNull();
    }

    @Test
    @DisplayName("When the clients close first, then TIME_WAIT is theirs, and the server binds")
    void clientClosesFirst() throws Exception {
        CycleRecord record = one(OFF + THREE + """
                restart: {mode: listener, close: client}
                expect: {outcome: bound, residue: [], peers: [TIME_WAIT]}
                """);

        is(record, Verdict.Pass, Outcome.bound, null);
        assertThat(record.residue()).isEmpty();
        assertThat(record.peers()).isEqualTo(Map.of("TIME_WAIT", 3));
        assertThat(record.bindFailures()).isZero();
        assertThat(record.boundAt()).isAfter(record.stoppedAt());
        assertThat(record.explanation()).endsWith(": nothing was left on the port.");
    }

    @Test
    @DisplayName(
            "When the server resets, then nothing is left, and clients saw the resets and how long they were without service")
    void reset() throws Exception {
        CycleRecord record = one(OFF + THREE + """
                restart: {mode: listener, close: reset}
                expect: {outcome: bound, residue: [], maxDowntime: 10m}
                """);

        is(record, Verdict.Pass, Outcome.bound, null);
        assertThat(record.residue()).isEmpty();
        ClientView clients = Objects.requireNonNull(record.clients());
        assertThat(clients.resets()).isEqualTo(3);
        assertThat(clients.connections()).isEqualTo(3);
        assertThat(Objects.requireNonNull(record.downtimeMs())).isPositive();
    }

    @Test
    @DisplayName("When the clients stall, then FIN_WAIT_2 blocks the bind, and their data lies unread")
    void stall() throws Exception {
        CycleRecord record = one(OFF + MOVE + THREE + """
                restart: {mode: listener, close: stall}
                expect: {outcome: failed, cause: fin_wait2, residue: [FIN_WAIT_2], peers: [CLOSE_WAIT]}
                """);

        is(record, Verdict.Pass, Outcome.failed, Cause.fin_wait2);
        assertThat(record.residue()).isEqualTo(Map.of("FIN_WAIT_2", 3));
        assertThat(record.peers()).isEqualTo(Map.of("CLOSE_WAIT", 3));
        assertThat(record.peerRecvQ()).isPositive();
    }

    @Test
    @DisplayName("When the clients' windows are full, then the FIN waits behind the data: FIN_WAIT_1 blocks the bind")
    void stallUntilFull() throws Exception {
        CycleRecord record = one(OFF + MOVE + """
                clients: {connections: 1, untilFull: true}
                restart: {mode: listener, close: stall}
                expect: {outcome: failed, cause: closing, residue: [FIN_WAIT_1]}
                """);

        is(record, Verdict.Pass, Outcome.failed, Cause.closing);
        assertThat(record.sendQ()).isPositive();
    }

    @Test
    @DisplayName("When the server is killed, then the kernel closes what was read and resets what was not")
    void kill() throws Exception {
        List<CycleRecord> records = run(OFF + THREE + """
                restart: {close: kill}
                steps:
                  - name: read
                    target: {server: {service: stream}}
                    expect: {outcome: failed, cause: time_wait, residue: [TIME_WAIT]}
                  - name: unread
                    target: {server: {reading: false}}
                    expect: {outcome: bound, residue: []}
                """);

        is(records.getFirst(), Verdict.Pass, Outcome.failed, Cause.time_wait);
        is(records.getLast(), Verdict.Pass, Outcome.bound, null);
        assertThat(records.getFirst().name()).isEqualTo("read");
        assertThat(records.getLast().residue()).isEmpty();
    }

    @Test
    @DisplayName("When SO_REUSEADDR is turned on, then it helps from the second restart on only")
    void toggle() throws Exception {
        List<CycleRecord> records = run(MOVE + THREE + LISTENER + """
                steps:
                  - reuseAddress: {old: false, new: true}
                    expect: {outcome: failed, cause: time_wait, residue: [TIME_WAIT]}
                  - reuseAddress: {old: true, new: true}
                    expect: {outcome: bound, residue: [TIME_WAIT]}
                  - reuseAddress: {old: true, new: false}
                    expect: {outcome: failed, cause: time_wait, residue: [TIME_WAIT]}
                """);

        assertThat(records).extracting(CycleRecord::verdict).containsOnly(Verdict.Pass);
        assertThat(records.getFirst().prevention())
                .isEqualTo(
                        "It would have bound at once had the old server set SO_REUSEADDR too: turning the option on helps"
                                + " from the second restart on only.");
        assertThat(records.get(1).explanation()).contains("over 3 sockets in TIME_WAIT: both servers set SO_REUSEADDR");
        assertThat(records.getLast().prevention()).contains("had it set SO_REUSEADDR");
    }

    @Test
    @DisplayName(
            "When a connection lives on in a process of its own, then ESTABLISHED blocks the bind, and its process is named")
    void keep() throws Exception {
        CycleRecord record = one(OFF + MOVE + """
                target: {server: {port: %d, handler: process}}
                restart: {close: keep}
                clients: {connections: 1}
                expect: {outcome: failed, cause: established, residue: [ESTABLISHED]}
                """.formatted(port));

        is(record, Verdict.Pass, Outcome.failed, Cause.established);
        assertThat(record.blocking())
                .singleElement()
                .satisfies(blocking -> assertThat(blocking.pid()).isNotNull());
        gone();
    }

    @Test
    @DisplayName("When clients do not come back, then each cycle has clients of its own, which try nothing in between")
    void doNotComeBack() throws Exception {
        List<CycleRecord> records = run(ON + LISTENER + """
                clients: {connections: 3, reconnect: false}
                cycles: 2
                """);

        assertThat(records).hasSize(2).allSatisfy(record -> {
            is(record, Verdict.Pass, Outcome.bound, null);
            assertThat(record.residue()).isEqualTo(Map.of("TIME_WAIT", 3 * record.cycle()));
            ClientView clients = Objects.requireNonNull(record.clients());
            assertThat(clients.ends()).isEqualTo(3);
            assertThat(clients.failedConnects()).isEmpty();
            assertThat(record.downtimeMs()).isNull();
        });
    }

    @Test
    @DisplayName("When somebody still listens, then it is told whether the old generation or another program")
    void stillListening() throws Exception {
        List<CycleRecord> records = run(ON + LISTENER + """
                steps:
                  - clients: {connections: 2}
                    restart: {close: none}
                    expect: {outcome: failed, cause: listener_old, residue: [LISTEN]}
                  - clients: {connections: 0}
                    obstacle: {kind: listener, reuseAddress: true}
                    expect: {outcome: failed, cause: listener_other}
                """);

        is(records.getFirst(), Verdict.Pass, Outcome.failed, Cause.listener_old);
        is(records.getLast(), Verdict.Pass, Outcome.failed, Cause.listener_other);
        assertThat(records.getLast().blocking())
                .singleElement()
                .satisfies(blocking -> assertThat(blocking.process()).isEqualTo("rebind-stranger"));
    }

    @Test
    @DisplayName("When a stranger's connection is on the port, then it is told from a client that connected to itself")
    void strangers() throws Exception {
        List<CycleRecord> records = run(ON + NO_CLIENTS + LISTENER + """
                steps:
                  - obstacle: {kind: outgoing}
                    expect: {outcome: failed, cause: outgoing}
                  - obstacle: {kind: self-connect}
                    expect: {outcome: failed, cause: self_connect}
                """);

        is(records.getFirst(), Verdict.Pass, Outcome.failed, Cause.outgoing);
        is(records.getLast(), Verdict.Pass, Outcome.failed, Cause.self_connect);
        assertThat(records)
                .allSatisfy(record -> assertThat(record.prevention())
                        .contains("a program bound it before it connected")
                        .doesNotContain("ip_local"));
    }

    @Test
    @DisplayName(
            "When both set SO_REUSEPORT, then the new one binds while the old one listens, and clients go over to it")
    void reusePort() throws Exception {
        CycleRecord record = one(OFF + MOVE + THREE + """
                target: {server: {transport: epoll, reusePort: true}}
                restart: {close: none}
                """);

        is(record, Verdict.Pass, Outcome.bound, null);
        assertThat(record.residue()).containsEntry("LISTEN", 1);
        assertThat(record.warnings()).isNull();
    }

    @Test
    @DisplayName("When what is left is cleared, then the next cycle begins with what this one bound, at the same place")
    void clear() throws Exception {
        assumeThat(new Rights().has(Rights.Right.CAP_NET_ADMIN))
                .as("destroying sockets needs CAP_NET_ADMIN")
                .contains(true);
        List<CycleRecord> records = run(OFF + THREE + LISTENER + """
                onFailure: clear
                cycles: 3
                expect: {outcome: failed, cause: time_wait, residue: [TIME_WAIT]}
                """);
        assumeThat(records.getFirst().warnings())
                .as("the kernel is built without CONFIG_INET_DIAG_DESTROY")
                .isNull();

        assertThat(records).allSatisfy(record -> {
            is(record, Verdict.Pass, Outcome.failed, Cause.time_wait);
            assertThat(record.boundAt()).isAfterOrEqualTo(record.failedAt());
            assertThat(Objects.requireNonNull(record.release()).actualMs()).isNull();
            assertThat(record.downtimeMs()).isNotNull();
            assertThat(record.explanation()).contains("3 sockets were destroyed.");
        });
        assertThat(records)
                .extracting(CycleRecord::generations)
                .containsExactly(new Generations(1, 2), new Generations(2, 3), new Generations(3, 4));
        assertThat(places(records)).hasSize(1);
    }

    @Test
    @DisplayName("When a failure means moving on, then each cycle has an address and a generation of its own")
    void move() throws Exception {
        List<CycleRecord> records = run(MOVE + LISTENER + NO_CLIENTS + """
                target: {server: {port: %d}}
                cycles: 3
                """.formatted(port));

        assertThat(records).extracting(CycleRecord::verdict).containsOnly(Verdict.Pass);
        assertThat(records).extracting(CycleRecord::port).containsOnly(port);
        assertThat(places(records))
                .hasSize(3)
                .allSatisfy(place -> assertThat(place).startsWith("127.0."));
        assertThat(records)
                .extracting(CycleRecord::generations)
                .containsExactly(new Generations(1, 2), new Generations(3, 4), new Generations(5, 6));
    }

    @Test
    @DisplayName("When nobody clears and the time is up, then the generation is given up")
    void givenUp() throws Exception {
        CycleRecord record = one(OFF + LISTENER + """
                target: {server: {port: %d}}
                clients: {connections: 1}
                retry: {interval: 50ms, timeout: 300ms}
                expect: {maxBindFailures: 100}
                """.formatted(port));

        is(record, Verdict.Fail, Outcome.failed, Cause.time_wait);
        assertThat(Objects.requireNonNull(record.bindFailures())).isGreaterThan(1);
        assertThat(record.warnings()).containsExactly("The new server was not bound within 300 ms and was given up.");
        assertThat(record.explanation()).contains("The new server was never bound: ");
    }

    @Test
    @DisplayName("When a duration is given, then cycles follow one another until it is over, at one place")
    void duration() throws Exception {
        List<CycleRecord> records = run(NO_CLIENTS + LISTENER + "duration: 500ms\n");

        assertThat(records).isNotEmpty();
        assertThat(records).extracting(CycleRecord::verdict).containsOnly(Verdict.Pass);
        assertThat(records)
                .extracting(CycleRecord::cycle)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, records.size()).boxed().toList());
        assertThat(places(records)).hasSize(1);
    }

    @Test
    @DisplayName("When the last cycle is over, then the run is: the pause is between cycles, and within the duration")
    void pause() throws Exception {
        assertThat(run(NO_CLIENTS + "restart: {mode: listener, interval: 100h}\n"))
                .hasSize(1);
        assertThat(run(NO_CLIENTS + "duration: 500ms\nrestart: {mode: listener, interval: 100h}\n"))
                .hasSize(1);
    }

    @Test
    @DisplayName(
            "When copies run side by side, then each has a place, and every cycle a number and generations of its own")
    void parallel() throws Exception {
        List<CycleRecord> records = run(LISTENER + NO_CLIENTS + """
                target: {server: {port: %d}}
                parallel: 3
                cycles: 2
                """.formatted(port));

        assertThat(records).extracting(CycleRecord::verdict).containsOnly(Verdict.Pass);
        assertThat(records).extracting(CycleRecord::cycle).containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6);
        assertThat(places(records)).hasSize(3).contains("127.0.0.1:" + port);
        assertThat(records.stream()
                        .map(CycleRecord::generations)
                        .filter(Objects::nonNull)
                        .map(Generations::fresh)
                        .distinct())
                .hasSize(6);
    }

    @Test
    @DisplayName("When the expectation is wrong, then Fail, and the explanation says what was expected and seen")
    void wrongExpectations() throws Exception {
        List<CycleRecord> records = run(OFF + MOVE + LISTENER + """
                clients: {connections: 1}
                steps:
                  - expect: {outcome: bound}
                  - restart: {close: reset}
                    expect: {maxDowntime: 1us}
                  - clients: {connections: 0}
                    expect: {outcome: failed}
                """);

        assertThat(records).extracting(CycleRecord::verdict).containsOnly(Verdict.Fail);
        assertThat(records.get(0).explanation()).endsWith("Expected: bound. Seen: failed, time_wait.");
        assertThat(records.get(1).explanation()).contains("Clients were without service for ");
        assertThat(records.get(2).explanation()).endsWith("Expected: failed. Seen: bound.");
    }

    @Test
    @DisplayName(
            "When what was to be tested does not come up, then Inconclusive, and the explanation says what is missing")
    void notProduced() throws Exception {
        CycleRecord record = one(LISTENER + NO_CLIENTS + "expect: {residue: [TIME_WAIT]}\n");

        is(record, Verdict.Inconclusive, Outcome.bound, null);
        assertThat(record.explanation()).contains("was meant to leave TIME_WAIT, and left nothing");
    }

    @Test
    @DisplayName("When another program has the port from the start, then Error, and it is named")
    void taken() throws Exception {
        try (PosixSocket socket = listen()) {
            assertThat(socket.fd()).isPositive();
            CycleRecord record = one(ON + NO_CLIENTS + LISTENER + "target: {server: {port: %d}}\n".formatted(port));
            assertThat(record.verdict()).isEqualTo(Verdict.Error);
            assertThat(record.explanation())
                    .startsWith("The server to restart could not be started.")
                    .contains("Process " + ProcessHandle.current().pid() + " runs")
                    .contains("this very process listens on");
        }
    }

    @Test
    @DisplayName("When pairs of bare sockets are run, then each is held against the kernel's rule and the user's word")
    void cells() throws Exception {
        List<CycleRecord> records = run("""
                cells:
                  - old: {address: 127.0.0.1, state: TIME_WAIT}
                    new: {address: 127.0.0.1, reuseAddress: true}
                    expect: {cause: time_wait, call: bind}
                  - old: {address: 127.0.0.1, state: TIME_WAIT, reuseAddress: true}
                    new: {address: 127.0.0.1, reuseAddress: true}
                  - old: {address: 127.0.0.1, state: BOUND, reuseAddress: true}
                    new: {address: 127.0.0.1, reuseAddress: true}
                    simultaneous: true
                    expect: {call: bind}
                """);

        is(records.get(0), Verdict.Pass, Outcome.failed, Cause.time_wait);
        is(records.get(1), Verdict.Pass, Outcome.bound, null);
        assertThat(records.get(2).verdict()).isEqualTo(Verdict.Fail);
        assertThat(records.get(2).call()).isEqualTo("listen");
        assertThat(records.get(2).explanation()).endsWith("The experiment expected failed at bind.");
    }

    @ParameterizedTest
    @CsvSource({
        "listener, starting",
        "process, stopping",
        "process, binding",
        "listener, waiting for service",
        "process, waiting until the port is free"
    })
    @DisplayName(
            "When a run is interrupted in a cycle, then the cycles before it have records, it has none, and nothing is left behind")
    void interrupted(String mode, String step) throws Exception {
        var records = Collections.synchronizedList(new ArrayList<CycleRecord>());
        Thread run = Thread.currentThread();
        // The first cycle binds over its residue, the second one cannot.
        boolean fails = step.equals("waiting until the port is free");
        Plan plan = plan("""
                target: {server: {port: %d}}
                restart: {mode: %s}
                clients: {connections: 1}
                reuseAddress: {sequence: [true, true, %s]}
                duration: 100h
                """.formatted(port, mode, !fails));
        var listener = new ExperimentRunner.Listener() {
            @Override
            public void step(String experiment, int cycle, String what) {
                if (cycle == 2 && what.equals(step)) {
                    run.interrupt();
                }
            }

            @Override
            public void record(CycleRecord record) {
                records.add(record);
            }
        };

        try (var lab = new LocalLab()) {
            assertThatThrownBy(() -> lab.run(plan, listener)).isInstanceOf(InterruptedException.class);
        }
        assertThat(records).extracting(CycleRecord::cycle).containsExactly(1);
        is(records.getFirst(), Verdict.Pass, Outcome.bound, null);
        gone();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @DisplayName(
            "When a record cannot be kept, then the run ends with that, other copies too, and nothing is left behind")
    void notKept(int cycle) {
        var full = new RecordingException(Path.of("cycles.jsonl"), "no room is left", null);
        var listener = new ExperimentRunner.Listener() {
            @Override
            public void step(String experiment, int number, String what) {}

            @Override
            public void record(CycleRecord record) throws RecordingException {
                if (record.cycle() == cycle) {
                    throw full;
                }
            }
        };

        try (var lab = new LocalLab()) {
            assertThatThrownBy(() -> lab.run(plan(LISTENER + NO_CLIENTS + """
                            target: {server: {port: %d}}
                            parallel: 2
                            duration: 100h
                            """.formatted(port)), listener))
                    .isSameAs(full);
        }
        gone();
    }

    /** No child of this JVM has to do with this test's port any more, and nobody listens there. */
    private void gone() {
        await().untilAsserted(() -> {
            assertThat(ProcessHandle.current().descendants().filter(this::concerned))
                    .isEmpty();
            assertThat(listening()).isFalse();
        });
    }

    private boolean concerned(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"), StandardCharsets.ISO_8859_1)
                    .contains("--port=" + port);
        } catch (IOException e) {
            // It has ended meanwhile.
            return false;
        }
    }

    private boolean listening() {
        return switch (SocketReaders.best().read(SocketQuery.onPort(port).in(Set.of(TcpState.LISTEN)))) {
            case Reading.Snapshot snapshot -> !snapshot.sockets().isEmpty();
            case Reading.Unreadable unreadable -> throw new AssertionError(unreadable);
        };
    }

    private PosixSocket listen() throws PosixException {
        return PosixSocket.open(Family.IPV4)
                .reuseAddress(true)
                .bind(new Endpoint(InetAddress.ofLiteral("127.0.0.1"), port))
                .listen(1);
    }

    private static void is(CycleRecord record, Verdict verdict, Outcome outcome, @Nullable Cause cause) {
        assertThat(record.verdict()).as(record.explanation()).isEqualTo(verdict);
        assertThat(record.outcome()).as(record.explanation()).isEqualTo(outcome);
        assertThat(record.cause()).as(record.explanation()).isEqualTo(cause);
    }

    private static Set<String> places(List<CycleRecord> records) {
        return records.stream()
                .map(record -> record.address() + ":" + record.port())
                .collect(Collectors.toSet());
    }

    private static CycleRecord one(String spec) throws Exception {
        List<CycleRecord> records = run(spec);
        assertThat(records).hasSize(1);
        return records.getFirst();
    }

    /** Runs an experiment to its end; every record is as the schema has it. In the order of their numbers. */
    private static List<CycleRecord> run(String spec) throws Exception {
        var records = Collections.synchronizedList(new ArrayList<CycleRecord>());
        var listener = new ExperimentRunner.Listener() {
            @Override
            public void step(String experiment, int cycle, String what) {}

            @Override
            public void record(CycleRecord record) {
                records.add(record);
            }
        };
        try (var lab = new LocalLab()) {
            lab.run(plan(spec), listener);
        }
        records.forEach(RecordSchema::validate);
        return records.stream()
                .sorted(Comparator.comparingInt(CycleRecord::cycle))
                .toList();
    }

    private static Plan plan(String spec) {
        String yaml = "apiVersion: rebind.dev/v1alpha1\nkind: RebindExperiment\nmetadata: {name: made-up}\nspec:\n"
                + spec.indent(2);
        return switch (ExperimentFile.read("made-up.yaml", new StringReader(yaml))) {
            case Read.Experiments read ->
                Planner.plan(read.experiments().getFirst().experiment());
            case Read.Problems(var problems) -> throw new AssertionError(problems);
        };
    }
}
