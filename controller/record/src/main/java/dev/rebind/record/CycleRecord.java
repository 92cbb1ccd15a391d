package dev.rebind.record;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.rebind.diagnosis.Cause;
import dev.rebind.experiment.ExperimentSpec;
import dev.rebind.experiment.ExperimentSpec.Relation;
import dev.rebind.experiment.ExperimentSpec.Residue;
import dev.rebind.experiment.ExperimentSpec.Stack;
import dev.rebind.sockets.TcpState;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One restart: a line of {@code cycles.jsonl}. An absent fact is absent, not zero. The file is long because each member has its
 * description with it, from which the schema is generated.
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
        @Constraint(names = ExperimentSpec.Close.class)
        String closedBy,

        @JsonPropertyDescription("Local address that the new generation binds.") @Constraint(pattern = ".+")
        String address,

        @JsonPropertyDescription("Port, 1 to 65535.") @Constraint(min = 1, max = 65_535)
        int port,

        @JsonPropertyDescription("What was arranged with a pair of bare sockets; absent for a server.") @Nullable
        Cell cell,

        @JsonPropertyDescription("Numbers of the old and the new generation, from 1; absent for bare sockets.")
        @Nullable
        Generations generations,

        @JsonPropertyDescription("SO_REUSEADDR of both generations; absent where it is not known.") @Nullable
        Reuse reuse,

        @JsonPropertyDescription(
                "Sockets left on the port after the stop, by state; absent when they could not be read.")
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
        Release release,

        @JsonPropertyDescription("Failed binds in this cycle, retries included.") @Constraint(min = 0) @Nullable
        Integer bindFailures,

        @JsonPropertyDescription(
                "Time without service as clients saw it: last good answer to first good answer, in ms.")
        @Constraint(min = 0)
        @Nullable
        Double downtimeMs,

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
        List<Remedy> remedies,

        @JsonPropertyDescription("Who else listens on the port of the bound server; absent where nobody does.")
        @Nullable
        List<Beside> beside,

        @JsonPropertyDescription("Sockets on the port over time: a sample each time that the counts changed.") @Nullable
        List<Sample> timeline,

        @JsonPropertyDescription("Things that a reader should know, one sentence each.") @Nullable
        List<String> warnings,

        @JsonPropertyDescription("Where in a cluster it was; absent on one machine.") @Nullable
        Cluster cluster,

        @JsonPropertyDescription("Pass, Fail, Inconclusive or Error.")
        Verdict verdict,

        @JsonPropertyDescription("What happened, why, and what would have prevented it, in plain sentences.")
        @Constraint(pattern = ".+")
        String explanation) {

    public CycleRecord {
        Objects.requireNonNull(experiment, "experiment");
        Objects.requireNonNull(backend, "backend");
        Objects.requireNonNull(restart, "restart");
        Objects.requireNonNull(closedBy, "closedBy");
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(verdict, "verdict");
        Objects.requireNonNull(explanation, "explanation");
        residue = residue == null ? null : sorted(residue);
        peers = peers == null ? null : sorted(peers);
        blocking = blocking == null ? null : List.copyOf(blocking);
        timeline = timeline == null ? null : List.copyOf(timeline);
        warnings = warnings == null ? null : List.copyOf(warnings);
        remedies = remedies == null ? null : List.copyOf(remedies);
        beside = beside == null ? null : List.copyOf(beside);
    }

    /** The record without its timeline, and with these blocking sockets only: for where there is little room. */
    public CycleRecord brief(@Nullable List<Blocking> first) {
        return new CycleRecord(
                experiment,
                cycle,
                name,
                backend,
                restart,
                closedBy,
                address,
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
                first,
                release,
                bindFailures,
                downtimeMs,
                clients,
                expected,
                stoppedAt,
                failedAt,
                boundAt,
                prevention,
                remedies,
                beside,
                null,
                warnings,
                cluster,
                verdict,
                explanation);
    }

    /** SO_REUSEADDR of both generations: {@code off→on}; null where it is not known. */
    public @Nullable String reuseText() {
        return reuse == null ? null : reuse.text("→");
    }

    /** Of the explanation: up to the first full stop that ends one (one in an address or a figure does not). */
    public String firstSentence() {
        int end = explanation.indexOf(". ");
        return end < 0 ? explanation : explanation.substring(0, end + 1);
    }

    /** A copy in the order of the names, so that equal facts are written alike. */
    private static <V> Map<String, V> sorted(Map<String, V> map) {
        return Collections.unmodifiableMap(new TreeMap<>(map));
    }

    public enum Outcome {
        bound,
        failed
    }

    /** How a cycle, an experiment or a run went. */
    public enum Verdict {
        Pass(0, 0),
        Fail(3, 1),
        Inconclusive(1, 3),
        Error(2, 3);

        private final int gravity;
        private final int exitCode;

        Verdict(int gravity, int exitCode) {
            this.gravity = gravity;
            this.exitCode = exitCode;
        }

        /**
         * The one that decides where both were found: Fail, then Error, Inconclusive, Pass. What was tested and did not
         * hold is the news, whatever else could not be tested.
         */
        public Verdict graver(Verdict other) {
            return gravity >= other.gravity ? this : other;
        }

        /** Of a program that ends with it: 0 for Pass, 1 for Fail, 3 where something is not known. */
        public int exitCode() {
            return exitCode;
        }
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Cluster(
            String namespace,
            String pod,
            @Nullable String node,

            @JsonPropertyDescription("Network of the pod: hostNetwork, hostPort or pod.")
            @Constraint(oneOf = {"hostNetwork", "hostPort", "pod"})
            @Nullable
            String network,

            @JsonPropertyDescription(
                    "Whether the new generation had another network namespace than the old one: what was left on the port stayed behind in the old one.")
            @Nullable
            Boolean freshNamespace,

            @JsonPropertyDescription(
                    "From the order to end the old container until the agent in the new one answered, in ms: the kubelet's time and its back-off, not the port's.")
            @Constraint(min = 0)
            @Nullable
            Double containerStartMs) {}

    public record Generations(
            @Constraint(min = 1) int old,

            @Constraint(min = 1) @JsonProperty("new") int fresh) {}

    public record Reuse(boolean old, @JsonProperty("new") boolean fresh) {
        /** {@code off→on}, with this arrow. */
        public String text(String arrow) {
            return onOff(old) + arrow + onOff(fresh);
        }

        public static String onOff(boolean on) {
            return on ? "on" : "off";
        }
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Cell(
            @JsonPropertyDescription("Local address of the old socket.")
            String oldAddress,

            @JsonPropertyDescription("What the old socket was to leave: a state, BOUND (not listening) or none.")
            Residue residue,

            @JsonPropertyDescription("How the new address lies to the old one; absent outside the truth table.")
            @Nullable
            Relation relation,

            @JsonPropertyDescription("Address families of the two; absent outside the truth table.") @Nullable
            Stack family) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Blocking(
            @Constraint(names = TcpState.class) String state,
            String local,
            String remote,

            @JsonPropertyDescription("Nominal time left on its timer, in ms; absent when none ends it.")
            @Constraint(min = 0)
            @Nullable
            Long expiresMs,

            @JsonPropertyDescription("Process that holds it, where visible.") @Nullable
            Long pid,

            @JsonPropertyDescription("Name of that process.") @Nullable
            String process,

            @JsonPropertyDescription("Generation that left it, where known.") @Nullable
            Integer generation,

            @JsonPropertyDescription("Every process that holds it, where there are several.") @Nullable
            List<Long> pids,

            @JsonPropertyDescription("Command line of the first process, where it can be read.") @Nullable
            String command,

            @JsonPropertyDescription("User of the first process, where it can be read.") @Nullable
            String user) {
        public Blocking {
            pids = pids == null ? null : List.copyOf(pids);
        }

        /** Of whose processes no more than the first is known. */
        public Blocking(
                String state,
                String local,
                String remote,
                @Nullable Long expiresMs,
                @Nullable Long pid,
                @Nullable String process,
                @Nullable Integer generation) {
            this(state, local, remote, expiresMs, pid, process, generation, null, null, null);
        }
    }

    /** Milliseconds after the failed bind. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Release(
            @Nullable Double earliestMs,
            @Nullable Double latestMs,

            @JsonPropertyDescription("Absent until the kernel's timer grid is known.") @Nullable
            Double predictedMs,

            @JsonPropertyDescription(
                    "When the port was seen to be free, by a bind that passed; absent when nobody waited for it.")
            @Nullable
            Double actualMs,

            @JsonPropertyDescription(
                    "When the last bind that failed before that was begun: the port was released between the two; absent when no second bind failed.")
            @Nullable
            Double lastFailedMs,

            @JsonPropertyDescription("Why no time can be given, when none can.") @Nullable
            String unknown) {

        /** A tick of the coarsest usual kernel (HZ=100), and the rounding of two times to milliseconds. */
        private static final double TIMER_MS = 12;

        /**
         * How long before the timers of what was left on it the port was free, in milliseconds: something else ended what
         * was left. Empty where that was not so, is not known, or where not all of it had a timer. Timers are taken at
         * their nominal end, which the kernel tells; nothing that was predicted has a part in it.
         *
         * @param blocking what was left
         */
        public OptionalDouble endedEarlyMs(@Nullable List<Blocking> blocking) {
            if (actualMs == null || blocking == null) {
                return OptionalDouble.empty();
            }
            double last = 0;
            for (Blocking socket : blocking) {
                if (socket.expiresMs() == null) {
                    return OptionalDouble.empty();
                }
                last = Math.max(last, socket.expiresMs());
            }
            double early = last - actualMs;
            return early > TIMER_MS ? OptionalDouble.of(early) : OptionalDouble.empty();
        }
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ClientView(
            @Constraint(min = 0) int connections,
            @Constraint(min = 0) long answers,
            @Constraint(min = 0) long resets,
            @Constraint(min = 0) long ends,

            @JsonPropertyDescription("Failed connects by the errno's name.") @Constraint(min = 1)
            Map<String, Long> failedConnects,

            @Constraint(min = 0) @Nullable Long bytesLost) {
        public ClientView {
            failedConnects = sorted(failedConnects);
        }
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Expected(
            Outcome outcome,

            @Constraint(oneOf = {"bind", "listen"}) @Nullable
            String call) {}

    /**
     * @param atMs after the old generation was told to stop; negative before
     * @param side server: sockets on the port; client: sockets whose far end is the port
     */
    public record Sample(
            double atMs,

            @Constraint(oneOf = {"server", "client"}) String side,

            @Constraint(names = TcpState.class, min = 1) Map<String, Integer> states) {
        public Sample {
            states = sorted(states);
        }
    }
}
