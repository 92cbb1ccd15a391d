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
import dev.rebind.record.server.ClusterPlace;
import dev.rebind.record.server.Generations;
import dev.rebind.record.server.Program;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Collects the facts of a cycle record by name. A fact that is not given stays absent. {@link CycleRecord} describes each fact. Not safe
 * for use by several threads.
 */
public final class CycleRecordBuilder {
    private final String experiment;
    private final int cycle;
    private @Nullable String name;
    private @Nullable String backend;
    private @Nullable String restart;
    private @Nullable String closedBy;
    private @Nullable String address;
    private int port;
    private @Nullable CellSetup cell;
    private @Nullable Generations generations;
    private @Nullable Reuse reuse;
    private @Nullable Map<String, Integer> residue;
    private @Nullable Map<String, Integer> peers;
    private @Nullable Long peerRecvQ;
    private @Nullable Long sendQ;
    private @Nullable String unreadable;
    private @Nullable Outcome outcome;
    private @Nullable String errno;
    private @Nullable Integer errnoNumber;
    private @Nullable String call;
    private @Nullable Cause cause;
    private @Nullable List<Blocking> blocking;
    private @Nullable ReleaseTimes release;
    private @Nullable Integer bindFailures;
    private @Nullable Double downtimeMs;
    private @Nullable Double downtimeTotalMs;
    private @Nullable Double unlistenedMs;
    private @Nullable ClientView clients;
    private @Nullable Expected expected;
    private @Nullable Instant stoppedAt;
    private @Nullable Instant failedAt;
    private @Nullable Instant boundAt;
    private @Nullable String prevention;
    private @Nullable List<RecordedRemedy> remedies;
    private @Nullable List<Beside> beside;
    private @Nullable List<Sample> timeline;
    private @Nullable List<String> warnings;
    private @Nullable ClusterPlace cluster;
    private @Nullable Program program;

    public CycleRecordBuilder(String experiment, int cycle) {
        this.experiment = experiment;
        this.cycle = cycle;
    }

    /** Starts with all facts of an existing record. */
    CycleRecordBuilder(CycleRecord record) {
        experiment = record.experiment();
        cycle = record.cycle();
        name = record.name();
        backend = record.backend();
        restart = record.restart();
        closedBy = record.closedBy();
        address = record.address();
        port = record.port();
        cell = record.cell();
        generations = record.generations();
        reuse = record.reuse();
        residue = record.residue();
        peers = record.peers();
        peerRecvQ = record.peerRecvQ();
        sendQ = record.sendQ();
        unreadable = record.unreadable();
        outcome = record.outcome();
        errno = record.errno();
        errnoNumber = record.errnoNumber();
        call = record.call();
        cause = record.cause();
        blocking = record.blocking();
        release = record.release();
        bindFailures = record.bindFailures();
        downtimeMs = record.downtimeMs();
        downtimeTotalMs = record.downtimeTotalMs();
        unlistenedMs = record.unlistenedMs();
        clients = record.clients();
        expected = record.expected();
        stoppedAt = record.stoppedAt();
        failedAt = record.failedAt();
        boundAt = record.boundAt();
        prevention = record.prevention();
        remedies = record.remedies();
        beside = record.beside();
        timeline = record.timeline();
        warnings = record.warnings();
        cluster = record.cluster();
        program = record.program();
    }

    public CycleRecordBuilder name(@Nullable String name) {
        this.name = name;
        return this;
    }

    /** Where the cycle ran, and the address and port that the new generation binds. */
    public CycleRecordBuilder place(String backend, String address, int port) {
        this.backend = backend;
        this.address = address;
        this.port = port;
        return this;
    }

    /** How the server was restarted, and who closed the connections. */
    public CycleRecordBuilder way(String restart, String closedBy) {
        this.restart = restart;
        this.closedBy = closedBy;
        return this;
    }

    public CycleRecordBuilder cell(@Nullable CellSetup cell) {
        this.cell = cell;
        return this;
    }

    public CycleRecordBuilder generations(@Nullable Generations generations) {
        this.generations = generations;
        return this;
    }

    public CycleRecordBuilder reuse(@Nullable Reuse reuse) {
        this.reuse = reuse;
        return this;
    }

    /** The sockets left at the server's and at the clients' end after the stop; null where they could not be read. */
    public CycleRecordBuilder left(@Nullable Map<String, Integer> residue, @Nullable Map<String, Integer> peers) {
        this.residue = residue;
        this.peers = peers;
        return this;
    }

