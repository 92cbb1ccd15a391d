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

/** Bodies of requests and answers. A time that ends in {@code Nanos}, and {@code nanoTime}, is the agent's monotonic clock. */
public final class WireMessages {
    /** Names the hold that a request belongs to, by its holder's uid. */
    public static final String HOLD_HEADER = "Rebind-Hold";
    /** Names the process that a request is meant for; another one refuses it. */
    public static final String INSTANCE_HEADER = "Rebind-Instance";
    /** A request that comes again with the same key is not carried out again: it gets the same answer. */
    public static final String KEY_HEADER = "Idempotency-Key";

    /**
     * The version of the requests and answers. It is raised when an agent of the former version would not understand a
     * request, or a controller of the former version an answer. So it stays where a member is added that may be absent.
     */
    public static final int PROTOCOL = 1;

    private WireMessages() {}

    /** Who holds an agent: an experiment. */
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

    /** What a hold does with the agent's own server. */
    public enum BaselineUnderHold {
        /** Stopped by a reset, which leaves nothing on the port. */
        stop,
        /** It goes on: for restarts of its container. */
        keep
    }

    /** How the agent's own server is. */
    public enum BaselineState {
        /** The agent has none. */
        idle,
        /** It is being started for the first time, or again after a hold. */
        starting,
        bound,
        /** Its bind failed, or it could not be run; it is tried again. */
        failing,
        /** Stopped for a hold. */
        held,
        /** The agent is ending. */
        ended
    }

    /**
     * @param generation of the agent's own server, from 1; null where it has none
     * @param reuseAddress its SO_REUSEADDR; null where it has no server
     */
    public record Baseline(
            BaselineState state,
            @Nullable Integer generation,
            @Nullable Boolean reuseAddress) {}

    /**
     * This record is read before the protocol is known, so that members are added to it that may be absent, and none is taken
     * away.
     *
     * @param protocol {@link #PROTOCOL} of the agent; null of an agent from before there was one
     * @param instance random for each start of the agent's process
     * @param nanoTime when this was said, by the agent's monotonic clock
     * @param networkNamespace inode of its network namespace; null where it cannot be read
     * @param timeWaitSeconds how long its kernel keeps a TIME_WAIT in every network namespace; null where a namespace may have a
     *     setting of its own, and where that cannot be told
     * @param clear whether it has the right to destroy sockets (CAP_NET_ADMIN)
     * @param holder null where nobody holds it
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
     * @param leaseSeconds 1 to 3600; null: 120
     * @param baseline null: stop
     * @param renew true: only where this holder holds the agent still; a hold that has ended is not begun anew
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
     * @param containers of the pod that was asked for, which had a process right after the look; null where none was, and
     *     where that cannot be told
     * @param releases when each socket of the view stops standing in the way; null where that was not asked for
     */
    public record LookAnswer(
            PortView view, @Nullable Set<String> containers, PortForecast.@Nullable Releases releases) {}

    /** @param failed what the start answered; the agent looks at its place when the request comes */
    public record ExplainRequest(Start.Failed failed) {}

    /**
     * @param id names this explanation in a later request
     * @param view the look that the explanation was made from
     */
    public record ExplainAnswer(long id, Explanation explanation, PortView view) {}

    /**
     * @param explanation id of what was explained
     * @param exact how long before {@code releasedNanos} the port may have been free already
     */
    public record ReleasedRequest(long explanation, long releasedNanos, Duration exact) {}

    /** What there is to say to a request that has no other answer. */
    public record Done(boolean done) {}

    public record ClearRequest(Place place) {}

    public record ClientsRequest(Place place, ClientGroup.Wanted wanted) {}

    public record ClientsAnswer(String id) {}

    public record OrderRequest(ClientOrder order) {}

    /**
     * @param report null when the process does not answer
     * @param condition how the process is, or how it ended
     */
    public record ReportAnswer(@Nullable ClientReport report, String condition) {}

    /**
     * @param code the process's exit code, 0 to 255
     * @param way in which its server is stopped before; null: the agent's own {@code --close}
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
     * @param tries binds that were tried, the last one included
     * @param start what came of the last of them
     * @param failure of the first of them; null where it was bound at once, or could not be run
     * @param before what was on the port before the first of them
     */
    public record OwnStart(
            int generation,
            int tries,
            Start start,
            @Nullable Failure failure,
            PortView before) {}

    /** @param way in which the agent's own server is stopped */
    public record LeaveRequest(StopWay way) {}

    /**
     * @param view the look that the explanation was made from
     * @param sentence the explanation as people read it
     */
    public record Failure(Start.Failed failed, Explanation explanation, PortView view, String sentence) {}

    /**
     * Options of a listener of a pod.
     *
     * @param unread why they were not read; null where they were
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

    /** The newest last. */
    public record OwnStarts(List<OwnStart> starts) {
        public OwnStarts {
            starts = List.copyOf(starts);
        }
    }

    /**
     * Why a request was refused (RFC 9457).
     *
     * @param holder who holds the agent, where that is the reason
     * @param field the member of the body that is at fault
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
