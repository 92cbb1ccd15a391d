package dev.rebind.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.client.traffic.Traffic;
import dev.rebind.experiment.Specs;
import dev.rebind.experiment.clients.Behaviour;
import dev.rebind.experiment.expect.Expect;
import dev.rebind.experiment.expect.Outcome;
import dev.rebind.experiment.restart.Close;
import dev.rebind.experiment.restart.Mode;
import dev.rebind.experiment.restart.OnFailure;
import dev.rebind.experiment.server.Handler;
import dev.rebind.experiment.server.Service;
import dev.rebind.experiment.server.Transport;
import dev.rebind.plan.Plan.Cycles;
import dev.rebind.plan.Plan.Length;
import dev.rebind.plan.PlannedCycle.Load;
import dev.rebind.plan.PlannedCycle.Retry;
import dev.rebind.plan.PlannedCycle.Server;
import dev.rebind.sockets.TcpState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlannerTest {
    @Test
    @DisplayName("When nothing is written, then one restart with every default as the reference says")
    void defaults() {
        Cycles plan = plan("");

        assertThat(plan.places()).isEqualTo(Places.shared);
        assertThat(plan.parallel()).isEqualTo(1);
        assertThat(plan.length()).isEqualTo(new Length.Count(1));
        assertThat(all(plan))
                .containsExactly(new PlannedCycle(
                        1,
                        null,
                        new Server("127.0.0.1", 0, Service.echo, true, Handler.own, Transport.nio, false, null),
                        Mode.process,
                        Close.server,
                        Duration.ofSeconds(5),
                        Duration.ZERO,
                        false,
                        false,
                        new Load(5, Behaviour.echo, false, true, new Traffic.Rebind(), Duration.ZERO),
                        null,
                        new Retry(Duration.ofSeconds(1), Duration.ofSeconds(90)),
                        OnFailure.wait,
                        Expect.of(Outcome.bound, null, null).leaving(List.of(TcpState.TIME_WAIT)),
                        null));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        server                                    | [TIME_WAIT]
        server}, clients: {connections: 0         | []
        server}, target: {server: {reading: false}| null
        client                                    | []
        reset                                     | []
        kill                                      | null
        stall                                     | [FIN_WAIT_2]
        stall}, clients: {untilFull: true         | [FIN_WAIT_1]
        keep                                      | [ESTABLISHED]
        none                                      | [LISTEN]
        server}, obstacle: {kind: listener        | [TIME_WAIT]
        """)
    @DisplayName("When no residue is expected in so many words, then it is what the way of closing leaves")
    void residueByClose(String close, String residue) {
        assertThat(String.valueOf(
                        first("{restart: {close: " + close + "}}").expect().residue()))
                .isEqualTo(residue);
    }

    @ParameterizedTest
    @CsvSource({
        "server, , echo, echo",
        "server, stream, read, stream",
        "client, , close_first, echo",
        "client, stream, close_first, stream",
        "reset, , echo, echo",
        "kill, stream, read, stream",
        "stall, , stall, echo",
        "stall, stream, stall, stream",
        "keep, , echo, echo",
        "none, , echo, echo"
    })
    @DisplayName("When clients and service are not written, then they go with the way of closing")
    void clientsByClose(Close close, Service written, Behaviour behaviour, Service service) {
        PlannedCycle cycle = first("{restart: {close: " + close + "}"
                + (written == null ? "" : ", target: {server: {service: " + written + "}}") + "}");
        assertThat(cycle.clients().behaviour()).isEqualTo(behaviour);
        assertThat(cycle.server().service()).isEqualTo(service);
    }

    @Test
    @DisplayName("When clients are to read, or to be filled up, then the server writes without being asked")
    void readersNeedAStream() {
        assertThat(first("clients: {behaviour: read}").server().service()).isEqualTo(Service.stream);
        assertThat(first("{restart: {close: stall}, clients: {untilFull: true}}")
                        .server()
                        .service())
                .isEqualTo(Service.stream);
    }

    @Test
    @DisplayName("When reuseAddress is a sequence of n values, then n - 1 cycles walk along it")
    void sequence() {
        assertThat(reuse(plan("reuseAddress: {sequence: [false, false, true, true, false]}")))
                .containsExactly("off->off", "off->on", "on->on", "on->off");
    }

    @Test
    @DisplayName("When cycles asks for more than the sequence has, then the sequence begins again")
    void sequenceRepeated() {
        assertThat(reuse(plan("{reuseAddress: {sequence: [false, true, true]}, cycles: 7}")))
                .containsExactly("off->on", "on->on", "on->off", "off->on", "on->on", "on->off", "off->on");
    }

    @Test
    @DisplayName("When reuseAddress is the matrix, then four cycles, each beginning where the last ended")
    void matrix() {
        assertThat(reuse(plan("reuseAddress: {matrix: true}")))
                .containsExactly("off->off", "off->on", "on->on", "on->off");
        assertThat(reuse(plan("{reuseAddress: {matrix: true}, cycles: 5}"))).endsWith("on->off", "off->off");
    }

    @Test
    @DisplayName("When cycles share a place, then each old generation has the setting of the new one before it")
    void chained() {
        List<PlannedCycle> cycles = all(plan("{reuseAddress: {sequence: [true, false, false]}, cycles: 20}"));
        for (int i = 1; i < cycles.size(); i++) {
            assertThat(cycles.get(i).oldReuse()).isEqualTo(cycles.get(i - 1).newReuse());
        }
    }

    @Test
    @DisplayName("When a duration is given, then the cycles have no end")
    void unbounded() {
        Cycles plan = plan("{duration: 1m30s, reuseAddress: {value: true}}");
        assertThat(plan.length()).isEqualTo(new Length.For(Duration.ofSeconds(90)));
        Iterator<PlannedCycle> cycles = plan.copy(0);
        PlannedCycle last = cycles.next();
        for (int i = 0; i < 10_000; i++) {
            last = cycles.next();
        }
        assertThat(last.number()).isEqualTo(10_001);
        assertThat(cycles).hasNext();
    }

    @Test
    @DisplayName("When copies run side by side, then every cycle has a number of its own")
    void parallel() {
        Cycles plan = plan("{parallel: 3, cycles: 2}");
        var numbers = new ArrayList<Integer>();
        for (int copy = 0; copy < 3; copy++) {
            plan.copy(copy).forEachRemaining(cycle -> numbers.add(cycle.number()));
        }
        assertThat(numbers).containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6);
    }

    @Test
    @DisplayName("When steps are given, then each is laid over the experiment and has a place of its own")
    void steps() {
        Cycles plan = plan("""
            target: {server: {service: stream, backlog: 7}}
            restart: {close: kill, gracePeriod: 2s}
            clients: {connections: 3}
            expect: {cause: time_wait}
            steps:
              - name: as it is
              - name: unread
                target: {server: {reading: false}}
                restart: {mode: listener, close: server}
                reuseAddress: {old: true, new: false}
                expect: {residue: []}
            """);

        assertThat(plan.places()).isEqualTo(Places.own);
        PlannedCycle asItIs = all(plan).getFirst();
        PlannedCycle unread = all(plan).getLast();
        assertThat(asItIs.onFailure()).isEqualTo(OnFailure.move);
        assertThat(asItIs.expect()).isEqualTo(Expect.of(Outcome.failed, dev.rebind.diagnosis.Cause.time_wait, null));
        assertThat(unread.name()).isEqualTo("unread");
        assertThat(unread.number()).isEqualTo(2);
        assertThat(unread.server())
                .isEqualTo(new Server("127.0.0.1", 0, Service.stream, false, Handler.own, Transport.nio, false, 7));
        assertThat(unread.mode()).isEqualTo(Mode.listener);
        assertThat(unread.close()).isEqualTo(Close.server);
        assertThat(unread.gracePeriod()).isEqualTo(Duration.ofSeconds(2));
        assertThat(unread.clients())
                .isEqualTo(new Load(3, Behaviour.read, false, true, new Traffic.Rebind(), Duration.ZERO));
        assertThat(unread.oldReuse()).isTrue();
        assertThat(unread.newReuse()).isFalse();
        assertThat(unread.expect())
                .isEqualTo(Expect.of(Outcome.bound, null, null).leaving(List.of()));
    }

    @ParameterizedTest
    @DisplayName("When a command's clients have no protocol, then they speak HTTP where the readiness does, else TCP")
    @CsvSource(delimiter = '|', textBlock = """
        readiness: {http: 'http://127.0.0.1:8080/healthz?a=b'} | clients: {connections: 1}          | /healthz?a=b
        readiness: {http: 'http://127.0.0.1:8080'}             |                                    | /
        readiness: {http: 'http://127.0.0.1:8080/healthz'}     | clients: {protocol: http}          | /
        readiness: {http: 'http://127.0.0.1:8080/healthz'}     | clients: {protocol: tcp}           |
        readiness: {log: ready}                                |                                    |
        readiness: {timeout: 1s}                               | clients: {http: {path: /one}}      | /one
        """)
    void protocolOfCommand(String readiness, @Nullable String clients, @Nullable String path) {
        PlannedCycle cycle = first("{target: {command: {argv: [server], port: 8080, %s}}%s}"
                .formatted(readiness, clients == null ? "" : ", " + clients));

        Traffic traffic = cycle.clients().traffic();

        if (path == null) {
            assertThat(traffic).isInstanceOf(Traffic.Tcp.class);
        } else {
            assertThat(traffic)
                    .isInstanceOfSatisfying(
                            Traffic.Http.class, http -> assertThat(http.path()).isEqualTo(path));
        }
    }

    @Test
    @DisplayName("When cycles move with a port that is given, then each has a place of its own")
    void moveWithPort() {
        assertThat(plan("{onFailure: move, target: {server: {port: 18080}}}").places())
                .isEqualTo(Places.own);
        assertThat(plan("{onFailure: clear, target: {server: {port: 18080}}}").places())
                .isEqualTo(Places.shared);
    }

    @Test
    @DisplayName("When failed binds are allowed, then their number stands in place of the outcome")
    void allowedFailures() {
        assertThat(first("expect: {maxBindFailures: 3}").expect().outcome()).isNull();
        assertThat(first("expect: {boundWithin: 65s}").expect().outcome()).isNull();
    }

    private static Cycles plan(String yaml) {
        return (Cycles) Planner.plan(Specs.experiment(yaml));
    }

    private static PlannedCycle first(String yaml) {
        return plan(yaml).copy(0).next();
    }

    private static List<PlannedCycle> all(Cycles plan) {
        var cycles = new ArrayList<PlannedCycle>();
        plan.copy(0).forEachRemaining(cycles::add);
        return cycles;
    }

    private static List<String> reuse(Cycles plan) {
        return all(plan).stream()
                .map(cycle -> (cycle.oldReuse() ? "on" : "off") + "->" + (cycle.newReuse() ? "on" : "off"))
                .toList();
    }
}
