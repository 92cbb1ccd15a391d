package dev.rebind.experiment.rules;

import dev.rebind.experiment.Excerpt;
import dev.rebind.experiment.ExperimentSpec;
import dev.rebind.experiment.restart.Mode;
import dev.rebind.experiment.server.BuiltinServer;
import dev.rebind.experiment.workload.ConfigMapKey;
import dev.rebind.experiment.workload.WorkloadRef;
import java.util.LinkedHashMap;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks references to objects of a cluster, and contradictions that do not depend on the cluster. */
final class WorkloadRules {
    /** The names of most Kubernetes objects: labels of RFC 1123, section 2.1, with dots between them. */
    private static final Pattern SUBDOMAIN =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

    private static final Pattern KEY = Pattern.compile("[-._a-zA-Z0-9]+");
    private static final int LONGEST = 253;
    private static final String ON = "true";
    private static final String OFF = "false";

    private WorkloadRules() {}

    static void check(ExperimentSpec spec, Mode mode, Findings findings) {
        WorkloadRef ref = spec.target() == null ? null : spec.target().workloadRef();
        if (ref != null) {
            name("spec.target.workloadRef.name", ref.name(), findings);
            name("spec.target.workloadRef.container", ref.container(), findings);
            if (ref.stopCommand() != null && mode != Mode.container) {
                findings.add(
                        "spec.target.workloadRef.stopCommand",
                        "spec.restart.mode",
                        "is run with mode: container only, and here it is " + mode + "; remove it");
            }
        }
        BuiltinServer server = spec.target() == null ? null : spec.target().server();
        if (server != null && mode.isFresh()) {
            server(server, ref, mode, findings);
        }
        if (spec.toggle() != null) {
            toggle(spec.toggle().configMapKeyRef(), findings);
        }
        if (Boolean.TRUE.equals(spec.suspend()) && Boolean.TRUE.equals(spec.terminate())) {
            findings.add(
                    "spec.suspend", "spec.terminate", "terminate ends what suspend would pause; remove one of the two");
        }
    }

    /** Checks the built-in server, because a restarted container starts its own server. */
    private static void server(BuiltinServer server, @Nullable WorkloadRef ref, Mode mode, Findings findings) {
        if (ref != null) {
            findings.add(
                    "spec.target.server",
                    "spec.target.workloadRef",
                    "in mode: " + mode
                            + " a workload starts its server by itself, with settings of its own; remove server,"
                            + " or write mode: process or listener");
            return;
        }
        var settings = new LinkedHashMap<String, @Nullable Object>();
        settings.put("transport", server.transport());
        settings.put("reusePort", server.reusePort());
        settings.put("backlog", server.backlog());
        settings.put("handler", server.handler());
        settings.forEach((name, value) -> {
            if (value != null) {
                findings.add(
                        "spec.target.server." + name,
                        "spec.restart.mode",
                        "in mode: " + mode + " the container starts its server by itself, and takes no " + name
                                + "; remove it, or write mode: process or listener");
            }
        });
    }

    private static void toggle(ConfigMapKey key, Findings findings) {
        name("spec.toggle.configMapKeyRef.name", key.name(), findings);
        if (key.key().length() > LONGEST || !KEY.matcher(key.key()).matches()) {
            findings.add(
                    "spec.toggle.configMapKeyRef.key",
                    "\"" + Excerpt.of(key.key()) + "\" is no key of a ConfigMap; use letters, digits, -, _ and .");
        }
        String on = Objects.requireNonNullElse(key.on(), ON);
        String off = Objects.requireNonNullElse(key.off(), OFF);
        if (on.equals(off)) {
            findings.add(
                    "spec.toggle.configMapKeyRef.on",
                    "spec.toggle.configMapKeyRef.off",
                    "on and off are both \"" + Excerpt.of(on)
                            + "\", so that nothing would be toggled; make them differ");
        }
    }

    private static void name(String field, @Nullable String name, Findings findings) {
        if (name != null && (name.length() > LONGEST || !SUBDOMAIN.matcher(name).matches())) {
            findings.add(
                    field,
                    "\"" + Excerpt.of(name) + "\" is no name in Kubernetes; use lower-case letters, digits, - and ., "
                            + LONGEST + " characters or less");
        }
    }
}
