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
 * Finds the cause of each failed request by comparing its time with the moments of the restart. It names a cause only if no other is
 * possible; where a time is not known exactly, it uses the worst case. Pure.
 */
final class RequestCauses {
    /**
     * How long a node may still route connections by the previous state of the EndpointSlices, because kube-proxy writes its rules once a
     * second.
     */
    private static final Duration BEHIND = Duration.ofSeconds(3);

    private final ClientClock clock;
    private final Moments moments;

    /**
     * The moments of one restart, by {@link System#nanoTime()}.
     *
     * @param overlap whether the old server still listened when the new one was started
     * @param othersFromNanos the moment before which only the old server can have listened on the port; null if the cycle did not get that
     *     far
     * @param failedByNanos a moment at which the first start had already failed; null if it did not fail
     * @param bindFailed whether the first start is known to have failed at its bind; a command may also end for another reason
     * @param boundByNanos a moment at which the new server was already bound; null if it was never bound
     * @param newEnded whether the new server, once bound, ended by itself before the clients' last report
     * @param alone whether the new server was the only one seen to listen on its port
     * @param route the clients' route in a cluster; null on one machine, where they connect directly to the server
     * @param endpoints where the Service of that route sent connections; null if unknown
     * @param address the address of the restarted server
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
        /** Whether servers other than the restarted one may have answered the clients. */
        boolean isShared() {
            return route != null && route.othersAnswer();
        }
    }

    private RequestCauses(ClientClock clock, Moments moments) {
        this.clock = clock;
        this.moments = moments;
    }

    /** Returns the number of failed requests by cause. A cause without a failed request is absent. */
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

    /**
     * Finds the cause of refused connections. A refusal itself shows that nobody listened; its time shows whether that was during the
     * restart, and whether before or after a failed bind.
     */
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

    /** Where the Service can have sent the requests of the group. */
    private Sent sent(Failures group) {
        ClientClock.Span at = clock.here(group.begun(), group.last());
        EndpointHistory endpoints = moments.endpoints();
        return at == null || endpoints == null
                ? new Sent.Unclear()
                : endpoints.between(at.earliestNanos() - BEHIND.toNanos(), at.latestNanos());
    }

    /** Whether the Service had one endpoint only, and that endpoint's pod was gone before the first request of the group was sent. */
    private boolean isToGone(Failures group) {
        return sent(group) instanceof Sent.Only(String _, Long gone) && isAfter(group, gone);
    }

    /** Whether all requests of the group were certainly sent after the moment; false if the moment is null. */
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
        // For a single request, the time when it was sent counts.
        if (bound != null && (group.count() == 1 ? at.earliestNanos() : at.latestNanos()) - bound > 0) {
            // After the bind, a refusal means that the listener is gone again. If the new server has not ended, the
            // reason is unknown.
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

    /** Whether the group's connections or failed handshakes can only have been with the old server. */
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
