package dev.rebind.experiment.rules;

import dev.rebind.experiment.Excerpt;
import dev.rebind.experiment.clients.ClientUrl;
import dev.rebind.experiment.clients.Clients;
import dev.rebind.experiment.clients.Protocol;
import dev.rebind.experiment.clients.Via;
import java.util.regex.Pattern;

/** Checks that the clients' way to the server fits their protocol. */
final class ViaRules {
    /** The name of a Service (RFC 1035, section 2.3.1), then optionally a port number or a port name (RFC 6335, section 5.1). */
    static final Pattern SERVICE =
            Pattern.compile("[a-z]([-a-z0-9]{0,61}[a-z0-9])?(:([1-9][0-9]{0,4}|[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?))?");

    private ViaRules() {}

    static void check(Scope scope, Findings findings) {
        Clients clients = scope.spec().clients();
        Via via = clients == null ? null : clients.via();
        if (clients == null || via == null) {
            return;
        }
        String field = scope.at("clients.via");
        if (via.forms() != 1) {
            findings.add(
                    field,
                    (via.forms() == 0 ? "says nothing" : "has more than one of pod, service, hostPort and url")
                            + "; write one of pod, service, hostPort and url");
        }
        if (Boolean.FALSE.equals(via.pod())) {
            findings.add(field + ".pod", "false asks for nothing; write true, or another way in its place");
        }
        if (Boolean.FALSE.equals(via.hostPort())) {
            findings.add(field + ".hostPort", "false asks for nothing; write true, or another way in its place");
        }
        if (via.service() != null && !SERVICE.matcher(via.service()).matches()) {
            findings.add(
                    field + ".service",
                    "\"" + Excerpt.of(via.service())
                            + "\" is not NAME or NAME:PORT; write the name of a Service, and the number or the name of its port");
        }
        if (scope.noClients()) {
            findings.add(
                    field,
                    scope.at("clients.connections"),
                    "there are no clients that would connect; give clients.connections, or remove via");
        }
        if (via.url() != null) {
            url(scope, clients, via.url(), findings);
        }
    }

    private static void url(Scope scope, Clients clients, String text, Findings findings) {
        String field = scope.at("clients.via.url");
        ClientUrl url;
        try {
            url = ClientUrl.parse(text);
        } catch (IllegalArgumentException e) {
            findings.add(field, "\"" + Excerpt.of(text) + "\" " + e.getMessage());
            return;
        }
        Protocol protocol = url.tls() ? Protocol.https : Protocol.http;
        if (clients.spoken() != protocol) {
            findings.add(
                    field,
                    scope.at("clients.protocol"),
                    "its scheme says that clients speak " + protocol + "; write protocol: " + protocol
                            + ", or leave protocol, tls and tcp out");
        }
        if (clients.http() != null && clients.http().path() != null) {
            findings.add(field, scope.at("clients.http.path"), "has the path already; remove http.path");
        }
    }
}
