package dev.rebind.operator.resource;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** What fields of a spec must not be together, in CEL. */
final class Rules {
    private static final String CLOSE =
            "(has(self.restart) && has(self.restart.close) ? self.restart.close : 'server')";
    private static final String MODE = "(has(self.restart) && has(self.restart.mode) ? self.restart.mode : 'process')";
    private static final String SERVER = "has(self.target) && has(self.target.server)";
    private static final String FRESH = MODE + " in ['container', 'pod', 'rollout']";
    private static final String NO_CLIENTS =
            "has(self.clients) && has(self.clients.connections) && self.clients.connections == 0";
    private static final String BEHAVIOUR =
            "(has(self.clients) && has(self.clients.behaviour) ? self.clients.behaviour : '')";
    private static final String STALLS =
            "(" + BEHAVIOUR + " == 'stall' || " + BEHAVIOUR + " == '' && " + CLOSE + " == 'stall')";

    /** RFC 1123, section 2.1, as in the reader's rules. */
    private static final String NAME = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";

    /** As in the reader's rules. */
    private static final String SERVICE =
            "^[a-z]([-a-z0-9]{0,61}[a-z0-9])?(:([1-9][0-9]{0,4}|[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?))?$";

    private static final String TOGGLE = "self.toggle.configMapKeyRef";
    private static final String REF = "has(self.target) && has(self.target.workloadRef)";

    private Rules() {}

    static void add(ObjectNode spec) {
        ArrayNode rules = spec.putArray("x-kubernetes-validations");
        rule(
                rules,
                "!(has(self.cycles) && has(self.duration))",
                "cycles and duration exclude each other; keep one of them",
                ".duration");
        not(
                rules,
                "has(self.reuseAddress) && [has(self.reuseAddress.value), has(self.reuseAddress.sequence),"
                        + " has(self.reuseAddress.matrix)].filter(x, x).size() != 1",
                "write one of value, sequence and matrix",
                ".reuseAddress");
        not(
                rules,
                "has(self.reuseAddress) && has(self.reuseAddress.matrix) && !self.reuseAddress.matrix",
                "false asks for nothing; write true, or value: false in its place",
                ".reuseAddress");
        not(
                rules,
                "has(self.reuseAddress) && has(self.reuseAddress.sequence) && self.reuseAddress.sequence.size() < 2",
                "a restart has an old and a new generation, so a sequence needs two values or more; for one use value",
                ".reuseAddress");
        not(
                rules,
                "has(self.retry) && has(self.onFailure) && self.onFailure != 'wait'",
                "a failed bind is tried again with onFailure: wait only; remove retry",
                ".retry");
        durations(rules);
        workload(rules);
        mode(rules);
        clients(rules);
        expect(rules);
    }

    private static void durations(ArrayNode rules) {
        positive(rules, "duration", "write how long to go on, such as 10m");
        positive(rules, "restart.gracePeriod", "to end the server at once write close: kill");
        positive(rules, "retry.interval", "a pause of 1ms is the shortest of use");
        positive(rules, "retry.timeout", "write how long to go on, such as 90s");
        positive(rules, "expect.maxDowntime", "no restart takes no time");
        positive(rules, "expect.boundWithin", "write how long the binds may go on failing, such as 65s");
        positive(rules, "expect.servedWithin", "write how long clients may take to be served, such as 90s");
        not(
                rules,
                "has(self.retry) && has(self.retry.interval) && has(self.retry.timeout)"
                        + " && duration(self.retry.interval) > duration(self.retry.timeout)",
                "interval is longer than timeout, so that nothing would be tried again; make it shorter",
                ".retry.interval");
    }

    private static void positive(ArrayNode rules, String field, String instead) {
        int dot = field.indexOf('.');
        String above = dot < 0 ? "" : "has(self." + field.substring(0, dot) + ") && ";
        not(
                rules,
                above + "has(self." + field + ") && duration(self." + field + ") == duration('0s')",
                "must be more than 0; " + instead,
                "." + field);
    }

