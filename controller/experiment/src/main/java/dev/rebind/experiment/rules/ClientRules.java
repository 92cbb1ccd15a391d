package dev.rebind.experiment.rules;

import dev.rebind.experiment.clients.Behaviour;
import dev.rebind.experiment.clients.Clients;
import dev.rebind.experiment.restart.Close;
import dev.rebind.experiment.server.BuiltinServer;
import dev.rebind.experiment.server.Service;
import dev.rebind.experiment.server.Target;
import org.jspecify.annotations.Nullable;

/** Checks that the clients fit the way of closing and the service. */
final class ClientRules {
    private ClientRules() {}

    static void check(Scope scope, Findings findings) {
        closing(scope, findings);
        none(scope, findings);
        service(scope, findings);
        untilFull(scope, findings);
        TrafficRules.check(scope, findings);
        ViaRules.check(scope, findings);
    }

    private static void closing(Scope scope, Findings findings) {
        Behaviour behaviour = scope.behaviour();
        if (behaviour == null) {
            return;
        }
        String instead = switch (behaviour) {
            case close_first ->
                scope.close() == Close.client ? null : "clients that close first belong to restart.close: client";
            case reset ->
                scope.close() == Close.client
                        ? null
                        : "clients that reset their connections first belong to restart.close: client";
            case stall ->
                switch (scope.close()) {
                    case stall, kill, reset -> null;
                    case server -> "a server that closes on clients that stall is restart.close: stall";
                    case client -> "clients that stall never close, and restart.close: client waits for that";
                    case keep, none -> "clients that stall belong to restart.close: stall, kill or reset";
                };
            case read, echo ->
                switch (scope.close()) {
                    case client -> "with restart.close: client the clients close first";
                    case stall -> "with restart.close: stall the clients stop reading";
                    case server, reset, kill, keep, none -> null;
                };
        };
        if (instead != null) {
            findings.add(
                    scope.at("clients.behaviour"),
                    scope.at("restart.close"),
                    instead + "; change one of the two, or leave behaviour out");
        }
    }

    private static void none(Scope scope, Findings findings) {
        if (!scope.noClients()) {
            return;
        }
        String why = switch (scope.close()) {
            case client -> "somebody has to close first";
            case stall -> "somebody has to stall";
            case reset -> "there is no connection to reset";
            case keep -> "there is no connection to keep";
            case server, kill, none -> null;
        };
        if (why != null) {
            findings.add(
                    scope.at("clients.connections"),
                    scope.at("restart.close"),
                    "is 0, and with restart.close: " + scope.close() + " " + why + "; write 1 or more");
        }
    }

    private static void service(Scope scope, Findings findings) {
        Service service = written(scope);
        if (service == Service.echo && scope.behaviour() == Behaviour.read) {
            findings.add(
                    scope.at("clients.behaviour"),
                    scope.at("target.server.service"),
                    "clients that read want a server that writes; write service: stream, or behaviour: echo");
        }
        if (service == Service.stream && scope.behaviour() == Behaviour.echo) {
            findings.add(
                    scope.at("clients.behaviour"),
                    scope.at("target.server.service"),
                    "clients that wait for answers want service: echo; write that, or behaviour: read");
        }
    }

    private static void untilFull(Scope scope, Findings findings) {
        Clients clients = scope.spec().clients();
        if (clients == null || !Boolean.TRUE.equals(clients.untilFull())) {
            return;
        }
        if (!scope.stalls()) {
            findings.add(
                    scope.at("clients.untilFull"),
                    scope.at("clients.behaviour"),
                    "only clients that stall let their windows fill; write restart.close: stall, or remove untilFull");
        } else if (written(scope) == Service.echo) {
            findings.add(
                    scope.at("clients.untilFull"),
                    scope.at("target.server.service"),
                    "a server that only echoes never fills a window; write service: stream");
        }
    }

    private static @Nullable Service written(Scope scope) {
        Target target = scope.spec().target();
        BuiltinServer server = target == null ? null : target.server();
        return server == null ? null : server.service();
    }
}
