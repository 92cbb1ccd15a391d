package dev.rebind.record;

import dev.rebind.diagnosis.Cause;
import dev.rebind.experiment.cells.Relation;
import dev.rebind.experiment.cells.Residue;
import dev.rebind.experiment.cells.Stack;
import dev.rebind.experiment.expect.Outcome;
import dev.rebind.record.bind.Blocking;
import dev.rebind.record.bind.CellSetup;
import dev.rebind.record.bind.Expected;
import dev.rebind.record.bind.Reuse;
import dev.rebind.record.clients.ClientView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Made-up records that are as the kernel would have them: every cause, every verdict, the whole truth table. */
public final class SampleRecords {
    private static final String BOTH = "It would have bound at once had both servers set SO_REUSEADDR.";

    private SampleRecords() {}

    /** A run of several experiments, truth table included. */
    public static List<CycleRecord> all() {
        var all = new ArrayList<CycleRecord>();
        all.addAll(List.of(
                serverClosesFirst(),
                clientClosesFirst(),
                clientStalls(),
                clientStallsFull(),
                childStillServing(),
                reset()));
        all.addAll(List.of(reuseAddress(), listenerOld(), listenerOther(), secondListen(), outgoing(), selfConnect()));
        all.addAll(
                List.of(closeWait(), waitItOut(1), waitItOut(2), notProduced(), wrongCause(), broken(), unreadable()));
        all.addAll(truthTable());
        return all;
    }

    public static CycleRecord serverClosesFirst() {
        return new RecordBuilder("server-closes-first", 1)
                .generations(1)
                .at("0.0.0.0", 18_080)
                .left(Map.of("TIME_WAIT", 20), Map.of())
                .failed(41.2, "bind", Cause.time_wait, leftovers("TIME_WAIT", 20, 59_880))
                .release(60_300.1, 62_348.1, null, null)
                .sample(-5, "server", Map.of("LISTEN", 1, "ESTABLISHED", 20))
                .sample(-5, "client", Map.of("ESTABLISHED", 20))
                .sample(3.5, "server", Map.of("FIN_WAIT_2", 8, "TIME_WAIT", 12))
                .sample(3.5, "client", Map.of("CLOSE_WAIT", 8))
                .sample(6.1, "server", Map.of("TIME_WAIT", 20))
                .sample(6.1, "client", Map.of())
                .prevention(BOTH)
                .explained(
                        "The new server could not bind 0.0.0.0:18080 (EADDRINUSE, errno 98): 20 sockets in TIME_WAIT,"
                                + " left by the old server, which ran without SO_REUSEADDR. The port is free again between 60.3 s"
                                + " and 62.4 s after the failed bind.",
                        BOTH)
                .build();
    }

    public static CycleRecord clientClosesFirst() {
        return new RecordBuilder("client-closes-first", 1)
                .generations(1)
                .restarted("process", "client")
                .left(Map.of(), Map.of("TIME_WAIT", 5))
                .bound(138.4)
                .downtime(171.25, new ClientView(5, 812, 0, 5, Map.of("ECONNREFUSED", 35L), 0L))
                .sample(-4, "server", Map.of("LISTEN", 1, "ESTABLISHED", 5))
                .sample(-4, "client", Map.of("ESTABLISHED", 5))
                .sample(2, "server", Map.of("LISTEN", 1))
                .sample(2, "client", Map.of("TIME_WAIT", 5))
                .sample(5, "server", Map.of())
                .sample(139, "server", Map.of("LISTEN", 1))
                .build();
    }

    public static CycleRecord clientStalls() {
        return new RecordBuilder("client-stalls", 1)
                .generations(1)
                .restarted("process", "stall")
                .left(Map.of("FIN_WAIT_2", 5), Map.of("CLOSE_WAIT", 5))
                .queues(0, 65_410)
                .failed(39, "bind", Cause.fin_wait2, leftovers("FIN_WAIT_2", 5, 59_912))
                .release(59_912d, 61_960d, null, null)
                .prevention(BOTH)
                .explained(
                        "The new server could not bind 127.0.0.1:18080 (EADDRINUSE, errno 98): 5 sockets in FIN_WAIT_2,"
                                + " left by the old server: their clients have not closed.",
                        BOTH)
                .build();
    }

