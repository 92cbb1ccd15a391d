package dev.rebind.experiment.rules;

import dev.rebind.experiment.clients.Clients;
import dev.rebind.experiment.clients.Protocol;
import dev.rebind.experiment.expect.Expect;
import dev.rebind.experiment.expect.Outcome;
import dev.rebind.experiment.restart.Close;
import dev.rebind.experiment.restart.OnFailure;
import dev.rebind.experiment.restart.Retry;
import dev.rebind.experiment.value.GoDuration;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Checks that the expectations agree with each other and with what the cycle can show. */
final class ExpectRules {
    private ExpectRules() {}

    static void check(Scope scope, Findings findings) {
        Expect expect = scope.spec().expect();
        if (expect == null) {
            return;
        }
        outcome(scope.at("expect"), expect, findings);
        retried(scope, expect, "maxBindFailures", expect.maxBindFailures(), findings);
        retried(scope, expect, "boundWithin", expect.boundWithin(), findings);
        boundWithin(scope, expect.boundWithin(), findings);
        downtime(scope, expect, findings);
        served(scope, expect.servedWithin(), findings);
        if (expect.peers() != null && !expect.peers().isEmpty() && scope.noClients()) {
            findings.add(
                    scope.at("expect.peers"),
                    scope.at("clients.connections"),
                    "there are no clients whose end could be seen; give clients.connections, or remove peers");
        }
    }

    /**
     * Whether clients that stay away on order cannot measure the time without service. This is so with HTTP, and with a server that a
     * command starts.
     */
    private static boolean seesNoLoss(Scope scope) {
        Clients clients = scope.spec().clients();
        Protocol spoken = clients == null ? null : clients.spoken();
        boolean command = scope.spec().target() != null && scope.spec().target().command() != null;
        return command || spoken == Protocol.http || spoken == Protocol.https;
    }

    /** Checks the expected outcome of a cycle or a cell. */
    static void outcome(String path, Expect expect, Findings findings) {
        if (expect.outcome() != Outcome.bound) {
            return;
        }
        if (expect.cause() != null) {
            findings.add(
                    path + ".cause",
                    path + ".outcome",
                    "a bind that succeeds has no cause of failure; write outcome: failed, or remove cause");
        }
        if (expect.call() != null) {
            findings.add(
                    path + ".call",
                    path + ".outcome",
                    "a bind that succeeds has no call that fails; write outcome: failed, or remove call");
        }
    }

    private static boolean fails(Expect expect) {
        return expect.outcome() == Outcome.failed || expect.cause() != null || expect.call() != null;
    }

    private static void retried(Scope scope, Expect expect, String name, @Nullable Object value, Findings findings) {
        if (value == null) {
            return;
        }
        String field = scope.at("expect." + name);
        if (scope.onFailure() != OnFailure.wait) {
            findings.add(
                    field,
                    "spec.onFailure",
                    "binds are tried again with onFailure: wait only, and here it is " + scope.onFailure()
                            + "; expect an outcome instead");
        }
        if (fails(expect)) {
            findings.add(
                    field,
                    scope.at("expect"),
                    "stands in place of outcome: failed, cause and call; keep one or the other");
        }
    }

    private static void boundWithin(Scope scope, @Nullable Duration limit, Findings findings) {
        if (limit == null) {
            return;
        }
        String field = scope.at("expect.boundWithin");
        Rules.positive(field, limit, "write how long the binds may go on failing, such as 65s", findings);
        Retry retry = scope.spec().retry();
        Duration tried = retry == null || retry.timeout() == null ? Retry.TIMEOUT : retry.timeout();
        if (scope.onFailure() == OnFailure.wait && limit.compareTo(tried) > 0) {
            findings.add(
                    field,
                    "spec.retry.timeout",
                    "binds are tried again for " + GoDuration.format(tried)
                            + ", so that a longer time cannot be seen; raise" + " retry.timeout, or lower boundWithin");
        }
    }

    private static void served(Scope scope, @Nullable Duration limit, Findings findings) {
        if (limit == null) {
            return;
        }
        String field = scope.at("expect.servedWithin");
        Rules.positive(field, limit, "write how long clients may take to be served, such as 90s", findings);
        if (scope.noClients()) {
            findings.add(
                    field,
                    scope.at("clients.connections"),
                    "there are no clients that could be served; give clients.connections, or remove servedWithin");
        }
    }

    private static void downtime(Scope scope, Expect expect, Findings findings) {
        if (expect.maxDowntime() == null) {
            return;
        }
        String field = scope.at("expect.maxDowntime");
        Rules.positive(field, expect.maxDowntime(), "no restart takes no time", findings);
        Clients clients = scope.spec().clients();
        if (scope.noClients()) {
            findings.add(
                    field,
                    scope.at("clients.connections"),
                    "clients measure the downtime, and there are none; give clients.connections");
        }
        if (clients != null && Boolean.FALSE.equals(clients.reconnect())) {
            findings.add(
                    field,
                    scope.at("clients.reconnect"),
                    "clients that do not come back never see the service again; remove reconnect: false");
        }
        if (scope.close() == Close.client && seesNoLoss(scope)) {
            findings.add(
                    field,
                    scope.at("restart.close"),
                    "clients that have closed first stay away until the new server is bound, so that no request shows"
                            + " how long the service was away; write close: server, or remove maxDowntime");
        }
        if (scope.close() == Close.keep) {
            findings.add(
                    field,
                    scope.at("restart.close"),
                    "clients whose connections outlive the server do not come to the new one; write close: server, or"
                            + " remove maxDowntime");
        }
        if (scope.stalls()) {
            findings.add(
                    field,
                    scope.at("restart.close"),
                    "clients that have stopped reading cannot measure a downtime; remove maxDowntime");
        }
        if (fails(expect) && scope.onFailure() == OnFailure.move) {
            findings.add(
                    field,
                    "spec.onFailure",
                    "after a bind that fails and is not tried again there is no service; write onFailure: wait, or remove"
                            + " maxDowntime");
        }
    }
}
