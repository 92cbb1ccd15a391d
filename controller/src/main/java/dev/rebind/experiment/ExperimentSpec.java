package dev.rebind.experiment;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.rebind.agent.Cause;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to restart, how, how often, against which clients, and what is expected. A null is a field that was not written;
 * {@link dev.rebind.plan} fills in the defaults.
 */
public record ExperimentSpec(
        @JsonPropertyDescription("One or two sentences for people: what the experiment shows.") @Nullable
        String description,

        @JsonPropertyDescription("What is restarted.") @Nullable
        Target target,

        @JsonPropertyDescription("How it is restarted.") @Nullable
        Restart restart,

        @JsonPropertyDescription(
                "Number of restarts. Default: 1, or what reuseAddress or steps ask for. Not together with duration.")
        @Nullable
        Integer cycles,

        @JsonPropertyDescription("Restart until this much time has passed. Not together with cycles.") @Nullable
        Duration duration,

        @JsonPropertyDescription("SO_REUSEADDR of each generation.") @Nullable
        ReuseAddress reuseAddress,

        @JsonPropertyDescription("Who uses the server while it is restarted.") @Nullable
        Clients clients,

        @JsonPropertyDescription("How a failed bind is tried again with onFailure: wait.") @Nullable
        Retry retry,

        @JsonPropertyDescription("What a failed bind leads to. Default: wait.") @Nullable
        OnFailure onFailure,

        @JsonPropertyDescription("Lab only: what else is put on the port before the new generation starts.") @Nullable
        Obstacle obstacle,

        @JsonPropertyDescription(
                "Lab only: one cycle for each entry; what an entry says stands in place of the experiment's own.")
        @Nullable
        List<Step> steps,

        @JsonPropertyDescription("Lab only: pairs of bare sockets instead of a server; one cycle for each.") @Nullable
        List<Cell> cells,

        @JsonPropertyDescription("Lab only: the kernel's truth table with bare sockets; one cycle for each cell.")
        @Nullable
        TruthTable truthTable,

        @JsonPropertyDescription("What must come of each cycle. Default: outcome bound.") @Nullable
        Expect expect) {

    public record Target(@Nullable BuiltinServer server) {}

    /** Rebind's own server. */
    public record BuiltinServer(
            @JsonPropertyDescription("Local address to bind. Default: 127.0.0.1.") @Nullable
            String address,

            @JsonPropertyDescription("Port to bind; 0 or absent: a free one outside ip_local_port_range.") @Nullable
            Integer port,

            @JsonPropertyDescription("stream or echo. Default: echo.") @Nullable
            Service service,

            @JsonPropertyDescription("Whether the server reads what clients send. Default: true.") @Nullable
            Boolean reading,

            @JsonPropertyDescription(
                    "Whether connections are served by the server or each by a process of its own. Default: own.")
            @Nullable
            Handler handler,

            @JsonPropertyDescription("nio, epoll or io_uring. Default: nio.") @Nullable
            Transport transport,

            @Nullable Boolean reusePort,
            @Nullable Integer backlog) {}

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

    public record Restart(
            @JsonPropertyDescription("listener or process. Default: process.") @Nullable
            Mode mode,

            @JsonPropertyDescription("Who closes the connections, and how. Default: server.") @Nullable
            Close close,

            @JsonPropertyDescription("How long the old generation may take to stop. Default: 5s.") @Nullable
            Duration gracePeriod,

            @JsonPropertyDescription("Pause between the end of a cycle and the next. Default: none.") @Nullable
            Duration interval) {}

    public enum Mode {
        listener,
        process
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
    public record ReuseAddress(
            @JsonPropertyDescription("The same for every generation.") @Nullable
            Boolean value,

            @JsonPropertyDescription(
                    "Generation by generation; n values make n - 1 cycles, repeated when cycles asks for more.")
            @Nullable
            List<Boolean> sequence,

            @JsonPropertyDescription("true: old x new, four cycles.") @Nullable
            Boolean matrix) {}

    public record Clients(
            @JsonPropertyDescription("Default: 5.") @Nullable
            Integer connections,

            @JsonPropertyDescription("read, echo, close-first, stall or reset. Default: by restart.close.") @Nullable
            Behaviour behaviour,

            @JsonPropertyDescription(
                    "With stall: wait until the clients' windows are full and the server has unsent data. Default: false.")
            @Nullable
            Boolean untilFull,

            @JsonPropertyDescription("Whether clients come back. Default: true.") @Nullable
            Boolean reconnect) {}

    public enum Behaviour {
        read,
        echo,
        @com.fasterxml.jackson.annotation.JsonProperty("close-first")
        close_first,
        stall,
        reset
    }

    public record Retry(
            @JsonPropertyDescription(
                    "Pause between two attempts. Default: 1s; near the predicted release every 1ms in listener mode.")
            @Nullable
            Duration interval,

            @JsonPropertyDescription("Give up after this long. Default: 90s.") @Nullable
            Duration timeout) {}

    public enum OnFailure {
        wait,
        move,
        clear
    }

    public record Obstacle(
            @JsonPropertyDescription("What stands on the port.")
            ObstacleKind kind,

            @JsonPropertyDescription("Its local address. Default: the target's.") @Nullable
            String address,

            @Nullable Boolean reuseAddress,
            @Nullable Boolean reusePort) {}

    public enum ObstacleKind {
        /** A listener of another program. */
        listener,
        /** A connection of another program that goes out from the port to somewhere else. */
        outgoing,
        /** A client that connected to itself on the port. */
        @com.fasterxml.jackson.annotation.JsonProperty("self-connect")
        self_connect
    }

    public record Step(
            @Nullable String name,
            @Nullable ReusePair reuseAddress,
            @Nullable Close close,
            @Nullable Clients clients,
            @Nullable Obstacle obstacle,
            @Nullable Expect expect) {}

    public record ReusePair(
            boolean old,

            @com.fasterxml.jackson.annotation.JsonProperty("new")
            boolean fresh) {}

    /** Two bare sockets on one port: what stands there, and what wants to bind and listen. */
    public record Cell(
            @Nullable String name,
            BareSocket old,

            @com.fasterxml.jackson.annotation.JsonProperty("new")
            BareSocket fresh,

            @Nullable Expect expect) {}

    public record BareSocket(
            @JsonPropertyDescription("Local address: an IPv4 or IPv6 literal.")
            String address,

            @JsonPropertyDescription(
                    "What the old socket leaves: none, BOUND (not listening), LISTEN, ESTABLISHED, CLOSE_WAIT, FIN_WAIT_2 or TIME_WAIT. Not for the new one.")
            @Nullable
            Residue state,

            @JsonPropertyDescription("For :: - IPV6_V6ONLY. Default: false (dual stack).") @Nullable
            Boolean v6Only,

            @Nullable Boolean reuseAddress,
            @Nullable Boolean reusePort) {}

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
    public record TruthTable(
            @Nullable List<Residue> residues,
            @Nullable List<Relation> addresses,
            @Nullable List<Stack> families) {}

    /** How the new socket's address lies to the old one's. */
    public enum Relation {
        same,
        @com.fasterxml.jackson.annotation.JsonProperty("wildcard-over-specific")
        wildcard_over_specific,
        other
    }

    public enum Stack {
        IPv4,
        IPv6,
        /** The new socket is a dual-stack IPv6 one, or the old one is, and the other end of the pair is IPv4. */
        dual
    }

    public record Expect(
            @JsonPropertyDescription("bound or failed.") @Nullable
            Outcome outcome,

            @JsonPropertyDescription("Cause of the failure.") @Nullable
            Cause cause,

            @JsonPropertyDescription("bind or listen: the call that fails.") @Nullable
            Call call,

            @JsonPropertyDescription(
                    "States that the old generation must have left on the port, at least one socket each; an empty list: none. Where they are not there the cycle is Inconclusive. Default: by restart.close.")
            @Nullable
            List<String> residue,

            @JsonPropertyDescription("States that must be seen at the clients' end, at least one socket each.")
            @Nullable
            List<String> peers,

            @JsonPropertyDescription("Longest time without service, as clients see it.") @Nullable
            Duration maxDowntime,

            @JsonPropertyDescription("Failed binds allowed in a cycle with onFailure: wait.") @Nullable
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