    /** Bytes in the send queue of the server's end and in the receive queue of the clients' end after the stop. */
    public CycleRecordBuilder queues(@Nullable Long sendQ, @Nullable Long peerRecvQ) {
        this.sendQ = sendQ;
        this.peerRecvQ = peerRecvQ;
        return this;
    }

    public CycleRecordBuilder unreadable(@Nullable String unreadable) {
        this.unreadable = unreadable;
        return this;
    }

    public CycleRecordBuilder outcome(@Nullable Outcome outcome) {
        this.outcome = outcome;
        return this;
    }

    /** The call that failed, and its errno. */
    public CycleRecordBuilder failure(@Nullable String errno, @Nullable Integer errnoNumber, @Nullable String call) {
        this.errno = errno;
        this.errnoNumber = errnoNumber;
        this.call = call;
        return this;
    }

    public CycleRecordBuilder cause(@Nullable Cause cause) {
        this.cause = cause;
        return this;
    }

    public CycleRecordBuilder blocking(@Nullable List<Blocking> blocking) {
        this.blocking = blocking;
        return this;
    }

    public CycleRecordBuilder release(@Nullable ReleaseTimes release) {
        this.release = release;
        return this;
    }

    public CycleRecordBuilder bindFailures(@Nullable Integer bindFailures) {
        this.bindFailures = bindFailures;
        return this;
    }

    /**
     * @param downtimeMs the longest time without service
     * @param totalMs all times without service added up
     */
    public CycleRecordBuilder downtimes(@Nullable Double downtimeMs, @Nullable Double totalMs) {
        this.downtimeMs = downtimeMs;
        this.downtimeTotalMs = totalMs;
        return this;
    }

    public CycleRecordBuilder unlistenedMs(@Nullable Double unlistenedMs) {
        this.unlistenedMs = unlistenedMs;
        return this;
    }

    public CycleRecordBuilder clients(@Nullable ClientView clients) {
        this.clients = clients;
        return this;
    }

    public CycleRecordBuilder expected(@Nullable Expected expected) {
        this.expected = expected;
        return this;
    }

    public CycleRecordBuilder stoppedAt(@Nullable Instant stoppedAt) {
        this.stoppedAt = stoppedAt;
        return this;
    }

    public CycleRecordBuilder failedAt(@Nullable Instant failedAt) {
        this.failedAt = failedAt;
        return this;
    }

    public CycleRecordBuilder boundAt(@Nullable Instant boundAt) {
        this.boundAt = boundAt;
        return this;
    }

    public CycleRecordBuilder prevention(@Nullable String prevention) {
        this.prevention = prevention;
        return this;
    }

    public CycleRecordBuilder remedies(@Nullable List<RecordedRemedy> remedies) {
        this.remedies = remedies;
        return this;
    }

    public CycleRecordBuilder beside(@Nullable List<Beside> beside) {
        this.beside = beside;
        return this;
    }

    public CycleRecordBuilder timeline(@Nullable List<Sample> timeline) {
        this.timeline = timeline;
        return this;
    }

    public CycleRecordBuilder warnings(@Nullable List<String> warnings) {
        this.warnings = warnings;
        return this;
    }

    public CycleRecordBuilder cluster(@Nullable ClusterPlace cluster) {
        this.cluster = cluster;
        return this;
    }

    public CycleRecordBuilder program(@Nullable Program program) {
        this.program = program;
        return this;
    }

    /**
     * Builds the record.
     *
     * @param explanation the parts of the explanation, at least one
     * @throws NullPointerException if {@link #place} or {@link #way} was not called
     */
    public CycleRecord build(Verdict verdict, List<Sentence> explanation) {
        boolean one = explanation.size() == 1;
        return new CycleRecord(
                experiment,
                cycle,
                name,
                Objects.requireNonNull(backend, "backend"),
                Objects.requireNonNull(restart, "restart"),
                Objects.requireNonNull(closedBy, "closedBy"),
                Objects.requireNonNull(address, "address"),
                port,
                cell,
                generations,
                reuse,
                residue,
                peers,
                peerRecvQ,
                sendQ,
                unreadable,
                outcome,
                errno,
                errnoNumber,
                call,
                cause,
                blocking,
                release,
                bindFailures,
                downtimeMs,
                downtimeTotalMs,
                unlistenedMs,
                clients,
                expected,
                stoppedAt,
                failedAt,
                boundAt,
                prevention,
                remedies,
                beside,
                timeline,
                warnings,
                cluster,
                program,
                verdict,
                Sentence.joined(explanation),
                one ? null : explanation);
    }
}
