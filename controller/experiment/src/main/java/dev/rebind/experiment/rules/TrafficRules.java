package dev.rebind.experiment.rules;

import dev.rebind.experiment.Excerpt;
import dev.rebind.experiment.clients.CertificateSource;
import dev.rebind.experiment.clients.Clients;
import dev.rebind.experiment.clients.Header;
import dev.rebind.experiment.clients.Http;
import dev.rebind.experiment.clients.Protocol;
import dev.rebind.experiment.clients.Tcp;
import dev.rebind.experiment.clients.Tls;
import dev.rebind.experiment.server.Target;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks that the clients' protocol agrees with its own fields, the target and the way of closing. */
final class TrafficRules {
    /** A token of RFC 9110, section 5.6.2; methods and header names are tokens. */
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    /** A path of RFC 3986, sections 3.3 and 3.4: visible ASCII characters. Clients do not send a fragment, so it is not allowed. */
    private static final Pattern PATH = Pattern.compile("/[!-~&&[^#]]*");
    /** A header value of RFC 9110, section 5.5: visible characters, spaces and tabs. */
    private static final Pattern VALUE = Pattern.compile("[\\t -~\\x80-\\xff]*");

    private static final String PARTS = "; remove it, or write protocol: ";

    private TrafficRules() {}

    static void check(Scope scope, Findings findings) {
        Clients clients = scope.spec().clients();
        if (clients == null) {
            return;
        }
        Protocol protocol = clients.spokenTo(scope.spec().target());
        boolean http = protocol == Protocol.http || protocol == Protocol.https;
        if (clients.http() != null && !http) {
            part(scope, "http", "http or https", protocol, findings);
        }
        if (clients.tls() != null && protocol != Protocol.https) {
            part(scope, "tls", "https", protocol, findings);
        }
        if (clients.tcp() != null && protocol != Protocol.tcp) {
            part(scope, "tcp", "tcp", protocol, findings);
        }
        target(scope, http, protocol, findings);
        if (protocol != Protocol.rebind) {
            rebindOnly(scope, clients, protocol, findings);
        }
        if (clients.http() != null) {
            http(scope, clients.http(), findings);
            idle(scope, clients, clients.http(), findings);
        }
        Tls tls = clients.tls();
        if (tls != null && Boolean.TRUE.equals(tls.insecure()) && tls.caFile() != null) {
            findings.add(
                    scope.at("clients.tls.caFile"),
                    scope.at("clients.tls.insecure"),
                    "with insecure: true any certificate is taken, and no file is read; keep one of the two");
        }
        if (tls != null && tls.caFrom() != null) {
            certificates(scope, tls, tls.caFrom(), findings);
        }
        Tcp tcp = clients.tcp();
        if (tcp != null) {
            Rules.positive(scope.at("clients.tcp.timeout"), tcp.timeout(), "write one such as 5s", findings);
        }
    }

    private static void certificates(Scope scope, Tls tls, CertificateSource from, Findings findings) {
        String field = scope.at("clients.tls.caFrom");
        if ((from.configMapKeyRef() == null) == (from.secretKeyRef() == null)) {
            findings.add(field, "write one of configMapKeyRef and secretKeyRef");
        }
        if (Boolean.TRUE.equals(tls.insecure())) {
            findings.add(
                    field,
                    scope.at("clients.tls.insecure"),
                    "with insecure: true any certificate is taken, and none is read; keep one of the two");
        }
    }

    private static void part(Scope scope, String part, String belongsTo, Protocol protocol, Findings findings) {
        findings.add(
                scope.at("clients." + part),
                scope.at("clients.protocol"),
                "belongs to protocol: " + belongsTo + ", and here it is " + protocol + PARTS + belongsTo);
    }

    private static void target(Scope scope, boolean http, Protocol protocol, Findings findings) {
        Target target = scope.spec().target();
        boolean own = target == null || (target.workloadRef() == null && target.command() == null);
        if (http && own) {
            findings.add(
                    scope.at("clients.protocol"),
                    scope.at("target"),
                    "Rebind's own server does not speak HTTP, so that " + protocol
                            + " clients are never answered; write protocol: rebind or tcp, or name another server");
        }
    }

    private static void rebindOnly(Scope scope, Clients clients, Protocol protocol, Findings findings) {
        if (clients.behaviour() != null) {
            findings.add(
                    scope.at("clients.behaviour"),
                    scope.at("clients.protocol"),
                    "is about Rebind's words, and the protocol is " + protocol
                            + "; remove it: restart.close says who closes first, resets or stalls");
        }
        if (Boolean.TRUE.equals(clients.untilFull())) {
            findings.add(
                    scope.at("clients.untilFull"),
                    scope.at("clients.protocol"),
                    "needs a server that writes without end, which Rebind's own is; remove it, or write protocol: rebind");
        }
        Http http = clients.http();
        if (http != null && Boolean.FALSE.equals(http.keepAlive())) {
            String why = switch (scope.close()) {
                case client -> "somebody has to hold a connection to close it first";
                case stall -> "somebody has to hold a connection to stall";
                case server, reset, kill, keep, none -> null;
            };
            if (why != null) {
                findings.add(
                        scope.at("clients.http.keepAlive"),
                        scope.at("restart.close"),
                        "is false, and with restart.close: " + scope.close() + " " + why + "; write true");
            }
        }
    }

    private static void idle(Scope scope, Clients clients, Http http, Findings findings) {
        int idle = http.idleConnections() == null ? 0 : http.idleConnections();
        if (idle == 0) {
            return;
        }
        String field = scope.at("clients.http.idleConnections");
        if (Boolean.FALSE.equals(http.keepAlive())) {
            findings.add(
                    field,
                    scope.at("clients.http.keepAlive"),
                    "idle connections are kept open, and keepAlive is false; keep one of the two");
        }
        int connections = clients.connections() == null ? Clients.CONNECTIONS : clients.connections();
        if (idle >= connections) {
            findings.add(
                    field,
                    scope.at("clients.connections"),
                    "of " + connections + " connections " + idle
                            + " idle ones leave none for requests; write fewer, or more connections");
        }
    }

    private static void http(Scope scope, Http http, Findings findings) {
        Rules.positive(scope.at("clients.http.timeout"), http.timeout(), "write one such as 5s", findings);
        text(
                scope.at("clients.http.method"),
                http.method(),
                TOKEN,
                "no method of HTTP; write one such as GET",
                findings);
        text(
                scope.at("clients.http.path"),
                http.path(),
                PATH,
                "no path; write one that begins with / and has no spaces, such as /healthz",
                findings);
        List<Header> headers = Objects.requireNonNullElse(http.headers(), List.of());
        for (int at = 0; at < headers.size(); at++) {
            String field = scope.at("clients.http.headers[" + at + "]");
            text(
                    field + ".name",
                    headers.get(at).name(),
                    TOKEN,
                    "no name of a header; write one such as Accept",
                    findings);
            text(
                    field + ".value",
                    headers.get(at).value(),
                    VALUE,
                    "no value of a header; it has no line ends and no characters above U+00FF",
                    findings);
        }
    }

    private static void text(
            String field, @Nullable String text, Pattern pattern, String otherwise, Findings findings) {
        if (text != null && !pattern.matcher(text).matches()) {
            findings.add(field, "\"" + Excerpt.of(text) + "\" is " + otherwise);
        }
    }
}
