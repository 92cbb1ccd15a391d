package dev.rebind.experiment;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.rebind.diagnosis.Cause;
import dev.rebind.sockets.TcpState;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to restart, how, how often, against which clients, and what is expected. A null is a field that was not written;
 * {@code dev.rebind.plan} fills in the defaults. The descriptions here become the reference, the editors' schema and the
 * Kubernetes resource's schema: each names its default after "Default:", up to the next full stop.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ExperimentSpec(
        @JsonPropertyDescription("One or two sentences for people: what the experiment shows.") @Nullable
        String description,

        @JsonPropertyDescription("What is restarted.") @Nullable
        Target target,

        @JsonPropertyDescription("How it is restarted.") @Nullable
        Restart restart,

        @JsonPropertyDescription(
                "Number of restarts; in the lab with parallel, of each copy. Not together with duration. Default: 1, or what reuseAddress asks for.")
        @Range(min = 1, max = 1_000_000)
        @Nullable
        Integer cycles,

        @JsonPropertyDescription(
                "Restart until this much time has passed; a cycle that has begun finishes. Not together with cycles.")
        @GoDuration.Text
        @Nullable
        Duration duration,

        @JsonPropertyDescription(
                "Lab only: number of copies of the cycles that run at the same time, each on a port of its own. Default: 1.")
        @Range(min = 1, max = 100)
        @Nullable
        Integer parallel,

        @JsonPropertyDescription(
                "SO_REUSEADDR of each generation: one of value, sequence and matrix. Default: value: false.")
        @Nullable
        ReuseAddress reuseAddress,

        @JsonPropertyDescription(
                "Kubernetes only, modes container, pod and rollout: how a new container learns the value of SO_REUSEADDR. Default: the way of the chart's own server; the value of another workload is not changed.")
        @Nullable
        Toggle toggle,

        @JsonPropertyDescription("Who uses the server while it is restarted.") @Nullable
        Clients clients,

        @JsonPropertyDescription("How a failed bind is retried with onFailure: wait.") @Nullable
        Retry retry,

        @JsonPropertyDescription(
                "What happens after a failed bind: wait (retry until bound), move (the next cycle uses another port), clear (destroy the leftovers with SOCK_DESTROY when the record is complete; needs CAP_NET_ADMIN). Default: wait; move with steps.")
        @Nullable
        OnFailure onFailure,

        @JsonPropertyDescription("Lab only: what else is put on the port before the new generation starts.") @Nullable
        Obstacle obstacle,

        @JsonPropertyDescription(
                "Lab only: one cycle for each entry, each on a port of its own; an entry replaces the experiment's values field by field (expect and obstacle as a whole).")
        @Nullable
        List<Step> steps,

        @JsonPropertyDescription("Lab only: pairs of bare sockets instead of a server; one cycle for each.") @Nullable
        List<Cell> cells,

        @JsonPropertyDescription("Lab only: the kernel's truth table with bare sockets; one cycle for each cell.")
        @Nullable
        TruthTable truthTable,

        @JsonPropertyDescription("Expected result of each cycle. Default: outcome bound.") @Nullable
        Expect expect,

        @JsonPropertyDescription(
                "Kubernetes only: true pauses after the running cycle and restores the target until it is false again. Default: false.")
        @Nullable
        Boolean suspend,

        @JsonPropertyDescription(
                "Kubernetes only: true ends the experiment after the running cycle and restores the target. Default: false.")
        @Nullable
        Boolean terminate,

        @JsonPropertyDescription(
                "Kubernetes only: delete the experiment this many seconds after its end. Default: never.")
        @Range(min = 0)
        @Nullable
        Integer ttlSecondsAfterFinished,

        @JsonPropertyDescription(
                "Kubernetes only: give up if the experiment cannot start within this many seconds. Default: no limit.")
        @Range(min = 1)
        @Nullable
        Integer startingDeadlineSeconds,

        @JsonPropertyDescription(
                "Kubernetes only: end the experiment and restore the target when a pod has been without a bound server for this many seconds. Default: no limit.")
        @Range(min = 1)
        @Nullable
        Integer maxUnavailableSeconds,

        @JsonPropertyDescription(
                "Kubernetes only: find the target, write the plan into the status, and touch nothing. Default: false.")
        @Nullable
        Boolean dryRun,

        @JsonPropertyDescription(
                "Kubernetes only: which pods of a workload with several pods, in the order of their names. Default: a workload with several pods is refused.")
        @Nullable
        Selection selection,

        @JsonPropertyDescription(
                "Kubernetes only: how many of the selected pods are restarted at the same time; each round runs one cycle on each pod. Default: 1.")
        @Range(min = 1, max = 100)
        @Nullable
        Integer concurrency) {

    /** Whether the experiment is to pause. */
    @com.fasterxml.jackson.annotation.JsonIgnore
    public boolean suspended() {
        return Boolean.TRUE.equals(suspend);
    }

    /** Whether the experiment is to end. */
    @com.fasterxml.jackson.annotation.JsonIgnore
    public boolean terminated() {
        return Boolean.TRUE.equals(terminate);
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Target(
            @JsonPropertyDescription("Rebind's own server.") @Nullable
            BuiltinServer server,

            @JsonPropertyDescription(
                    "Kubernetes only: the workload whose pod runs the server. Default: the chart's own, where the namespace has one.")
            @Nullable
            WorkloadRef workloadRef) {}

    /** A workload in the experiment's namespace. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record WorkloadRef(
            @JsonPropertyDescription("Kind of the workload.")
            WorkloadKind kind,

            @JsonPropertyDescription("Name of the workload.")
            String name,

            @JsonPropertyDescription(
                    "Container that runs the server, in a pod without an agent. Default: the pod's only one.")
            @Nullable
            String container,

            @JsonPropertyDescription(
                    "Port that the server binds, in a pod without an agent. Default: the only port that the container names.")
            @Range(min = 1, max = 65_535)
            @Nullable
            Integer port,

            @JsonPropertyDescription(
                    "Command that ends the main process of the container, with restart.mode container and no agent. Default: sh -c 'kill 1'.")
            @Nullable
            List<String> stopCommand) {}

    /** Which pods of a workload. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Selection(
            @JsonPropertyDescription(
                    "one, all (of a DaemonSet: one on each of its nodes), count (as many as value says) or percent (value percent of them, rounded up).")
            SelectionMode mode,

            @JsonPropertyDescription("The count, or the percentage.") @Range(min = 1, max = 1_000) @Nullable
            Integer value) {}

    public enum SelectionMode {
        one,
        all,
        count,
        percent
    }

    /** How a new container learns the value of SO_REUSEADDR. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Toggle(
            @JsonPropertyDescription(
                    "A key of a ConfigMap in the experiment's namespace. The controller patches it before it starts a container, and restores its former value when the experiment is paused, over or deleted.")
            ConfigMapKey configMapKeyRef) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ConfigMapKey(
            @JsonPropertyDescription("Name of the ConfigMap.")
            String name,

            @JsonPropertyDescription("The key.") String key,

            @JsonPropertyDescription("Its value for SO_REUSEADDR on. Default: true.") @Nullable
            String on,

            @JsonPropertyDescription("Its value for SO_REUSEADDR off. Default: false.") @Nullable
            String off) {}

    public enum WorkloadKind {
        Deployment,
        StatefulSet,
        DaemonSet,
        Pod
    }

    /** Rebind's own server. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record BuiltinServer(
            @JsonPropertyDescription(
                    "Local address to bind, an IPv4 or IPv6 literal. Default: 127.0.0.1; in Kubernetes the one that the target's own server binds.")
            @Nullable
            String address,

            @JsonPropertyDescription(
                    "Port to bind; 0: a free one outside ip_local_port_range. Default: 0; in Kubernetes the port named server of the target's pod.")
            @Range(min = 0, max = 65_535)
            @Nullable
            Integer port,

            @JsonPropertyDescription(
                    "stream (after a greeting the server writes without end) or echo (one answer to each greeting). Default: stream where clients.behaviour is read or clients.untilFull is set, else echo.")
            @Nullable
            Service service,

            @JsonPropertyDescription(
                    "Whether the server reads what clients send; unread data turns a close into a reset. Default: true.")
            @Nullable
            Boolean reading,

            @JsonPropertyDescription(
                    "Who serves a connection: the server itself (own), or a process for each (process). Default: own.")
            @Nullable
            Handler handler,

            @JsonPropertyDescription("Vert.x transport. Default: nio.") @Nullable
            Transport transport,

            @JsonPropertyDescription(
                    "SO_REUSEPORT of every generation; needs transport epoll or io_uring. Default: false.")
            @Nullable
            Boolean reusePort,

            @JsonPropertyDescription("Length of the listener's queue. Default: the server's own.")
            @Range(min = 1, max = 65_535)
            @Nullable
            Integer backlog) {}

    public enum Service {
        stream,
        echo
    }

    public enum Handler {
        own,
        process
    }

    public enum Transport {
        nio,
        epoll,
        io_uring
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Restart(
            @JsonPropertyDescription(
                    "listener (close and listen again in one process), process (end it, start it again); Kubernetes only: container (its main process ends, the kubelet starts it again), pod (evicted, its owner makes it again), rollout (an annotation of the workload's template changes, and the workload replaces its pods by its own strategy). Default: process.")
            @Nullable
            Mode mode,

            @JsonPropertyDescription(
                    "Who closes the connections, and how: server (FIN), client (first), reset (SO_LINGER 0), kill (SIGKILL), stall (the server closes, the clients have stopped reading and never close), keep (connections stay open in processes of their own), none (the old generation is still there). Default: server.")
            @Nullable
            Close close,

            @JsonPropertyDescription("How long the old generation may take to stop. Default: 5s.")
            @GoDuration.Text
            @Nullable
            Duration gracePeriod,

            @JsonPropertyDescription("Pause between the end of a cycle and the next. Default: 0s.")
            @GoDuration.Text
            @Nullable
            Duration interval,

            @JsonPropertyDescription(
                    "Kubernetes only, mode pod: delete the pod even if a PodDisruptionBudget forbids it. Default: false.")
            @Nullable
            Boolean ignoreDisruptionBudget) {}

    public enum Mode {
        listener,
        process,
        /** The container ends, the kubelet starts it again; in Kubernetes only. */
        container,
        /** The pod is evicted, its owner makes another; in Kubernetes only. */
        pod,
        /** The workload's template is changed, and its pods are replaced; in Kubernetes only. */
        rollout;

        /** Whether the new generation runs in a container of its own. */
        public boolean isFresh() {
            return switch (this) {
                case listener, process -> false;
                case container, pod, rollout -> true;
            };
        }
    }

    /** Ways to close, as the design lists them. */
    public enum Close {
        /** The server closes its connections (FIN), then ends. */
        server,
        /** The clients close first, then the server stops. */
        client,
        /** The server resets its connections (SO_LINGER 0). */
        reset,
        /** SIGKILL: the kernel closes for the server. */
        kill,
        /** The server closes; the clients have stopped reading and never close. */
        stall,
        /** The server ends its listener; its connections live on in processes of their own. */
        keep,
        /** Nobody: the old generation is still there when the new one starts. */
        none
    }

    /** One of: value; sequence (generation 1, 2, ...; repeated); matrix (each old with each new: four cycles). */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ReuseAddress(
            @JsonPropertyDescription("The same for every generation.") @Nullable
            Boolean value,

            @JsonPropertyDescription(
                    "Generation by generation; n values make n - 1 cycles, repeated when cycles asks for more.")
            @Nullable
            List<Boolean> sequence,

            @JsonPropertyDescription("true: old x new, four cycles.") @Nullable
            Boolean matrix) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Clients(
            @JsonPropertyDescription("Connections held open at the time of a restart. Default: 5.")
            @Range(min = 0, max = 10_000)
            @Nullable
            Integer connections,

            @JsonPropertyDescription(
                    "What clients do. Default: close-first with restart.close client, stall with stall, else read or echo as target.server.service.")
            @Nullable
            Behaviour behaviour,

            @JsonPropertyDescription(
                    "With stall: wait until the clients' windows are full and the server has unsent data. Default: false.")
            @Nullable
            Boolean untilFull,

            @JsonPropertyDescription("Whether clients reconnect. Default: true.") @Nullable
            Boolean reconnect) {}

    public enum Behaviour {
        read,
        echo,
        @JsonProperty("close-first")
        close_first,
        stall,
        reset
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Retry(
            @JsonPropertyDescription(
                    "Pause between two attempts; near the predicted release every 1ms in listener mode. Default: 1s.")
            @GoDuration.Text
            @Nullable
            Duration interval,

            @JsonPropertyDescription("Give up after this long. Default: 90s.") @GoDuration.Text @Nullable
            Duration timeout) {}

    public enum OnFailure {
        wait,
        move,
        clear
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Obstacle(
            @JsonPropertyDescription(
                    "What is on the port: listener (of another program), outgoing (another program's connection from that port to elsewhere), self-connect (a client that connected to itself).")
            ObstacleKind kind,

            @JsonPropertyDescription("Its local address. Default: the target's.") @Nullable
            String address,

            @JsonPropertyDescription("Its SO_REUSEADDR. Default: false.") @Nullable
            Boolean reuseAddress,

            @JsonPropertyDescription("Its SO_REUSEPORT. Default: false.") @Nullable
            Boolean reusePort) {}

    public enum ObstacleKind {
        /** A listener of another program. */
        listener,
        /** A connection of another program that goes out from the port to somewhere else. */
        outgoing,
        /** A client that connected to itself on the port. */
        @JsonProperty("self-connect")
        self_connect
    }

    /** One arrangement among several. An absent field has the experiment's value; see {@link Steps}. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Step(
            @JsonPropertyDescription("A few words for the report.") @Nullable
            String name,

            @JsonPropertyDescription("Fields of the target that differ in this step.") @Nullable
            Target target,

            @JsonPropertyDescription("Fields of the restart that differ in this step.") @Nullable
            Restart restart,

            @JsonPropertyDescription("SO_REUSEADDR of both generations. Default: the experiment's reuseAddress.value.")
            @Nullable
            ReusePair reuseAddress,

            @JsonPropertyDescription("Fields of the clients that differ in this step.") @Nullable
            Clients clients,

            @JsonPropertyDescription("What else is put on the port in this step. Default: the experiment's.") @Nullable
            Obstacle obstacle,

            @JsonPropertyDescription("Expected result of this step. Default: the experiment's.") @Nullable
            Expect expect) {}

    public record ReusePair(
            @JsonPropertyDescription("SO_REUSEADDR of the old generation.")
            boolean old,

            @JsonProperty("new") @JsonPropertyDescription("SO_REUSEADDR of the new generation.")
            boolean fresh) {}

    /** Two bare sockets on one port: the old one that is there, and the new one that wants to bind and listen. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Cell(
            @JsonPropertyDescription("A few words for the report.") @Nullable
            String name,

            @JsonPropertyDescription("The socket that is on the port first.")
            BareSocket old,

            @JsonProperty("new") @JsonPropertyDescription("The socket that wants to bind and listen.")
            BareSocket fresh,

            @JsonPropertyDescription(
                    "With old.state BOUND: both bind, then the old one listens, then the new one, as when two servers start at the same moment. Default: false.")
            @Nullable
            Boolean simultaneous,

            @JsonPropertyDescription("outcome, cause and call of the new socket. Default: what the kernel's rule says.")
            @Nullable
            Expect expect) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record BareSocket(
            @JsonPropertyDescription("Local address: an IPv4 or IPv6 literal.")
            String address,

            @JsonPropertyDescription(
                    "What the old socket leaves (BOUND: bound and not listening); not for the new one. Default: LISTEN.")
            @Nullable
            Residue state,

            @JsonPropertyDescription(
                    "IPV6_V6ONLY of a socket on ::; without it the socket takes IPv4 too (dual stack). Default: false.")
            @Nullable
            Boolean v6Only,

            @JsonPropertyDescription("SO_REUSEADDR. Default: false.") @Nullable
            Boolean reuseAddress,

            @JsonPropertyDescription("SO_REUSEPORT. Default: false.") @Nullable
            Boolean reusePort) {}

    public enum Residue {
        none,
        BOUND,
        LISTEN,
        ESTABLISHED,
        CLOSE_WAIT,
        FIN_WAIT_2,
        TIME_WAIT
    }

    /** Old x new SO_REUSEADDR x every combination of these. An absent list: all of its kind. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record TruthTable(
            @JsonPropertyDescription("What the old socket leaves. Default: all but BOUND.") @Nullable
            List<Residue> residues,

            @JsonPropertyDescription("Relation of the new socket's address to the old one's. Default: all.") @Nullable
            List<Relation> addresses,

            @JsonPropertyDescription("IPv4, IPv6, or one of each (dual stack). Default: all.") @Nullable
            List<Stack> families) {}

    /** Relation of the new socket's address to the old one's. */
    public enum Relation {
        same,
        @JsonProperty("wildcard-over-specific")
        wildcard_over_specific,
        other
    }

    public enum Stack {
        IPv4,
        IPv6,
        /** The new socket is a dual-stack IPv6 one, or the old one is, and the other end of the pair is IPv4. */
        dual
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Expect(
            @JsonPropertyDescription(
                    "Result of the new generation's first bind. Default: failed where cause or call is given, else bound.")
            @Nullable
            Outcome outcome,

            @JsonPropertyDescription("Cause of the failure.") @Nullable
            Cause cause,

            @JsonPropertyDescription("The call that fails.") @Nullable
            Call call,

            @JsonPropertyDescription(
                    "States that the old generation must have left on the port, at least one socket each; an empty list: nothing is left. Otherwise the cycle is Inconclusive. Default: by restart.close.")
            @Nullable
            List<TcpState> residue,

            @JsonPropertyDescription("States that must be seen at the clients' end, at least one socket each.")
            @Nullable
            List<TcpState> peers,

            @JsonPropertyDescription("Longest time without service, as clients see it.") @GoDuration.Text @Nullable
            Duration maxDowntime,

            @JsonPropertyDescription(
                    "With onFailure: wait, the number of failed binds allowed before the server is bound; replaces outcome.")
            @Range(min = 0)
            @Nullable
            Integer maxBindFailures) {}

    public enum Outcome {
        bound,
        failed
    }

    public enum Call {
        bind,
        listen
    }
}