    public static CycleRecord clientStallsFull() {
        return new RecordBuilder("client-stalls-full", 1)
                .generations(1)
                .restarted("process", "stall")
                .left(Map.of("FIN_WAIT_1", 5), Map.of("ESTABLISHED", 5))
                .queues(2_612_345, 6_291_456)
                .failed(52, "bind", Cause.closing, leftovers("FIN_WAIT_1", 5, 204))
                .releaseUnknown("the unsent data is tried again for as long as the clients' windows stay closed")
                .prevention(BOTH)
                .explained(
                        "The new server could not bind 127.0.0.1:18080 (EADDRINUSE, errno 98): 5 sockets in FIN_WAIT_1.")
                .build();
    }

    public static CycleRecord childStillServing() {
        return new RecordBuilder("child-still-serving", 1)
                .named("off to off")
                .generations(1)
                .restarted("process", "keep")
                .left(Map.of("ESTABLISHED", 2), Map.of("ESTABLISHED", 2))
                .failed(
                        12,
                        "bind",
                        Cause.established,
                        new Blocking("ESTABLISHED", "127.0.0.1:18080", "127.0.0.1:61812", null, 4711L, "java", 1),
                        new Blocking("ESTABLISHED", "127.0.0.1:18080", "127.0.0.1:61814", null, 4712L, "java", 1))
                .releaseUnknown("held by java (pid 4711) until it closes")
                .prevention(BOTH)
                .explained(
                        "The new server could not bind 127.0.0.1:18080 (EADDRINUSE, errno 98): 2 connections are still"
                                + " served by java (pid 4711) and java (pid 4712).",
                        BOTH)
                .build();
    }

    public static CycleRecord reset() {
        return new RecordBuilder("reset", 1)
                .generations(1)
                .restarted("listener", "reset")
                .bound(4.2)
                .downtime(11.5, new ClientView(5, 120, 5, 0, Map.of(), 12L))
                .build();
    }

    public static CycleRecord reuseAddress() {
        return new RecordBuilder("reuse-address", 1)
                .generations(1)
                .reuse(true, true)
                .left(Map.of("TIME_WAIT", 5), Map.of())
                .bound(121)
                .downtime(150.5, new ClientView(5, 300, 0, 5, Map.of("ECONNREFUSED", 12L), 0L))
                .explained("The new server bound 127.0.0.1:18080 over 5 sockets in TIME_WAIT: both servers set"
                        + " SO_REUSEADDR.")
                .build();
    }

    public static CycleRecord listenerOld() {
        return new RecordBuilder("still-listening", 1)
                .generations(1)
                .restarted("process", "none")
                .left(Map.of("LISTEN", 1), Map.of())
                .failed(
                        8,
                        "bind",
                        Cause.listener_old,
                        new Blocking("LISTEN", "127.0.0.1:18080", "0.0.0.0:0", null, 4001L, "java", 1))
                .releaseUnknown("held by java (pid 4001) until it closes")
                .explained(
                        "The new server could not bind 127.0.0.1:18080 (EADDRINUSE, errno 98): the old server still listens.")
                .build();
    }

    public static CycleRecord listenerOther() {
        return new RecordBuilder("still-listening", 2)
                .generations(1)
                .restarted("process", "client")
                .failed(
                        8,
                        "bind",
                        Cause.listener_other,
                        new Blocking("LISTEN", "127.0.0.1:18080", "0.0.0.0:0", null, 5001L, "nc", null))
                .releaseUnknown("held by nc (pid 5001) until it closes")
                .explained(
                        "The new server could not bind 127.0.0.1:18080 (EADDRINUSE, errno 98): nc (pid 5001) listens.")
                .build();
    }

    public static CycleRecord secondListen() {
        return new RecordBuilder("many-servers", 1)
                .named("both bound, neither listening yet")
                .restarted("bare", "none")
                .reuse(true, true)
                .cell(
                        new CellSetup("127.0.0.1", Residue.BOUND, null, null, null),
                        new Expected(Outcome.failed, "listen"))
                .failed(0.4, "listen", Cause.listener_other)
                .explained("The second listen on 127.0.0.1:18080 failed (EADDRINUSE, errno 98).")
                .build();
    }

