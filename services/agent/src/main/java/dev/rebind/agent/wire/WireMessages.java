package dev.rebind.agent.wire;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Explanation;
import dev.rebind.agent.PortForecast;
import dev.rebind.agent.PortView;
import dev.rebind.agent.clients.ClientGroup;
import dev.rebind.child.protocol.StopWay;
import dev.rebind.client.protocol.ClientOrder;
import dev.rebind.client.protocol.ClientReport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The bodies of requests and answers. Times whose names end in {@code Nanos}, and {@code nanoTime}, use the agent's monotonic clock. */
public final class WireMessages {
    /** The header with the uid of the holder to whose hold the request belongs. */
    public static final String HOLD_HEADER = "Rebind-Hold";
    /** The header with the agent process for which the request is meant. Another process refuses it. */
    public static final String INSTANCE_HEADER = "Rebind-Instance";
    /** The header with a key that identifies a request. The agent does not carry out a repeated request again; it sends the same answer. */
    public static final String KEY_HEADER = "Idempotency-Key";

    /**
     * The version of the requests and answers. Raise it when an agent of the previous version would not understand a request, or a
     * controller of the previous version would not understand an answer. A new member that may be absent does not need a new version.
     */
    public static final int PROTOCOL = 1;

    private WireMessages() {}

    /** The experiment that holds an agent. */
    public record Holder(String namespace, String name, String uid) {
        public Holder {
            if (uid.isBlank() || name.isBlank()) {
                throw new IllegalArgumentException("a holder has a name and a uid");
            }
        }

        @Override
        public String toString() {
            return namespace.isEmpty() ? name : namespace + "/" + name;
        }
    }

    /** What happens to the agent's own server during a hold. */
    public enum BaselineUnderHold {
        /** The agent stops its server with a reset, which leaves nothing on the port. */
        stop,
        /** The server goes on. This is for restarts of its container. */
        keep
    }

    /** The state of the agent's own server. */
    public enum BaselineState {
        /** The agent has no server. */
        idle,
        /** The agent is starting the server, for the first time or again after a hold. */
        starting,
        bound,
        /** The bind failed, or the server could not be run. The agent tries again. */
        failing,
        /** The server is stopped for a hold. */
        held,
        /** The agent is ending. */
        ended
    }

    /**
     * @param generation number of the agent's own server, from 1; null where it has no server
     * @param reuseAddress SO_REUSEADDR of the server; null where the agent has no server
     */
    public record Baseline(
            BaselineState state,
            @Nullable Integer generation,
            @Nullable Boolean reuseAddress) {}

    /**
     * What an agent says about itself. This record is read before the protocol version is known. So new members must be optional, and no
     * member may be removed.
     *
     * @param protocol {@link #PROTOCOL} of the agent; null from an agent older than the first protocol version
     * @param instance random for each start of the agent's process
     * @param nanoTime when the agent answered, by its monotonic clock
     * @param networkNamespace inode of its network namespace; null where it cannot be read
     * @param timeWaitSeconds how long its kernel keeps a TIME_WAIT in every network namespace; null where a namespace may have its own
     *     setting, and where the time is not known
     * @param clear whether the agent has the right to destroy sockets (CAP_NET_ADMIN)
     * @param holder null where nobody holds the agent
     */
    public record About(
            @Nullable Integer protocol,
            String instance,
            String version,
            @Nullable String node,
            @Nullable String pod,
            long pid,
            long nanoTime,
            @Nullable Long networkNamespace,
            @Nullable Integer timeWaitSeconds,
            boolean clear,
            @Nullable Holder holder,
            Baseline baseline) {}

    /**
     * @param leaseSeconds 1 to 3600; null for 120
     * @param baseline null for stop
     * @param renew true to renew only a hold that has not ended; a new hold is then never begun
     */
    public record HoldRequest(
            Holder holder,
            @Nullable Integer leaseSeconds,
            @Nullable BaselineUnderHold baseline,
            @Nullable Boolean renew) {
        public HoldRequest {
            if (leaseSeconds != null && (leaseSeconds < 1 || leaseSeconds > 3_600)) {
                throw new IllegalArgumentException("leaseSeconds: " + leaseSeconds + " is not in 1 to 3600");
            }
        }
    }

    /** @param until when the hold ends unless it is renewed, by the agent's wall clock */
    public record HoldAnswer(Holder holder, Instant until, BaselineUnderHold baseline) {}

    /** @param gracePeriod at most 5 minutes */
    public record StopRequest(int generation, StopWay way, Duration gracePeriod) {
        public StopRequest {
            if (gracePeriod.isNegative() || gracePeriod.compareTo(Duration.ofMinutes(5)) > 0) {
                throw new IllegalArgumentException("gracePeriod: " + gracePeriod + " is not in PT0S to PT5M");
            }
        }
    }