    /** Not here: suspend together with terminate. What is suspended may be terminated, and only a new one may not be both. */
    private static void workload(ArrayNode rules) {
        not(
                rules,
                REF + " && " + SERVER + " && " + FRESH,
                "in mode: container, pod or rollout a workload starts its server by itself, with settings of its own; remove"
                        + " target.server, or write mode: process or listener",
                ".target");
        for (String field : new String[] {"transport", "reusePort", "backlog", "handler"}) {
            not(
                    rules,
                    SERVER + " && has(self.target.server." + field + ") && " + FRESH,
                    "in mode: container, pod or rollout the container starts its server by itself, and takes no "
                            + field + "; remove it, or write mode: process or listener",
                    ".target.server." + field);
        }
        not(
                rules,
                REF + " && has(self.target.workloadRef.stopCommand) && " + MODE + " != 'container'",
                "stopCommand is run with mode: container only; remove it",
                ".target.workloadRef.stopCommand");
        name(rules, REF, "target.workloadRef.name");
        name(rules, REF + " && has(self.target.workloadRef.container)", "target.workloadRef.container");
        name(rules, "has(self.toggle)", "toggle.configMapKeyRef.name");
        not(
                rules,
                "has(self.toggle) && (size(" + TOGGLE + ".key) > 253 || !" + TOGGLE
                        + ".key.matches('^[-._a-zA-Z0-9]+$'))",
                "it is no key of a ConfigMap; use letters, digits, -, _ and .",
                ".toggle.configMapKeyRef.key");
        not(
                rules,
                "has(self.toggle) && (has(" + TOGGLE + ".on) ? " + TOGGLE + ".on : 'true') == (has(" + TOGGLE
                        + ".off) ? " + TOGGLE + ".off : 'false')",
                "on and off are the same, so that nothing would be toggled; make them differ",
                ".toggle.configMapKeyRef");
    }

    /** @param there CEL: whether the field is there */
    private static void name(ArrayNode rules, String there, String field) {
        not(
                rules,
                there + " && (size(self." + field + ") > 253 || !self." + field + ".matches('" + NAME + "'))",
                "it is no name in Kubernetes; use lower-case letters, digits, - and ., 253 characters or less",
                "." + field);
    }

    private static void mode(ArrayNode rules) {
        not(
                rules,
                MODE + " == 'listener' && " + CLOSE + " == 'kill'",
                "in mode: listener the server lives in the agent's own process, which cannot be killed; write mode: process",
                ".restart");
        not(
                rules,
                MODE + " == 'listener' && " + SERVER
                        + " && has(self.target.server.handler) && self.target.server.handler == 'process'",
                "in mode: listener one process serves everything; write mode: process, or target.server.handler: own",
                ".restart");
        not(
                rules,
                FRESH + " && " + CLOSE + " in ['reset', 'kill']",
                "in mode: container, pod or rollout the server is told to stop and closes its connections; write close:"
                        + " server, client or stall, or mode: process",
                ".restart");
        not(
                rules,
                FRESH + " && has(self.onFailure) && self.onFailure == 'clear'",
                "in mode: container, pod or rollout the fresh container tries by itself until it is bound; write wait",
                ".onFailure");
        not(
                rules,
                "has(self.toggle) && !(" + FRESH + ")",
                "in mode: listener or process the agent gives the server its options, and no ConfigMap is read; remove"
                        + " toggle, or write mode: container, pod or rollout",
                ".toggle");
        not(
                rules,
                "has(self.restore) && !(" + FRESH + ")",
                "in mode: listener or process the agent gives the server its options, and no container has to read them"
                        + " again; remove restore, or write mode: container, pod or rollout",
                ".restore");
        not(
                rules,
                "has(self.concurrency) && !has(self.selection)",
                "concurrency is about several pods; write selection too",
                ".concurrency");
        not(
                rules,
                "has(self.selection) && " + MODE + " == 'rollout'",
                "in mode: rollout the workload replaces its pods in an order of its own; remove selection",
                ".selection");
        not(
                rules,
                "has(self.selection) && (self.selection.mode in ['count', 'percent']) != has(self.selection.value)",
                "value says how many with mode: count or percent, and is for them alone",
                ".selection");
        not(
                rules,
                "has(self.selection) && self.selection.mode == 'percent' && has(self.selection.value) &&"
                        + " self.selection.value > 100",
                "a percentage is 100 at most",
                ".selection");
        not(
                rules,
                "has(self.restart) && has(self.restart.ignoreDisruptionBudget) && " + MODE + " != 'pod'",
                "disruption budgets are about mode: pod; remove ignoreDisruptionBudget",
                ".restart");
        not(
                rules,
                SERVER + " && has(self.target.server.reusePort) && self.target.server.reusePort"
                        + " && (!has(self.target.server.transport) || self.target.server.transport == 'nio')",
                "the transport nio ignores reusePort; write transport: epoll or io_uring",
                ".target");
    }

