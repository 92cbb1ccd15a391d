package dev.rebind.record;

import dev.rebind.diagnosis.Cause;
import dev.rebind.experiment.expect.Outcome;
import dev.rebind.record.bind.Beside;
import dev.rebind.record.bind.Blocking;
import dev.rebind.record.bind.CellSetup;
import dev.rebind.record.bind.Expected;
import dev.rebind.record.bind.RecordedRemedy;
import dev.rebind.record.bind.ReleaseTimes;
import dev.rebind.record.bind.Reuse;
import dev.rebind.record.clients.ClientView;
import dev.rebind.record.clients.RequestView;
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

    private final CycleRecordBuilder record;
    private String backend = "local";
    private String address = "127.0.0.1";
    private int port = 18_080;
    private final List<Sample> timeline = new ArrayList<>();
    private Verdict verdict = Verdict.Pass;
    private @Nullable String prevention;
    private List<String> explanation = List.of("The new server bound 127.0.0.1:18080: nothing was left on the port.");

    public RecordBuilder(String experiment, int cycle) {
        record = new CycleRecordBuilder(experiment, cycle)
                .way("process", "server")
                .reuse(new Reuse(false, false))
                .left(Map.of(), Map.of())
                .outcome(Outcome.bound)
                .stoppedAt(STOPPED);
    }

    public RecordBuilder named(String name) {
        record.name(name);
        return this;
    }

    public RecordBuilder restarted(String restart, String closedBy) {
        record.way(restart, closedBy);
        return this;
    }

    public RecordBuilder at(String address, int port) {
        this.address = address;
        this.port = port;
        return this;
    }

    public RecordBuilder generations(int old) {
        record.generations(new Generations(old, old + 1));
        return this;
    }

    public RecordBuilder reuse(boolean old, boolean fresh) {
        record.reuse(new Reuse(old, fresh));
        return this;
    }

    public RecordBuilder left(Map<String, Integer> residue, @Nullable Map<String, Integer> peers) {
        record.left(residue, peers);
        return this;
    }

    public RecordBuilder queues(long sendQ, long peerRecvQ) {
        record.queues(sendQ, peerRecvQ);
        return this;
    }

    public RecordBuilder unreadable(String why) {
        record.unreadable(why).left(null, null);
        return this;
    }

    public RecordBuilder bound(double afterMs) {
        record.boundAt(after(afterMs));
        return this;
    }

    public RecordBuilder failed(double afterMs, String call, @Nullable Cause cause, Blocking... blocking) {
        record.outcome(Outcome.failed)
                .failure("EADDRINUSE", 98, call)
                .cause(cause)
                .blocking(List.of(blocking))
                .failedAt(after(afterMs))
                .bindFailures(1);
        return this;
    }

    public RecordBuilder broken(String explanation) {
        record.outcome(null).left(null, null);
        verdict = Verdict.Error;
        this.explanation = List.of(explanation);
        return this;
    }

    public RecordBuilder release(
            @Nullable Double earliest, @Nullable Double latest, @Nullable Double predicted, @Nullable Double actual) {
        return release(new ReleaseTimes(earliest, latest, predicted, actual, actual == null ? null : actual - 1, null));
    }

    public RecordBuilder release(ReleaseTimes release) {
        record.release(release);
        return this;
    }

    public RecordBuilder releaseUnknown(String why) {
        return release(new ReleaseTimes(null, null, null, null, null, why));
    }

    public RecordBuilder bindFailures(int failures) {
        record.bindFailures(failures);
        return this;
    }

    public RecordBuilder downtime(double ms, ClientView clients) {
        return downtimes(ms, ms, clients);
    }

    /** @param totalMs of all times without service together */
    public RecordBuilder downtimes(double ms, double totalMs, ClientView clients) {
        record.downtimes(ms, totalMs).clients(clients);
        return this;
    }

    /** @param ms in which nobody listened */
    public RecordBuilder unlistened(double ms) {
        record.unlistenedMs(ms);
        return this;
    }

    /** With requests that clients sent; what did not fail was answered. */
    public RecordBuilder requests(long sent, Map<String, Long> failed, @Nullable Map<String, Long> causes) {
        long lost = failed.values().stream().mapToLong(Long::longValue).sum();
        var requests = new RequestView(sent, sent - lost, failed, causes, null, 0, null, null, null);
        return downtime(5, new ClientView(1, sent - lost, 0, 0, Map.of(), null, requests, null, null, null, null));
    }

    public RecordBuilder cell(CellSetup cell, @Nullable Expected expected) {
        record.cell(cell).expected(expected);
        return this;
    }

    public RecordBuilder prevention(String prevention) {
        this.prevention = prevention;
        return this;
    }

    public RecordBuilder remedies(RecordedRemedy... remedies) {
        record.remedies(List.of(remedies));
        return this;
    }

    public RecordBuilder beside(Beside... beside) {
        record.beside(List.of(beside));
        return this;
    }

    public RecordBuilder sample(double atMs, String side, Map<String, Integer> states) {
        timeline.add(new Sample(atMs, side, states));
        return this;
    }

    public RecordBuilder warning(String... warnings) {
        record.warnings(List.of(warnings));
        return this;
    }

    public RecordBuilder program(Program program) {
        record.program(program);
        return this;
    }

    public RecordBuilder inCluster(String network) {
        backend = "kubernetes";
        record.cluster(new ClusterPlace("shop", "server-0", "server", "node0", network, false, null, null));
        return this;
    }

    public RecordBuilder judged(Verdict verdict, String... explanation) {
        this.verdict = verdict;
        this.explanation = List.of(explanation);
        return this;
    }

    /** In its parts; one that is what would have prevented the failure is told as that. */
    public RecordBuilder explained(String... explanation) {
        this.explanation = List.of(explanation);
        return this;
    }

    /** To the millisecond, as records are written. */
    private static Instant after(double ms) {
        return STOPPED.plusMillis(Math.round(ms));
    }

    private Sentence part(Sentence sentence) {
        return sentence.text().equals(prevention)
                ? new Sentence(Sentence.Subject.prevention, sentence.text())
                : sentence;
    }

    public CycleRecord build() {
        return record.place(backend, address, port)
                .timeline(timeline.isEmpty() ? null : timeline)
                .prevention(prevention)
                .build(
                        verdict,
                        Sentence.of(explanation).stream().map(this::part).toList());
    }
}