    public static CycleRecord outgoing() {
        return new RecordBuilder("strangers", 1)
                .generations(1)
                .restarted("process", "client")
                .at("127.0.0.1", 40_123)
                .failed(
                        9,
                        "bind",
                        Cause.outgoing,
                        new Blocking("ESTABLISHED", "127.0.0.1:40123", "127.0.0.1:443", null, 600L, "curl", null))
                .warning("Port 40123 lies in ip_local_port_range (32768 to 60999): any program may be given it.")
                .releaseUnknown("held by curl (pid 600) until it closes")
                .prevention("Nothing on the server's side: keep the port out of ip_local_port_range.")
                .explained("The new server could not bind 127.0.0.1:40123: curl (pid 600) goes out from that port.")
                .build();
    }

    public static CycleRecord selfConnect() {
        return new RecordBuilder("strangers", 2)
                .generations(1)
                .restarted("process", "client")
                .at("127.0.0.1", 40_125)
                .failed(
                        9,
                        "bind",
                        Cause.self_connect,
                        new Blocking("ESTABLISHED", "127.0.0.1:40125", "127.0.0.1:40125", null, 601L, "java", null))
                .releaseUnknown("held by java (pid 601) until it closes")
                .explained("The new server could not bind 127.0.0.1:40125: a client connected to itself.")
                .build();
    }

    public static CycleRecord closeWait() {
        return new RecordBuilder("half-closed", 1)
                .generations(1)
                .restarted("process", "keep")
                .left(Map.of("CLOSE_WAIT", 1), Map.of("FIN_WAIT_2", 1))
                .failed(
                        9,
                        "bind",
                        Cause.close_wait,
                        new Blocking("CLOSE_WAIT", "127.0.0.1:18080", "127.0.0.1:61900", null, 4713L, "java", 1))
                .releaseUnknown("held by java (pid 4713) until it closes")
                .prevention(BOTH)
                .explained(
                        "The new server could not bind 127.0.0.1:18080: a connection whose client has closed is kept.")
                .build();
    }

    public static CycleRecord waitItOut(int cycle) {
        @Nullable Double predicted = cycle == 1 ? null : 60_412.25;
        double actual = cycle == 1 ? 61_003.5 : 60_409.125;
        return new RecordBuilder("wait-it-out", cycle)
                .generations(cycle)
                .restarted("listener", "server")
                .left(Map.of("TIME_WAIT", 5), Map.of())
                .failed(7.5, "bind", Cause.time_wait, leftovers("TIME_WAIT", 5, 59_990))
                .release(59_990d, 62_038d, predicted, actual)
                .bindFailures(140)
                .bound(7.5 + actual)
                .downtime(actual + 20, new ClientView(5, 900, 0, 5, Map.of("ECONNREFUSED", 301L), 0L))
                .sample(-10, "server", Map.of("LISTEN", 1, "ESTABLISHED", 5))
                .sample(-10, "client", Map.of("ESTABLISHED", 5))
                .sample(2.5, "server", Map.of("TIME_WAIT", 5))
                .sample(2.5, "client", Map.of())
                .sample(actual, "server", Map.of("LISTEN", 1))
                .sample(actual + 30, "server", Map.of("LISTEN", 1, "ESTABLISHED", 5))
                .sample(actual + 30, "client", Map.of("ESTABLISHED", 5))
                .prevention(BOTH)
                .explained(
                        "Generation " + (cycle + 1)
                                + " could not bind 127.0.0.1:18080 (EADDRINUSE, errno 98): 5 sockets"
                                + " in TIME_WAIT, left by generation " + cycle + ".",
                        BOTH)
                .build();
    }

    public static CycleRecord notProduced() {
        return new RecordBuilder("hostile <script>alert(1)</script>", 1)
                .named("\"quoted\" & <b>bold</b> \u0007")
                .bound(100)
                .judged(
                        Verdict.Inconclusive,
                        "The cycle was meant to leave TIME_WAIT on the port, and nothing was there: </script><!-- ]]>"
                                + " \u0000\uFFFE\uD800 end.")
                .build();
    }