    private static void clients(ArrayNode rules) {
        not(
                rules,
                NO_CLIENTS + " && " + CLOSE + " in ['client', 'stall', 'reset']",
                "connections is 0, and with restart.close: client, stall or reset there must be some; write 1 or more",
                ".clients");
        not(
                rules,
                BEHAVIOUR + " in ['close-first', 'reset'] && " + CLOSE + " != 'client'",
                "clients that close or reset first belong to restart.close: client",
                ".clients");
        not(
                rules,
                BEHAVIOUR + " == 'stall' && !(" + CLOSE + " in ['stall', 'kill', 'reset'])",
                "clients that stall belong to restart.close: stall, kill or reset",
                ".clients");
        not(
                rules,
                BEHAVIOUR + " in ['read', 'echo'] && " + CLOSE + " in ['client', 'stall']",
                "clients that read or echo neither close first nor stall; change restart.close, or leave behaviour out",
                ".clients");
        not(
                rules,
                BEHAVIOUR + " == 'read' && " + SERVER
                        + " && has(self.target.server.service) && self.target.server.service == 'echo'",
                "clients that read want a server that writes; write service: stream, or behaviour: echo",
                ".clients");
        not(
                rules,
                BEHAVIOUR + " == 'echo' && " + SERVER
                        + " && has(self.target.server.service) && self.target.server.service == 'stream'",
                "clients that wait for answers want service: echo; write that, or behaviour: read",
                ".clients");
        not(
                rules,
                "has(self.clients) && has(self.clients.untilFull) && self.clients.untilFull && !" + STALLS,
                "only clients that stall let their windows fill; write restart.close: stall, or remove untilFull",
                ".clients");
        String idle = "has(self.clients) && has(self.clients.http) && has(self.clients.http.idleConnections)"
                + " && self.clients.http.idleConnections > 0";
        not(
                rules,
                idle + " && has(self.clients.http.keepAlive) && !self.clients.http.keepAlive",
                "idle connections are kept open, and keepAlive is false; keep one of the two",
                ".clients.http");
        not(
                rules,
                idle + " && self.clients.http.idleConnections >= (has(self.clients.connections) ?"
                        + " self.clients.connections : 5)",
                "so many idle connections leave none for requests; write fewer, or more connections",
                ".clients.http");
        via(rules);
        certificates(rules);
    }

    private static void certificates(ArrayNode rules) {
        String from = "has(self.clients) && has(self.clients.tls) && has(self.clients.tls.caFrom)";
        not(
                rules,
                from + " && has(self.clients.tls.caFrom.configMapKeyRef) == has(self.clients.tls.caFrom.secretKeyRef)",
                "write one of configMapKeyRef and secretKeyRef",
                ".clients.tls.caFrom");
        not(
                rules,
                from + " && has(self.clients.tls.insecure) && self.clients.tls.insecure",
                "with insecure: true any certificate is taken, and none is read; keep one of the two",
                ".clients.tls.caFrom");
    }

