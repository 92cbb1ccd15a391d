package dev.rebind.record;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.rebind.diagnosis.Cause;
import dev.rebind.experiment.expect.Outcome;
import dev.rebind.experiment.restart.Close;
import dev.rebind.record.bind.Beside;
import dev.rebind.record.bind.Blocking;
import dev.rebind.record.bind.CellSetup;
import dev.rebind.record.bind.Expected;
import dev.rebind.record.bind.RecordedRemedy;
import dev.rebind.record.bind.ReleaseTimes;
import dev.rebind.record.bind.Reuse;
import dev.rebind.record.clients.ClientView;
import dev.rebind.record.schema.Constraint;
import dev.rebind.record.schema.NameOrder;
import dev.rebind.record.server.ClusterPlace;
import dev.rebind.record.server.Generations;
import dev.rebind.record.server.Program;
import dev.rebind.sockets.TcpState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * One restart: a line of {@code cycles.jsonl}. A fact that is not known is absent; it is not written as zero. The annotations of each
 * component describe it, and the JSON schema is generated from them. Use {@link CycleRecordBuilder} to make a record.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CycleRecord(
        @JsonPropertyDescription("Name of the experiment.") @Constraint(pattern = ".+")
        String experiment,

        @JsonPropertyDescription("Number of the cycle within the experiment, from 1.") @Constraint(min = 1)
        int cycle,

        @JsonPropertyDescription("Name of the step or cell, where it has one.") @Nullable
        String name,

        @JsonPropertyDescription("Where it ran: local or kubernetes.") @Constraint(oneOf = {"local", "kubernetes"})
        String backend,

        @JsonPropertyDescription(
                "How the server was restarted: listener, process, container, pod, rollout, or bare for a pair of bare sockets.")
        @Constraint(oneOf = {"listener", "process", "container", "pod", "rollout", "bare"})
        String restart,

        @JsonPropertyDescription("Who closed the connections: server, client, reset, kill, stall, keep, none.")
        @Constraint(names = Close.class)
        String closedBy,

        @JsonPropertyDescription("Local address that the new generation binds.") @Constraint(pattern = ".+")
        String address,

        @JsonPropertyDescription("Port, 1 to 65535.") @Constraint(min = 1, max = 65_535)
        int port,

        @JsonPropertyDescription("What was arranged with a pair of bare sockets; absent for a server.") @Nullable
        CellSetup cell,

        @JsonPropertyDescription("Numbers of the old and the new generation, from 1; absent for bare sockets.")
        @Nullable
        Generations generations,

        @JsonPropertyDescription("SO_REUSEADDR of both generations; absent where it is not known.") @Nullable
        Reuse reuse,

        @JsonPropertyDescription(
                "Sockets left on the port after the stop, by state; absent when they could not be read. Where no look could be"
                        + " read before the new generation's bind failed, and nobody listens, they are what the look right"
                        + " after that bind shows: sockets that had gone by then are missing, and a warning says so.")
        @Constraint(names = TcpState.class, min = 1)
        @Nullable
        Map<String, Integer> residue,

        @JsonPropertyDescription(
                "Sockets at the clients' end after the stop, by state, where they are in the same network namespace.")
        @Constraint(names = TcpState.class, min = 1)
        @Nullable
        Map<String, Integer> peers,

        @JsonPropertyDescription("Unread bytes at the clients' end after the stop.") @Constraint(min = 0) @Nullable
        Long peerRecvQ,

        @JsonPropertyDescription("Unsent or unacknowledged bytes on the port after the stop.")
        @Constraint(min = 0)
        @Nullable
        Long sendQ,

        @JsonPropertyDescription("Why the sockets could not be read, when they could not.") @Nullable
        String unreadable,

        @JsonPropertyDescription("Result of the new generation's first bind.") @Nullable
        Outcome outcome,

        @JsonPropertyDescription("Name of the errno of the failed call.") @Constraint(pattern = "E[A-Z0-9]+") @Nullable
        String errno,

        @JsonPropertyDescription("Number of the errno on this system.") @Constraint(min = 1) @Nullable
        Integer errnoNumber,

        @JsonPropertyDescription("The call that failed: bind or listen.")
        @Constraint(oneOf = {"bind", "listen"})
        @Nullable
        String call,

        @JsonPropertyDescription("Why the bind failed.") @Nullable
        Cause cause,

        @JsonPropertyDescription("The sockets that stood in the way.") @Nullable
        List<Blocking> blocking,

        @JsonPropertyDescription("When the port can be bound again.") @Nullable
        ReleaseTimes release,

        @JsonPropertyDescription(
                "Failed binds in this cycle, retries included. Of a command: how often it was found not to be bound, as nobody knows how often it has tried.")
        @Constraint(min = 0)
        @Nullable
        Integer bindFailures,

        @JsonPropertyDescription(
                "Time without service as clients saw it: last good answer to first good answer, in ms. Absent where no client can tell: where"
                        + " those of a command closed before its stop, where they sent no requests for a while on order, and where they"
                        + " were not served again.")
        @Constraint(min = 0)
        @Nullable
        Double downtimeMs,

        @JsonPropertyDescription(
                "All times without service from the order to stop on, together, in ms: downtimeMs is the longest of them. Absent where that is.")
        @Constraint(min = 0)
        @Nullable
        Double downtimeTotalMs,

        @JsonPropertyDescription(
                "Where the old generation stopped listening and ran on, as one does that serves its connections to their end: for how long nobody listened on the port then, up to the new generation's bind, in ms, by looks at the port. New connections were refused meanwhile. Absent where no look shows that, in a cluster, and where the new generation was never bound.")
        @Constraint(min = 0)
        @Nullable
        Double unlistenedMs,

        @JsonPropertyDescription("What clients saw of the restart.") @Nullable
        ClientView clients,

        @JsonPropertyDescription(
                "What the kernel's rule says must happen, where it was computed: bound, or the failing call.")
        @Nullable
        Expected expected,

        @JsonPropertyDescription("When the old generation was told to stop.") @Nullable
        Instant stoppedAt,

        @JsonPropertyDescription("When the new generation's first bind failed.") @Nullable
        Instant failedAt,

        @JsonPropertyDescription("When the new generation was bound.") @Nullable
        Instant boundAt,

        @JsonPropertyDescription("What would have let the failed bind succeed, in plain sentences.") @Nullable
        String prevention,

        @JsonPropertyDescription(
                "What would let the server bind, each computed for what stood in the way; absent where nothing would.")
        @Nullable
        List<RecordedRemedy> remedies,

        @JsonPropertyDescription("Who else listens on the port of the bound server; absent where nobody does.")
        @Nullable
        List<Beside> beside,

        @JsonPropertyDescription("Sockets on the port over time: a sample each time that the counts changed.") @Nullable
        List<Sample> timeline,

        @JsonPropertyDescription("Things that a reader should know, one sentence each.") @Nullable
        List<String> warnings,

        @JsonPropertyDescription("Where in a cluster it was; absent on one machine.") @Nullable
        ClusterPlace cluster,

        @JsonPropertyDescription("What is known of a server that a command started; absent for every other.") @Nullable
        Program program,

        @JsonPropertyDescription("Pass, Fail, Inconclusive or Error.")
        Verdict verdict,

        @JsonPropertyDescription("What happened, why, and what would have prevented it, in plain sentences.")
        @Constraint(pattern = ".+")
        String explanation,

        @JsonPropertyDescription(
                "The parts of the explanation in their order; joined with blanks, they are the explanation. Absent where it is one part.")
        @Nullable
        List<Sentence> sentences) {
    /** What clients saw and what the looks at the port show may differ by this much for one and the same moment. */
    private static final double MEASURED_APART_MS = 200;

    /** A smaller difference comes from rounding; it is not a second time without service. */
    private static final double SEVERAL_MS = 1;

    public CycleRecord {
        Objects.requireNonNull(experiment, "experiment");
        Objects.requireNonNull(backend, "backend");
        Objects.requireNonNull(restart, "restart");
        Objects.requireNonNull(closedBy, "closedBy");
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(verdict, "verdict");
        Objects.requireNonNull(explanation, "explanation");
        residue = residue == null ? null : NameOrder.sorted(residue);
        peers = peers == null ? null : NameOrder.sorted(peers);
        blocking = blocking == null ? null : List.copyOf(blocking);
        timeline = timeline == null ? null : List.copyOf(timeline);
        warnings = warnings == null ? null : List.copyOf(warnings);
        remedies = remedies == null ? null : List.copyOf(remedies);
        beside = beside == null ? null : List.copyOf(beside);
        sentences = sentences == null ? null : List.copyOf(sentences);
    }

    /** Returns a builder that holds all facts of this record. */
    public CycleRecordBuilder builder() {
        return new CycleRecordBuilder(this);
    }

    /**
     * The time from the order to stop until the new generation was bound, whatever clients saw. Empty where one of the two moments is not
     * known, where the new generation was never bound, and where the experiment keeps the old generation running.
     */
    public Optional<Duration> stopToBound() {
        return stoppedAt == null || boundAt == null || closedBy.equals(Close.none.name())
                ? Optional.empty()
                : Optional.of(Duration.between(stoppedAt, boundAt));
    }

    /**
     * How long new connections were refused, in ms; empty where that was not clearly longer than the downtime. It is longer where the old
     * generation stops listening but goes on to serve its open connections.
     */
    public OptionalDouble refusedForLonger() {
        return unlistenedMs != null
                        && downtimeMs != null
                        && !closedBy.equals(Close.client.name())
                        && unlistenedMs - downtimeMs > MEASURED_APART_MS
                ? OptionalDouble.of(unlistenedMs)
                : OptionalDouble.empty();
    }

    /** All times without service added up, in ms; empty where there was only one, or where none is known. */
    public OptionalDouble downtimeInAll() {
        return downtimeMs != null && downtimeTotalMs != null && downtimeTotalMs - downtimeMs > SEVERAL_MS
                ? OptionalDouble.of(downtimeTotalMs)
                : OptionalDouble.empty();
    }

    /** A shorter copy for places with little room. It has no timeline, and only the given sockets as the blocking ones. */
    public CycleRecord brief(@Nullable List<Blocking> first) {
        return builder().blocking(first).timeline(null).build(verdict, parts());
    }

    /** SO_REUSEADDR of both generations: {@code off→on}; null where it is not known. */
    public @Nullable String reuseText() {
        return reuse == null ? null : reuse.text("→");
    }

    /** The first part of the explanation, which says what happened. */
    public String firstSentence() {
        return parts().getFirst().text();
    }

    /** The parts of the explanation. The first part says what happened. */
    public List<Sentence> parts() {
        return sentences == null || sentences.isEmpty()
                ? List.of(new Sentence(Sentence.Subject.event, explanation))
                : sentences;
    }
}
