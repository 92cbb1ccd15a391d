package dev.rebind.engine;

import dev.rebind.client.protocol.RequestReport;
import dev.rebind.client.protocol.RequestReport.Failures;
import dev.rebind.client.protocol.RequestReport.Made;
import dev.rebind.engine.EndpointHistory.Sent;
import dev.rebind.record.clients.RequestCause;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Joins failed requests with the moments of a restart. A cause is only told where nothing else can have been; of a time that is not
 * known exactly, its worst case counts. Pure.
 */
final class RequestCauses {
    /** For how long a node may still send connections as the EndpointSlices were before: kube-proxy writes its rules once a second. */
    private static final Duration BEHIND = Duration.ofSeconds(3);

    private final ClientClock clock;
    private final Moments moments;

    /**
     * Moments of one restart, {@link System#nanoTime()}.
     *
     * @param overlap whether the old server listened on while the new one was started
     * @param othersFromNanos before that nobody but the old server can have listened on the port; null where the cycle did not come to that
     * @param failedByNanos when the first start had failed; null where none did
     * @param bindFailed whether it is known to have failed at its bind: a command may end for another reason
     * @param boundByNanos when the new server was bound; null where it was not
     * @param newEnded whether the new server, once it was bound, has ended by itself before the last of these requests was reported
     * @param alone whether nobody else was seen to listen on the port of the new server
     * @param route of the clients; null: nothing stands between them and the server
     * @param endpoints where the Service of that route sent them; null where it is not known
     * @param address of the restarted server's pod
     */
    record Moments(
            boolean overlap,
            @Nullable Long othersFromNanos,
            @Nullable Long failedByNanos,
            boolean bindFailed,
            @Nullable Long boundByNanos,
            boolean newEnded,
            boolean alone,
            @Nullable ClientRoute route,
            @Nullable EndpointHistory endpoints,
            String address) {
        /** Whether other servers may have answered these clients. */
        boolean isShared() {
            return route != null && route.othersAnswer();
        }
    }

    private RequestCauses(ClientClock clock, Moments moments) {
        this.clock = clock;
        this.moments = moments;
    }

    /** How many requests failed by which cause; no cause is 0. */
    static Map<String, Long> of(RequestReport report, ClientClock clock, Moments moments) {
        var causes = new RequestCauses(clock, moments);
        var counts = new TreeMap<String, Long>();
        for (Failures group : report.failures()) {
            counts.merge(causes.of(group).name(), group.count(), Long::sum);
        }
        return counts;
    }

    private RequestCause of(Failures group) {
        return switch (group.failure()) {
            case refused -> refused(group);
            case reset -> ended(group, RequestCause.reset_by_old_server);
            case closed_early -> ended(group, RequestCause.closed_by_old_server);
            case timeout ->
                switch (group.phase()) {
                    case waiting -> RequestCause.timed_out_waiting;
                    case connecting ->
                        isToGone(group) ? RequestCause.sent_to_gone_endpoint : RequestCause.timed_out_connecting;
                    case connected -> RequestCause.timed_out_answering;
                };
            case status ->
                toOldServer(group)
                        ? RequestCause.status_of_old_server
                        : toNewServer(group) ? RequestCause.status_of_new_server : RequestCause.status;
            case unreachable -> isToGone(group) ? RequestCause.sent_to_gone_endpoint : RequestCause.unreachable;
            case other -> RequestCause.unknown;
        };
    }

    /** A refusal shows by itself that nobody listens; its time says whether that is the restart's, and before or after a failed bind. */
    private RequestCause refused(Failures group) {
        if (moments.route() != null && !moments.route().isDirect()) {
            return switch (sent(group)) {
                case Sent.Nowhere _ ->
                    isAfter(group, moments.boundByNanos())
                            ? RequestCause.refused_before_ready
                            : RequestCause.refused_without_endpoint;
                case Sent.Only(String address, Long gone) ->
                    gone != null
                            ? isAfter(group, gone)
                                    ? RequestCause.sent_to_gone_endpoint
                                    : RequestCause.refused_on_the_way
                            : address.equals(moments.address())
                                    ? refusedByServer(group)
                                    : RequestCause.refused_on_the_way;
                case Sent.Unclear _ -> RequestCause.refused_on_the_way;
            };
        }
        return refusedByServer(group);
    }

    /** Where the Service can have sent those requests. */
    private Sent sent(Failures group) {
        ClientClock.Span at = clock.here(group.begun(), group.last());
        EndpointHistory endpoints = moments.endpoints();
        return at == null || endpoints == null
                ? new Sent.Unclear()
                : endpoints.between(at.earliestNanos() - BEHIND.toNanos(), at.latestNanos());
    }

    /** Whether the only endpoint was one whose pod was gone before any of them was sent. */
    private boolean isToGone(Failures group) {
        return sent(group) instanceof Sent.Only(String _, Long gone) && isAfter(group, gone);
    }

    /** Whether all of them were sent after that moment; false where there was no such moment, or it cannot be told. */
    private boolean isAfter(Failures group, @Nullable Long moment) {
        ClientClock.Span at = clock.here(group.begun(), group.last());
        return at != null && moment != null && at.earliestNanos() - moment > 0;
    }

    private RequestCause refusedByServer(Failures group) {
        ClientClock.Span at = clock.here(group.begun(), group.last());
        if (moments.overlap() || at == null) {
            return RequestCause.unknown;
        }
        Long bound = moments.boundByNanos();
        // Of a single request the earliest counts: it was sent then.
        if (bound != null && (group.count() == 1 ? at.earliestNanos() : at.latestNanos()) - bound > 0) {
            // Who refuses then has no listener any more; of a server that goes on, nobody knows why.
            return moments.newEnded() && moments.alone() && at.earliestNanos() - bound > 0
                    ? RequestCause.refused_after_new_server_ended
                    : RequestCause.unknown;
        }
        Long failed = moments.failedByNanos();
        if (failed != null && at.earliestNanos() - failed > 0) {
            return moments.bindFailed()
                    ? RequestCause.refused_after_failed_bind
                    : RequestCause.refused_after_failed_start;
        }
        return RequestCause.refused_while_nobody_listened;
    }

    private RequestCause ended(Failures group, RequestCause byOld) {
        if (toOldServer(group)) {
            return group.onAnswered() ? byOld : RequestCause.unserved_by_old_server;
        }
        return toNewServer(group) ? RequestCause.ended_by_new_server : RequestCause.unknown;
    }

    /** Whether the connections, or the handshakes that failed, can only have been with the old server. */
    private boolean toOldServer(Failures group) {
        if (moments.isShared()) {
            return false;
        }
        return switch (group.made()) {
            case before_mark -> true;
            case after_mark, never -> {
                ClientClock.Span at = clock.here(group.begun(), group.last());
                Long others = moments.othersFromNanos();
                yield at != null && others != null && others - at.latestNanos() > 0;
            }
            case after_bound -> false;
        };
    }

    private boolean toNewServer(Failures group) {
        return group.made() == Made.after_bound && moments.alone() && !moments.overlap() && !moments.isShared();
    }
}
