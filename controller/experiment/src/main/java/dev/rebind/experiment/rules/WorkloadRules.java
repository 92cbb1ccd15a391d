package dev.rebind.experiment.rules;

import dev.rebind.experiment.Excerpt;
import dev.rebind.experiment.ExperimentSpec;
import dev.rebind.experiment.ExperimentSpec.ConfigMapKey;
import dev.rebind.experiment.ExperimentSpec.Mode;
import dev.rebind.experiment.ExperimentSpec.WorkloadRef;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What names something in a cluster, and what contradicts itself there whatever the cluster has. */
final class WorkloadRules {
    /** RFC 1123, section 2.1, as Kubernetes takes it for the names of most objects: labels with dots between them. */
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
        if (spec.toggle() != null) {
            toggle(spec.toggle().configMapKeyRef(), findings);
        }
        if (Boolean.TRUE.equals(spec.suspend()) && Boolean.TRUE.equals(spec.terminate())) {
            findings.add(
                    "spec.suspend", "spec.terminate", "terminate ends what suspend would pause; remove one of the two");
        }
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
