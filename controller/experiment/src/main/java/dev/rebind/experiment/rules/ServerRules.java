package dev.rebind.experiment.rules;

import dev.rebind.experiment.ExperimentSpec;
import dev.rebind.experiment.restart.Close;
import dev.rebind.experiment.restart.Mode;
import dev.rebind.experiment.restart.Obstacle;
import dev.rebind.experiment.restart.OnFailure;
import dev.rebind.experiment.server.BuiltinServer;
import dev.rebind.experiment.server.Handler;
import dev.rebind.experiment.server.Transport;
import org.jspecify.annotations.Nullable;

/** Rules for the server, its restart, and the obstacle on the port. */
final class ServerRules {
    private ServerRules() {}

    static void check(Scope scope, Findings findings) {
        ExperimentSpec spec = scope.spec();
        BuiltinServer server = spec.target() == null ? null : spec.target().server();
        if (server != null) {
            address(scope.at("target.server.address"), server.address(), findings);
            place(scope, server, findings);
            reusePort(scope, server, findings);
        }
        mode(scope, server, findings);
        if (spec.restart() != null) {
            Rules.positive(
                    scope.at("restart.gracePeriod"),
                    spec.restart().gracePeriod(),
                    "to end the server at once write close: kill",
                    findings);
        }
        obstacle(scope, findings);
        // With a command, the cycle gives up the new run, and the old one goes on.
        boolean command = scope.spec().target() != null && scope.spec().target().command() != null;
        if (scope.close() == Close.none && scope.onFailure() != OnFailure.move && !command) {
            findings.add(
                    scope.at("restart.close"),
                    "spec.onFailure",
                    "with close: none the old generation keeps the port, and onFailure: " + scope.onFailure()
                            + " would not end; write onFailure: move");
        }
    }

    static void address(String field, @Nullable String address, Findings findings) {
        if (address != null) {
            AddressRule.wrong(address).ifPresent(wrong -> findings.add(field, wrong));
        }
    }

    /** Several places with one port need several addresses, and only 127.0.0.0/8 has them. */
    private static void place(Scope scope, BuiltinServer server, Findings findings) {
        boolean copies = scope.spec().parallel() != null && scope.spec().parallel() > 1;
        if (server.port() == null
                || server.port() == 0
                || server.address() == null
                || AddressRule.isLoopbackV4(server.address())
                || AddressRule.wrong(server.address()).isPresent()
                || (scope.onFailure() != OnFailure.move && !copies)) {
            return;
        }
        String why = copies ? "with parallel" : scope.step() != null ? "with steps" : "with onFailure: move";
        String because = copies ? "spec.parallel" : scope.step() != null ? "spec.steps" : "spec.onFailure";
        findings.add(
                scope.at("target.server.port"),
                because,
                why + " a port that is given is taken at several addresses of 127.0.0.0/8, and " + server.address()
                        + " is none; leave the port out, or give an address such as 127.0.0.1");
    }

    private static void reusePort(Scope scope, BuiltinServer server, Findings findings) {
        boolean nio = server.transport() == null || server.transport() == Transport.nio;
        if (Boolean.TRUE.equals(server.reusePort()) && nio) {
            findings.add(
                    scope.at("target.server.reusePort"),
                    scope.at("target.server.transport"),
                    "the transport nio ignores reusePort; write transport: epoll or io_uring");
        }
    }

    private static void mode(Scope scope, @Nullable BuiltinServer server, Findings findings) {
        boolean handlers = server != null && server.handler() == Handler.process;
        if (scope.mode() == Mode.listener && scope.close() == Close.kill) {
            findings.add(
                    scope.at("restart.close"),
                    scope.at("restart.mode"),
                    "in mode: listener the server lives in Rebind's own process, which cannot be killed; write mode: process");
        }
        if (scope.mode() == Mode.listener && handlers) {
            findings.add(
                    scope.at("target.server.handler"),
                    scope.at("restart.mode"),
                    "in mode: listener one process serves everything; write mode: process, or handler: own");
        }
        if (scope.close() == Close.keep && !handlers) {
            findings.add(
                    scope.at("restart.close"),
                    scope.at("target.server.handler"),
                    "with close: keep connections outlive the server, so they need processes of their own; write"
                            + " target.server.handler: process");
        }
    }

    private static void obstacle(Scope scope, Findings findings) {
        Obstacle obstacle = scope.spec().obstacle();
        if (obstacle == null) {
            return;
        }
        address(scope.at("obstacle.address"), obstacle.address(), findings);
        if (scope.close() == Close.none) {
            findings.add(
                    scope.at("obstacle"),
                    scope.at("restart.close"),
                    "with close: none the old generation holds the port, and nothing else can be put on it; remove one of"
                            + " the two");
        }
        if (scope.onFailure() != OnFailure.move) {
            findings.add(
                    scope.at("obstacle"),
                    "spec.onFailure",
                    "an obstacle stays, and onFailure: " + scope.onFailure() + " would not end; write onFailure: move");
        }
    }
}