    private static void via(ArrayNode rules) {
        String via = "has(self.clients) && has(self.clients.via)";
        not(
                rules,
                via + " && [has(self.clients.via.pod), has(self.clients.via.service), has(self.clients.via.hostPort),"
                        + " has(self.clients.via.url)].filter(x, x).size() != 1",
                "write one of pod, service, hostPort and url",
                ".clients.via");
        for (String flag : List.of("pod", "hostPort")) {
            not(
                    rules,
                    via + " && has(self.clients.via." + flag + ") && !self.clients.via." + flag,
                    "false asks for nothing; write true, or another way in its place",
                    ".clients.via." + flag);
        }
        not(
                rules,
                via + " && has(self.clients.via.service) && !self.clients.via.service.matches('" + SERVICE + "')",
                "it is not NAME or NAME:PORT; write the name of a Service, and the number or the name of its port",
                ".clients.via.service");
        not(
                rules,
                via + " && " + NO_CLIENTS,
                "there are no clients that would connect; give clients.connections, or remove via",
                ".clients.via");
        String url = via + " && has(self.clients.via.url)";
        not(
                rules,
                url
                        + " && (!isURL(self.clients.via.url) || !(url(self.clients.via.url).getScheme() in ['http', 'https'])"
                        + " || url(self.clients.via.url).getHostname() == '')",
                "it is no URL of HTTP; write one such as https://shop.example.com/health",
                ".clients.via.url");
        not(
                rules,
                url + " && has(self.clients.http) && has(self.clients.http.path)",
                "the URL has the path already; remove http.path",
                ".clients.http.path");
    }

    private static void expect(ArrayNode rules) {
        String bound = "has(self.expect) && has(self.expect.outcome) && self.expect.outcome == 'bound'";
        String fails = "(has(self.expect.outcome) && self.expect.outcome == 'failed' || has(self.expect.cause)"
                + " || has(self.expect.call))";
        not(
                rules,
                bound + " && (has(self.expect.cause) || has(self.expect.call))",
                "a bind that succeeds has no cause of failure and no call that fails; write outcome: failed, or remove them",
                ".expect");
        for (String limit : List.of("maxBindFailures", "boundWithin")) {
            not(
                    rules,
                    "has(self.expect) && has(self.expect." + limit + ") && " + fails,
                    limit + " stands in place of outcome: failed, cause and call; keep one or the other",
                    ".expect");
            not(
                    rules,
                    "has(self.expect) && has(self.expect." + limit
                            + ") && has(self.onFailure) && self.onFailure != 'wait'",
                    "binds are tried again with onFailure: wait only; expect an outcome instead of " + limit,
                    ".expect");
        }
        not(
                rules,
                "has(self.expect) && has(self.expect.maxDowntime) && " + NO_CLIENTS,
                "clients measure the downtime, and there are none; give clients.connections",
                ".expect");
        not(
                rules,
                "has(self.expect) && has(self.expect.servedWithin) && " + NO_CLIENTS,
                "there are no clients that could be served; give clients.connections, or remove servedWithin",
                ".expect");
        not(
                rules,
                "has(self.expect) && has(self.expect.maxDowntime) && has(self.clients) && has(self.clients.reconnect)"
                        + " && !self.clients.reconnect",
                "clients that do not come back never see the service again; remove reconnect: false",
                ".expect");
        not(
                rules,
                "has(self.expect) && has(self.expect.maxDowntime) && " + CLOSE + " == 'client' && " + http(),
                "clients that have closed first stay away until the new server is bound, so that no request shows how long"
                        + " the service was away; write close: server, or remove maxDowntime",
                ".expect");
        not(
                rules,
                "has(self.expect) && has(self.expect.maxDowntime) && " + STALLS,
                "clients that have stopped reading cannot measure a downtime; remove maxDowntime",
                ".expect");
    }

    /** As {@code Clients.spoken} has it. */
    private static String http() {
        return "has(self.clients) && (has(self.clients.protocol) ? self.clients.protocol in ['http', 'https'] :"
                + " has(self.clients.http) || has(self.clients.tls) || has(self.clients.via) && has(self.clients.via.url))";
    }

    private static void not(ArrayNode rules, String wrong, String message, String field) {
        rule(rules, "!(" + wrong + ")", message, field);
    }

    /** @param field below the schema that has the rule, with a dot before it; empty: that itself */
    static void rule(ArrayNode rules, String expression, String message, String field) {
        ObjectNode rule = rules.addObject();
        rule.put("rule", expression).put("message", message);
        if (!field.isEmpty()) {
            rule.put("fieldPath", field);
        }
        rule.put("reason", "FieldValueInvalid");
    }
}
