package dev.rebind.diagnosis.json;

import dev.rebind.diagnosis.Audit;
import dev.rebind.diagnosis.Cause;
import dev.rebind.diagnosis.PodsAudit;
import dev.rebind.diagnosis.finding.AuditedListener;
import dev.rebind.diagnosis.finding.Holder;
import dev.rebind.diagnosis.finding.Refusal;
import dev.rebind.diagnosis.finding.RestartOutlook;
import dev.rebind.diagnosis.text.AuditTable;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.options.SocketOptions;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An audit as one JSON object in one line. Names and units are those of {@link DiagnosisJson}. Pure. */
public final class AuditJson {
    private AuditJson() {}

    public static String write(Audit.Read audit) {
        Map<String, @Nullable Object> map = head(audit, audit.verdict());
        map.put(
                "listeners",
                audit.listeners().stream()
                        .map(listener -> listener(audit, listener))
                        .toList());
        return JsonWriter.write(map);
    }

    /**
     * The pods of a node in the same form. A process has its name, and neither its arguments, which may have secrets in them, nor the
     * path of its program.
     */
    public static String write(PodsAudit audit) {
        Audit.Read read = audit.read();
        Map<String, @Nullable Object> map = head(read, audit.verdict());
        map.put(
                "listeners",
                audit.listeners().stream().map(found -> ofPod(read, found)).toList());
        map.put(
                "untold",
                audit.untold().stream()
                        .map(untold -> Map.of("pod", Map.of("uid", untold.uid()), "why", untold.why()))
                        .toList());
        map.put("left_out", audit.leftOut());
        return JsonWriter.write(map);
    }

    private static Map<String, @Nullable Object> head(Audit.Read audit, Audit.Verdict verdict) {
        var map = new LinkedHashMap<String, @Nullable Object>();
        map.put("at", audit.at().toString());
        map.put("verdict", DiagnosisJson.name(verdict));
        map.put("exit_code", verdict.exitCode());
        return map;
    }

    private static Map<String, @Nullable Object> ofPod(Audit.Read audit, PodsAudit.OfPod found) {
        Map<String, @Nullable Object> map = listener(audit, found.listener());
        map.put("holder", HolderJson.brief(found.listener().holder()));
        if (found.listener().restart() instanceof RestartOutlook.Blocked blocked
                && map.get("restart") instanceof Map<?, ?> restart) {
            var brief = new LinkedHashMap<Object, @Nullable Object>(restart);
            brief.put("blocker", HolderJson.brief(blocked.holder()));
            map.put("restart", brief);
        }
        var pod = new LinkedHashMap<String, @Nullable Object>();
        pod.put("uid", found.pod().uid());
        pod.put("container_id", found.pod().container().orElse(null));
        pod.put("shared_network", found.pod().shared());
        map.put("pod", pod);
        return map;
    }

    private static Map<String, @Nullable Object> listener(Audit.Read audit, AuditedListener listener) {
        var map = new LinkedHashMap<String, @Nullable Object>();
        String local = listener.first().local().toString();
        map.put("port", listener.first().local().port());
        map.put("address", local.substring(0, local.lastIndexOf(':')).replaceAll("[\\[\\]]", ""));
        map.put("family", listener.first().family() == Family.IPV4 ? "ipv4" : "ipv6");
        map.put("v6_only", listener.first().v6Only());
        map.put("sockets", listener.sockets().size());
        map.put("holder", HolderJson.of(listener.holder()));
        map.put("options", listener.options().map(AuditJson::options).orElse(null));
        map.put("queue", listener.queue());
        map.put("backlog", number(listener.backlog()));
        map.put("dropped", number(listener.dropped()));
        map.put("ephemeral_port", listener.ephemeral());
        map.put("inheritable", listener.inheritable().orElse(null));
        var connections = new TreeMap<String, Integer>();
        listener.connections().forEach((state, count) -> connections.put(state.name(), count));
        map.put("connections", connections);
        map.put("restart", restart(audit, listener));
        return map;
    }

    private static Map<String, @Nullable Object> options(SocketOptions options) {
        var map = new LinkedHashMap<String, @Nullable Object>();
        map.put("reuse_address", options.reuseAddress());
        map.put("reuse_port", options.reusePort());
        map.put("device", options.boundDevice());
        map.put("keep_alive", options.keepAlive());
        map.put("keep_idle_seconds", number(options.keepIdleSeconds()));
        map.put("user_timeout_ms", number(options.userTimeoutMillis()));
        map.put("linger_seconds", options.lingerSeconds());
        return map;
    }

    private static Map<String, @Nullable Object> restart(Audit.Read audit, AuditedListener listener) {
        var map = new LinkedHashMap<String, @Nullable Object>();
        map.put("verdict", DiagnosisJson.name(Audit.Verdict.of(listener.restart())));
        map.put("kind", DiagnosisJson.kind(listener.restart()));
        switch (listener.restart()) {
            case RestartOutlook.BindsAtOnce _ -> {}
            case RestartOutlook.BlockedByItsConnections(int open, int reset, Duration blockedFor, boolean assumed) -> {
                map.put("open", open);
                map.put("reset", reset);
                map.put("blocked_for", (double) blockedFor.toSeconds());
                map.put("blocked_for_assumed", assumed);
            }
            case RestartOutlook.Blocked blocked -> {
                map.put("until", DiagnosisJson.ending(blocked.until()));
                map.put("cause", blocked.cause().name().toLowerCase(Locale.ROOT));
                map.put("blocker", HolderJson.of(blocked.holder()));
                map.put("blocking", blocked.sockets());
            }
            case RestartOutlook.Refused(Cause cause, Refusal _) ->
                map.put("cause", cause.name().toLowerCase(Locale.ROOT));
            case RestartOutlook.CannotTell(RestartOutlook.Missing missing) -> {
                map.put("missing", DiagnosisJson.kind(missing));
                if (missing instanceof RestartOutlook.Missing.Unseen(Holder.Unseen unseen)) {
                    map.put("why", DiagnosisJson.name(unseen.why()));
                }
            }
        }
        map.put("text", new AuditTable(ZoneOffset.UTC).restart(audit, listener));
        return map;
    }

    private static @Nullable Integer number(OptionalInt number) {
        return number.isPresent() ? number.getAsInt() : null;
    }

    private static @Nullable Long number(OptionalLong number) {
        return number.isPresent() ? number.getAsLong() : null;
    }
}
