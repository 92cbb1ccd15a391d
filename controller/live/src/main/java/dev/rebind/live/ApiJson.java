package dev.rebind.live;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.rebind.record.Json;
import dev.rebind.record.Phase;
import dev.rebind.record.Totals;
import dev.rebind.record.Verdict;
import dev.rebind.record.clients.RequestTotals;
import dev.rebind.report.Machine;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The JSON of the HTTP API, as {@code openapi.yaml} describes it. Members that are null are omitted. */
public final class ApiJson {
    private ApiJson() {}

    /** Returns a view as JSON in UTF-8. */
    public static byte[] json(Object view) {
        try {
            return Json.mapper().writeValueAsBytes(view);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a view cannot be written: " + e.getOriginalMessage(), e);
        }
    }

    /**
     * The process that answers, and what it can do.
     *
     * @param machine null if servers run on other machines
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record About(
            String backend,
            String version,
            Instant startedAt,
            Instant now,
            Set<String> actions,
            String credential,
            @Nullable Machine machine) {
        public About {
            actions = new TreeSet<>(actions);
        }
    }

    public record Named(String namespace, String name) {}

    public record Beat(Instant now) {}

    public record ExperimentList(List<Overview> experiments) {}

    /** An order that has not taken effect yet. */
    public enum Asked {
        pause,
        abort
    }

    /**
     * An experiment in the list of experiments.
     *
     * @param planned the number of planned cycles; null if a duration ends the experiment
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Overview(
            String namespace,
            String name,
            String uid,
            @Nullable String description,
            Phase phase,
            @Nullable Asked asked,
            @Nullable Verdict verdict,
            @Nullable String mode,
            @Nullable String target,
            @Nullable Integer planned,
            Counts counts,
            @Nullable String reuse,
            @Nullable String lastCycle,
            @Nullable String message,
            @Nullable Instant startedAt,
            @Nullable Instant completedAt) {
        public Named named() {
            return new Named(namespace, name);
        }
    }

    /**
     * Counts of an experiment's cycles.
     *
     * @param requests totals of the clients' requests; null if they sent none
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Counts(
            int done,
            int bound,
            int failed,
            int withoutBind,
            Map<String, Integer> failedByCause,
            Map<Verdict, Integer> verdicts,
            @Nullable RequestTotals requests) {
        public Counts {
            failedByCause = new TreeMap<>(failedByCause);
            verdicts = new TreeMap<>(verdicts);
        }

        public static Counts of(Totals totals) {
            return new Counts(
                    totals.cycles(),
                    totals.bound(),
                    totals.failed(),
                    totals.withoutBind(),
                    totals.failedByCause(),
                    totals.verdicts(),
                    totals.requests().orNull());
        }
    }

    /** A running cycle and its present step. */
    public record Step(int cycle, String what, Instant since) {}

    public record Steps(List<Step> steps) {
        public Steps {
            steps = List.copyOf(steps);
        }
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Condition(
            String type,
            String status,
            @Nullable String reason,
            @Nullable String message,
            @Nullable String lastTransitionTime) {}

    /**
     * One experiment in detail.
     *
     * @param file null in a cluster
     * @param kind cycles or cells
     * @param durationMs null if a number of cycles ends the experiment
     * @param conditions null on one machine
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Detail(
            @JsonUnwrapped Overview overview,
            String yaml,
            @Nullable String file,
            String kind,
            int parallel,
            @Nullable Double durationMs,
            List<String> places,
            List<Step> steps,
            @Nullable List<Condition> conditions) {}

    /**
     * The sockets on the port of an experiment.
     *
     * @param takenAt the time of the look, and of the first look if there are several pods; other times are relative to it
     * @param clientsUnreadable null if the clients' end was seen
     * @param leftoversGone when the last leftover socket of all pods goes away; null if there is none
     * @param pods the pods that were looked at; null on one machine
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Sockets(
            Instant takenAt,
            String source,
            int port,
            List<String> places,
            @Nullable String clientsUnreadable,
            @Nullable SocketRelease leftoversGone,
            List<Socket> sockets,
            @Nullable List<PodPort> pods) {}

    /**
     * The port of one pod.
     *
     * @param unreadable null if its sockets were seen
     * @param leftoversGone when the last leftover socket goes away; null if there is none
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record PodPort(
            String pod,
            @Nullable String unreadable,
            @Nullable SocketRelease leftoversGone) {}

    /**
     * One socket on the port, or on a client's side of it.
     *
     * @param pod the pod whose port is one end of the socket's connection; null on one machine
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Socket(
            @Nullable String pod,
            String side,
            String family,
            String state,
            String local,
            String remote,
            long recvQ,
            long sendQ,
            @Nullable Timer timer,
            boolean owned,
            @Nullable Long pid,
            @Nullable String process,
            SocketRelease release) {}

    /** Why a port can or cannot be bound, on one machine or in each pod. */
    public record PortWhy(int port, List<PodWhy> answers) {}

    /**
     * Why the port can or cannot be bound, on one machine or in one pod.
     *
     * @param pod null on one machine
     * @param answeredBy machine, podAgent, nodeAgent or controller
     * @param reason why no agent answers; null if an agent answers, and on one machine
     * @param diagnosis the JSON that {@code rebind why --json} prints
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record PodWhy(
            @Nullable String pod,
            String answeredBy,
            @Nullable String reason,
            @JsonRawValue String diagnosis) {}

    public record Timer(String kind, double remainingMs, int retransmits) {}

    /**
     * Two experiments side by side.
     *
     * @param otherwise the fields in which the texts of the experiments differ
     */
    public record Compared(
            ComparedSide before,
            ComparedSide after,
            List<ComparedMeasure> measures,
            List<String> otherwise,
            String conclusion) {
        public Compared {
            measures = List.copyOf(measures);
            otherwise = List.copyOf(otherwise);
        }
    }

    public record ComparedSide(String namespace, String name, int cycles) {}

    /** How the second experiment compares with the first in one measure. */
    public enum ComparedChange {
        better,
        worse,
        no_difference,
        too_few_cycles,
        not_known
    }

    /**
     * Two experiments compared in one measure.
     *
     * @param difference {@code after} minus {@code before}, as text; null if they are not numbers
     * @param told the change in words, with the probability of such a difference by chance
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ComparedMeasure(
            String measure,
            String before,
            String after,
            @Nullable String difference,
            ComparedChange change,
            String told) {}

    /** When a socket goes away, in milliseconds after the look. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record SocketRelease(
            String kind,
            @Nullable Double earliestMs,
            @Nullable Double latestMs,
            @Nullable Double predictedMs,
            @Nullable String why) {}
}