    /** @param ephemeral whether the kernel may give the port to an outgoing connection, in the agent's network namespace */
    public record PortAnswer(boolean ephemeral) {}

    /**
     * @param containers containers of the requested pod that had a process right after the look; null where no pod was requested, and where
     *     that is not known
     * @param releases when each socket of the view stops standing in the way; null where the request did not ask for it
     */
    public record LookAnswer(
            PortView view, @Nullable Set<String> containers, PortForecast.@Nullable Releases releases) {}

    /** @param failed the result of the start. The agent looks at its place when the request arrives */
    public record ExplainRequest(Start.Failed failed) {}

    /**
     * @param id identifies this explanation in a later request
     * @param view the look on which the explanation is based
     */
    public record ExplainAnswer(long id, Explanation explanation, PortView view) {}

    /**
     * @param explanation id of the explanation
     * @param exact how long before {@code releasedNanos} the port may have been free already
     */
    public record ReleasedRequest(long explanation, long releasedNanos, Duration exact) {}

    /** The answer to a request that has no other answer. */
    public record Done(boolean done) {}

    public record ClearRequest(Place place) {}

    public record ClientsRequest(Place place, ClientGroup.Wanted wanted) {}

    public record ClientsAnswer(String id) {}

    public record OrderRequest(ClientOrder order) {}

    /**
     * @param report null when the process does not answer
     * @param condition the state of the process, or how it ended
     */
    public record ReportAnswer(@Nullable ClientReport report, String condition) {}

    /**
     * @param code the process's exit code, 0 to 255
     * @param way how its server is stopped before; null for the agent's own {@code --close}
     */
    public record ExitRequest(int code, @Nullable StopWay way) {
        public ExitRequest {
            if (code < 0 || code > 255) {
                throw new IllegalArgumentException("code: " + code + " is not in 0 to 255");
            }
        }
    }

    /**
     * A start that the agent made by itself.
     *
     * @param tries the number of binds that were tried, including the last one
     * @param start the result of the last try
     * @param failure the failure of the first try; null where the server was bound at once, or could not be run
     * @param before what was on the port before the first try
     */
    public record OwnStart(
            int generation,
            int tries,
            Start start,
            @Nullable Failure failure,
            PortView before) {}

    /** @param way how the agent's own server is stopped */
    public record LeaveRequest(StopWay way) {}

    /**
     * @param view the look on which the explanation is based
     * @param sentence the explanation as text for people
     */
    public record Failure(Start.Failed failed, Explanation explanation, PortView view, String sentence) {}

    /**
     * The options of a pod's listener.
     *
     * @param unread why the options were not read; null where they were
     */
    public record ListenerAnswer(
            @Nullable Boolean reuseAddress,
            @Nullable Boolean reusePort,
            @Nullable String unread) {
        public static ListenerAnswer unread(String why) {
            return new ListenerAnswer(null, null, why);
        }
    }

    /** @param pods the uids of the pods that are looked at, as their cgroups name them; 1 to 1,000 */
    public record AuditRequest(Set<String> pods) {
        public static final int MOST = 1_000;
        private static final Pattern UID = Pattern.compile("[0-9a-f-]{1,64}");

        public AuditRequest {
            pods = Set.copyOf(pods);
            if (pods.isEmpty() || pods.size() > MOST) {
                throw new IllegalArgumentException("pods: " + pods.size() + " is not in 1 to " + MOST);
            }
            if (!pods.stream().allMatch(uid -> UID.matcher(uid).matches())) {
                throw new IllegalArgumentException("pods: a uid has hexadecimal digits and dashes");
            }
        }
    }

    /** @param starts the newest last */
    public record OwnStarts(List<OwnStart> starts) {
        public OwnStarts {
            starts = List.copyOf(starts);
        }
    }

    /**
     * The reason why a request was refused (RFC 9457).
     *
     * @param holder the holder of the agent, where that is the reason
     * @param field the faulty member of the body
     */
    public record Problem(
            String type,
            String title,
            int status,
            String detail,
            @Nullable Holder holder,
            @Nullable String field) {
        public static final String MEDIA_TYPE = "application/problem+json";

        public static Problem of(int status, String title, String detail) {
            return new Problem("about:blank", title, status, detail, null, null);
        }

        public Problem by(Holder holder) {
            return new Problem(type, title, status, detail, holder, field);
        }

        public Problem at(@Nullable String field) {
            return new Problem(type, title, status, detail, holder, field);
        }
    }
}
