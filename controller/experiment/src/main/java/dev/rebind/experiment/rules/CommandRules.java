package dev.rebind.experiment.rules;

import dev.rebind.experiment.ExperimentSpec;
import dev.rebind.experiment.restart.Close;
import dev.rebind.experiment.restart.Mode;
import dev.rebind.experiment.restart.OnFailure;
import dev.rebind.experiment.server.Command;
import dev.rebind.experiment.server.Readiness;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rules for a server that a user's command starts. It has one port and its own options, and ends in its own way. */
final class CommandRules {
    private CommandRules() {}

    static void check(Scope scope, Findings findings) {
        ExperimentSpec spec = scope.spec();
        Command command = spec.target() == null ? null : spec.target().command();
        if (command == null) {
            return;
        }
        ServerRules.address(scope.at("target.command.address"), command.address(), findings);
        if (command.argv().isEmpty() || command.argv().getFirst().isBlank()) {
            findings.add(scope.at("target.command.argv"), "names no program; write the program, then its arguments");
        }
        readiness(scope, command.readiness(), findings);
        alone(scope, findings);
        if (scope.mode() != Mode.process && !scope.mode().isFresh()) {
            findings.add(
                    scope.at("restart.mode"),
                    scope.at("target.command"),
                    "a command runs in processes of its own; write mode: process, or leave it out");
        }
        if (spec.expect() != null && spec.expect().call() != null) {
            findings.add(
                    scope.at("expect.call"),
                    scope.at("target.command"),
                    "a command does not tell which call has failed; expect outcome: failed or a cause in its place");
        }
        if (scope.close() == Close.reset || scope.close() == Close.keep) {
            findings.add(
                    scope.at("restart.close"),
                    scope.at("target.command"),
                    "a command is ended by a signal, and closes its connections as it likes; write server (SIGTERM),"
                            + " kill, client, stall or none (the old one is ended once the new one is bound)");
        }
        if (scope.onFailure() == OnFailure.move) {
            findings.add(
                    scope.step() == null ? "spec.onFailure" : "spec.steps",
                    scope.at("target.command"),
                    "a command has one port, and every cycle needs it; "
                            + (scope.step() == null ? "write wait or clear" : "write an experiment for each step"));
        }
    }

    private static void readiness(Scope scope, @Nullable Readiness readiness, Findings findings) {
        if (readiness == null) {
            return;
        }
        Rules.positive(
                scope.at("target.command.readiness.timeout"),
                readiness.timeout(),
                "write how long a start may take, such as 30s",
                findings);
        if (readiness.http() != null && readiness.log() != null) {
            findings.add(
                    scope.at("target.command.readiness.log"),
                    scope.at("target.command.readiness.http"),
                    "http and log exclude each other; keep one of them");
        }
        if (readiness.http() != null && !isHttp(readiness.http())) {
            findings.add(
                    scope.at("target.command.readiness.http"),
                    "is no URL with http and a host; write one such as http://127.0.0.1:8080/healthz");
        }
        if (readiness.log() != null && readiness.log().isEmpty()) {
            findings.add(scope.at("target.command.readiness.log"), "is empty; write the text to wait for");
        }
    }

    private static boolean isHttp(String url) {
        try {
            var uri = new URI(url);
            return "http".equals(uri.getScheme()) && uri.getHost() != null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** Finds fields that belong to Rebind's own server, or that need more than one place. */
    private static void alone(Scope scope, Findings findings) {
        ExperimentSpec spec = scope.spec();
        var others = new LinkedHashMap<String, @Nullable Object>();
        others.put("target.server", spec.target() == null ? null : spec.target().server());
        others.put(
                "target.workloadRef",
                spec.target() == null ? null : spec.target().workloadRef());
        others.put("reuseAddress", spec.reuseAddress());
        others.put("parallel", spec.parallel());
        others.put("obstacle", spec.obstacle());
        for (Map.Entry<String, @Nullable Object> other : others.entrySet()) {
            if (other.getValue() != null) {
                findings.add(
                        scope.at(other.getKey()),
                        scope.at("target.command"),
                        "is not for a server that a command starts, which has its own options and one port; remove it");
            }
        }
    }
}