    public static CycleRecord wrongCause() {
        return new RecordBuilder("server-closes-first-checked", 1)
                .generations(1)
                .left(Map.of("TIME_WAIT", 3), Map.of())
                .failed(30, "bind", Cause.unknown)
                .judged(Verdict.Fail, "Expected: bound. Seen: failed, unknown.")
                .build();
    }

    public static CycleRecord broken() {
        return new RecordBuilder("broken", 1)
                .generations(1)
                .broken("The server to restart could not be started: exit code 1 before it was bound.")
                .build();
    }

    public static CycleRecord unreadable() {
        return new RecordBuilder("unreadable", 1)
                .generations(1)
                .unreadable("inet_diag: EPERM; /proc/net/tcp: permission denied")
                .bound(90)
                .judged(Verdict.Inconclusive, "What was left on the port could not be read.")
                .build();
    }

    /** 216 cells; one of them, made up, is not as the kernel has it. */
    public static List<CycleRecord> truthTable() {
        var cells = new ArrayList<CycleRecord>();
        addCells(null, cells);
        return cells;
    }

    /** 864 cells, as the kernel has them: with SO_REUSEPORT on both sockets nothing of one user stands in the way. */
    public static List<CycleRecord> truthTableWithReusePort() {
        var cells = new ArrayList<CycleRecord>();
        for (Reuse ports : Reuse.ALL) {
            addCells(ports.equals(new Reuse(false, false)) ? null : ports, cells);
        }
        cells.removeIf(cell -> cell.verdict() != Verdict.Pass);
        return cells;
    }

    private static void addCells(@Nullable Reuse ports, List<CycleRecord> cells) {
        for (Residue residue : Residue.values()) {
            if (residue == Residue.BOUND) {
                continue;
            }
            for (Relation relation : Relation.values()) {
                for (Stack family : Stack.values()) {
                    for (int reuse = 0; reuse < 4; reuse++) {
                        cells.add(cell(cells.size() + 1, residue, relation, family, reuse >= 2, reuse % 2 == 1, ports));
                    }
                }
            }
        }
    }

    private static CycleRecord cell(
            int cycle,
            Residue residue,
            Relation relation,
            Stack family,
            boolean old,
            boolean fresh,
            @Nullable Reuse ports) {
        boolean shared = ports != null && ports.old() && ports.fresh();
        boolean blocks = !shared
                && residue != Residue.none
                && relation != Relation.other
                && (residue == Residue.LISTEN || !(old && fresh));
        boolean surprise =
                residue == Residue.FIN_WAIT_2 && relation == Relation.same && family == Stack.dual && old && !fresh;
        var expected = blocks ? new Expected(Outcome.failed, "bind") : new Expected(Outcome.bound, null);
        var record = new RecordBuilder("matrix", cycle)
                .named(residue + ", " + relation + ", " + family)
                .restarted("bare", "none")
                .at(family == Stack.IPv6 ? "::1" : "127.0.0.1", 20_000 + cycle)
                .reuse(old, fresh)
                .cell(new CellSetup("127.0.0.1", residue, relation, family, ports), expected)
                .left(residue == Residue.none ? Map.of() : Map.of(residue.name(), 1), null)
                .explained("As the kernel's rule has it.");
        if (blocks && !surprise) {
            record.failed(0.2, "bind", cause(residue));
        }
        if (surprise) {
            record.judged(Verdict.Fail, "Expected bind to fail. Seen: bound.");
        }
        return record.build();
    }

    private static Cause cause(Residue residue) {
        return switch (residue) {
            case TIME_WAIT -> Cause.time_wait;
            case FIN_WAIT_2 -> Cause.fin_wait2;
            case ESTABLISHED -> Cause.established;
            case CLOSE_WAIT -> Cause.close_wait;
            case LISTEN -> Cause.listener_other;
            case none, BOUND -> Cause.unknown;
        };
    }

    private static Blocking[] leftovers(String state, int count, long expiresMs) {
        var blocking = new Blocking[count];
        for (int i = 0; i < count; i++) {
            blocking[i] =
                    new Blocking(state, "127.0.0.1:18080", "127.0.0.1:" + (61_000 + i), expiresMs + i, null, null, 1);
        }
        return blocking;
    }
}
