package dev.rebind.record;

import dev.rebind.diagnosis.Cause;
import dev.rebind.record.bind.Beside;
import dev.rebind.record.bind.Blocking;
import dev.rebind.record.bind.CellSetup;
import dev.rebind.record.bind.Expected;
import dev.rebind.record.bind.Outcome;
import dev.rebind.record.bind.ReleaseTimes;
import dev.rebind.record.bind.Remedy;
import dev.rebind.record.bind.Reuse;
import dev.rebind.record.clients.ClientView;
import dev.rebind.record.server.ClusterPlace;
import dev.rebind.record.server.Generations;
import dev.rebind.record.server.Program;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes records for tests: a passed restart that bound at once, unless told otherwise. */
public final class RecordBuilder {
    public static final Instant STOPPED = Instant.parse("2026-11-22T21:51:07.100Z");

    private final String experiment;
    private final int cycle;
    private @Nullable String name;
    private String restart = "process";
    private String closedBy = "server";
    private String address = "127.0.0.1";
    private int port = 18_080;
    private @Nullable CellSetup cell;
    private @Nullable Generations generations;
    private Reuse reuse = new Reuse(false, false);
    private @Nullable Map<String, Integer> residue = Map.of();
    private @Nullable Map<String, Integer> peers = Map.of();
    private @Nullable Long peerRecvQ;
    private @Nullable Long sendQ;
    private @Nullable String unreadable;
    private @Nullable Outcome outcome = Outcome.bound;
    private @Nullable String errno;
    private @Nullable Integer errnoNumber;
    private @Nullable String call;
    private @Nullable Cause cause;
    private @Nullable List<Blocking> blocking;
    private @Nullable ReleaseTimes release;
    private @Nullable Integer bindFailures;
    private @Nullable Double downtimeMs;
    private @Nullable ClientView clients;
    private @Nullable Expected expected;
    private @Nullable Instant stoppedAt = STOPPED;
    private @Nullable Instant failedAt;
    private @Nullable Instant boundAt;
    private @Nullable String prevention;
    private @Nullable List<Remedy> remedies;
    private @Nullable List<Beside> beside;
    private final List<Sample> timeline = new ArrayList<>();
    private @Nullable List<String> warnings;
    private @Nullable ClusterPlace cluster;
    private @Nullable Program program;
    private Verdict verdict = Verdict.Pass;
    private String explanation = "Generation 2 bound 127.0.0.1:18080: nothing was left on the port.";

    public RecordBuilder(String experiment, int cycle) {
        this.experiment = experiment;
        this.cycle = cycle;
    }

    public RecordBuilder named(String name) {
        this.name = name;
        return this;
    }

    public RecordBuilder restarted(String restart, String closedBy) {
        this.restart = restart;
        this.closedBy = closedBy;
        return this;
    }

    public RecordBuilder at(String address, int port) {
        this.address = address;
        this.port = port;
        return this;
    }

    public RecordBuilder generations(int old) {
        generations = new Generations(old, old + 1);
        return this;
    }

    public RecordBuilder reuse(boolean old, boolean fresh) {
        reuse = new Reuse(old, fresh);
        return this;
    }

    public RecordBuilder left(Map<String, Integer> residue, @Nullable Map<String, Integer> peers) {
        this.residue = residue;
        this.peers = peers;
        return this;
    }

    public RecordBuilder queues(long sendQ, long peerRecvQ) {
        this.sendQ = sendQ;
        this.peerRecvQ = peerRecvQ;
        return this;
    }

    public RecordBuilder unreadable(String why) {
        unreadable = why;
        residue = null;
        peers = null;
        return this;
    }

    public RecordBuilder bound(double afterMs) {
        boundAt = after(afterMs);
        return this;
    }

    public RecordBuilder failed(double afterMs, String call, @Nullable Cause cause, Blocking... blocking) {
        outcome = Outcome.failed;
        errno = "EADDRINUSE";
        errnoNumber = 98;
        this.call = call;
        this.cause = cause;
        this.blocking = List.of(blocking);
        failedAt = after(afterMs);
        bindFailures = 1;
        return this;
    }

    public RecordBuilder broken(String explanation) {
        outcome = null;
        residue = null;
        peers = null;
        verdict = Verdict.Error;
        this.explanation = explanation;
        return this;
    }

    public RecordBuilder release(
            @Nullable Double earliest, @Nullable Double latest, @Nullable Double predicted, @Nullable Double actual) {
        release = new ReleaseTimes(earliest, latest, predicted, actual, actual == null ? null : actual - 1, null);
        return this;
    }

    public RecordBuilder release(ReleaseTimes release) {
        this.release = release;
        return this;
    }

    public RecordBuilder releaseUnknown(String why) {
        release = new ReleaseTimes(null, null, null, null, null, why);
        return this;
    }

    public RecordBuilder bindFailures(int failures) {
        bindFailures = failures;
        return this;
    }

    public RecordBuilder downtime(double ms, ClientView clients) {
        downtimeMs = ms;
        this.clients = clients;
        return this;
    }

    public RecordBuilder cell(CellSetup cell, @Nullable Expected expected) {
        this.cell = cell;
        this.expected = expected;
        return this;
    }

    public RecordBuilder prevention(String prevention) {
        this.prevention = prevention;
        return this;
    }

    public RecordBuilder remedies(Remedy... remedies) {
        this.remedies = List.of(remedies);
        return this;
    }

    public RecordBuilder beside(Beside... beside) {
        this.beside = List.of(beside);
        return this;
    }

    public RecordBuilder sample(double atMs, String side, Map<String, Integer> states) {
        timeline.add(new Sample(atMs, side, states));
        return this;
    }

    public RecordBuilder warning(String... warnings) {
        this.warnings = List.of(warnings);
        return this;
    }

    public RecordBuilder program(Program program) {
        this.program = program;
        return this;
    }

    public RecordBuilder inCluster(String network) {
        cluster = new ClusterPlace("shop", "server-0", "node0", network, false, null);
        return this;
    }

    public RecordBuilder judged(Verdict verdict, String explanation) {
        this.verdict = verdict;
        this.explanation = explanation;
        return this;
    }

    public RecordBuilder explained(String explanation) {
        this.explanation = explanation;
        return this;
    }

    /** To the millisecond, as records are written. */
    private static Instant after(double ms) {
        return STOPPED.plusMillis(Math.round(ms));
    }

    public CycleRecord build() {
        return new CycleRecordBuilder(experiment, cycle)
                .name(name)
                .place(cluster == null ? "local" : "kubernetes", address, port)
                .way(restart, closedBy)
                .cell(cell)
                .generations(generations)
                .reuse(reuse)
                .left(residue, peers)
                .queues(sendQ, peerRecvQ)
                .unreadable(unreadable)
                .outcome(outcome)
                .failure(errno, errnoNumber, call)
                .cause(cause)
                .blocking(blocking)
                .release(release)
                .bindFailures(bindFailures)
                .downtimeMs(downtimeMs)
                .clients(clients)
                .expected(expected)
                .stoppedAt(stoppedAt)
                .failedAt(failedAt)
                .boundAt(boundAt)
                .prevention(prevention)
                .remedies(remedies)
                .beside(beside)
                .timeline(timeline.isEmpty() ? null : timeline)
                .warnings(warnings)
                .cluster(cluster)
                .program(program)
                .build(verdict, explanation);
    }
}
