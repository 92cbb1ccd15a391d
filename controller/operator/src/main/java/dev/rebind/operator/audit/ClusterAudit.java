package dev.rebind.operator.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rebind.engine.metrics.ListenerMeters.Risk;
import dev.rebind.engine.metrics.ListenerMeters.Sample;
import dev.rebind.record.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The result of one audit of a cluster, with the JSON bodies for all answers.
 *
 * @param began when the audit began
 * @param samples the samples for the meters, worst first
 * @param leftOut how many listeners the audit found but does not show
 * @param untoldPods how many pods or namespaces could not be audited
 * @param whole the body for all namespaces
 * @param byNamespace the bodies of the namespaces that have listeners or failures
 */
record ClusterAudit(
        Instant began,
        List<Sample> samples,
        int leftOut,
        int untoldPods,
        String whole,
        Map<String, String> byNamespace) {
    /** The highest number of listeners in an answer. The answer shows the worst ones. */
    static final int MOST = 5_000;

    /**
     * The answer of one node, or why there is none.
     *
     * @param answer the answer; null if there is none
     * @param why the reason why there is no answer; empty if there is one
     */
    record Node(List<AuditedPod> pods, @Nullable JsonNode answer, String why) {
        static Node told(List<AuditedPod> pods, JsonNode answer) {
            return new Node(pods, answer, "");
        }

        static Node untold(List<AuditedPod> pods, String why) {
            return new Node(pods, null, why);
        }
    }

    /**
     * Combines the answers of all nodes.
     *
     * @param refused the namespaces whose pods the API server did not list, and why
     */
    static ClusterAudit of(Instant began, List<Node> nodes, Map<String, String> refused) {
        var listeners = new ArrayList<ObjectNode>();
        var untold = new ArrayList<ObjectNode>();
        int leftOut = 0;
        for (Node node : nodes) {
            JsonNode answer = node.answer();
            if (answer == null) {
                node.pods().forEach(pod -> untold.add(untold(pod.json(), node.why())));
                continue;
            }
            Map<String, AuditedPod> pods = node.pods().stream()
                    .collect(Collectors.toMap(AuditedPod::nodeUid, Function.identity(), (one, _) -> one));
            String at = answer.path("at").asText();
            answer.path("listeners").forEach(listener -> add(listener, at, pods, listeners));
            answer.path("untold").forEach(one -> {
                AuditedPod pod = pods.get(one.at("/pod/uid").asText());
                if (pod != null) {
                    untold.add(untold(pod.json(), one.path("why").asText()));
                }
            });
            leftOut += answer.path("left_out").asInt();
        }
        refused.forEach((namespace, why) ->
                untold.add(untold(Json.mapper().createObjectNode().put("namespace", namespace), why)));
        listeners.sort(Comparator.comparing((ObjectNode listener) -> risk(listener))
                .reversed()
                .thenComparing(listener -> text(listener, "/pod/namespace"))
                .thenComparing(listener -> text(listener, "/pod/name"))
                .thenComparingInt(listener -> listener.path("port").asInt()));
        List<ObjectNode> told = listeners.subList(0, Math.min(MOST, listeners.size()));
        int dropped = leftOut + listeners.size() - told.size();
        return new ClusterAudit(
                began,
                told.stream().map(ClusterAudit::sample).toList(),
                dropped,
                untold.size(),
                body(began, told, untold, dropped),
                bodies(began, told, untold, dropped));
    }

    private static void add(JsonNode listener, String at, Map<String, AuditedPod> pods, List<ObjectNode> listeners) {
        AuditedPod pod = pods.get(text(listener, "/pod/uid"));
        if (pod == null || !(listener instanceof ObjectNode told)) {
            return;
        }
        JsonNode id = listener.at("/pod/container_id");
        ObjectNode named = pod.json();
        named.put("container", pod.container(id.asText()));
        named.set("container_id", id);
        named.set("shared_network", listener.at("/pod/shared_network"));
        ObjectNode all = told.deepCopy();
        all.set("pod", named);
        all.put("at", at);
        listeners.add(all);
    }

    private static ObjectNode untold(ObjectNode pod, String why) {
        ObjectNode one = Json.mapper().createObjectNode();
        one.set("pod", pod);
        return one.put("why", why);
    }

    private static Map<String, String> bodies(
            Instant began, List<ObjectNode> listeners, List<ObjectNode> untold, int leftOut) {
        Map<String, List<ObjectNode>> told =
                listeners.stream().collect(Collectors.groupingBy(one -> text(one, "/pod/namespace")));
        Map<String, List<ObjectNode>> not =
                untold.stream().collect(Collectors.groupingBy(one -> text(one, "/pod/namespace")));
        var bodies = new HashMap<String, String>();
        not.forEach((namespace, pods) -> bodies.put(namespace, body(began, List.of(), pods, leftOut)));
        told.forEach((namespace, pods) ->
                bodies.put(namespace, body(began, pods, not.getOrDefault(namespace, List.of()), leftOut)));
        return bodies;
    }

    /** Returns the body for one namespace; for null, the body for all. */
    String body(@Nullable String namespace) {
        if (namespace == null) {
            return whole;
        }
        String known = byNamespace.get(namespace);
        return known == null ? body(began, List.of(), List.of(), leftOut) : known;
    }

    private static String body(Instant began, List<ObjectNode> listeners, List<ObjectNode> untold, int leftOut) {
        ObjectNode all = Json.mapper().createObjectNode();
        all.put("at", began.toString());
        List<String> verdicts =
                listeners.stream().map(one -> text(one, "/restart/verdict")).toList();
        boolean blocked = verdicts.contains("would_be_blocked");
        // A listener that no agent looked at may be blocked. So the verdict is "binds_at_once" only if the agents
        // looked at every pod.
        boolean known = untold.isEmpty() && verdicts.stream().allMatch("binds_at_once"::equals);
        all.put("verdict", blocked ? "would_be_blocked" : known ? "binds_at_once" : "not_known");
        all.put("exit_code", blocked ? 1 : known ? 0 : 3);
        all.putArray("listeners").addAll(listeners);
        all.putArray("untold").addAll(untold);
        all.put("left_out", leftOut);
        try {
            return Json.mapper().writeValueAsString(all);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an audit cannot be written: " + e.getOriginalMessage(), e);
        }
    }

    private static Risk risk(JsonNode listener) {
        return switch (text(listener, "/restart/kind")) {
            case "binds_at_once" -> Risk.BINDS_AT_ONCE;
            case "blocked_by_its_connections" -> Risk.BLOCKED_BY_ITS_CONNECTIONS;
            case "blocked", "refused" -> Risk.BLOCKED;
            // A value that only newer agents know counts as not known.
            default -> Risk.CANNOT_TELL;
        };
    }

    private static Sample sample(ObjectNode listener) {
        JsonNode container = listener.at("/pod/container");
        return new Sample(
                text(listener, "/pod/namespace"),
                text(listener, "/pod/name"),
                container.isTextual() ? container.asText() : null,
                text(listener, "/pod/node"),
                listener.path("port").asInt(),
                listener.path("address").asText(),
                option(listener, "reuse_address"),
                option(listener, "reuse_port"),
                listener.path("ephemeral_port").asBoolean(),
                risk(listener));
    }

    private static @Nullable Boolean option(JsonNode listener, String name) {
        JsonNode option = listener.path("options").path(name);
        return option.isBoolean() ? option.asBoolean() : null;
    }

    private static String text(JsonNode listener, String pointer) {
        return listener.at(pointer).asText();
    }
}
