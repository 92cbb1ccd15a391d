package dev.rebind.experiment.rules;

import dev.rebind.experiment.Excerpt;
import dev.rebind.experiment.Experiment;
import dev.rebind.experiment.Experiment.Metadata;
import java.util.List;
import java.util.regex.Pattern;

/** Checks names against the rules of Kubernetes. */
public final class NameRules {
    /** A label of RFC 1123, section 2.1, in lower case. */
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");

    private static final int LONGEST = 63;

    private NameRules() {}

    public static List<Finding> check(Metadata metadata) {
        var findings = new Findings();
        name("metadata.name", metadata.name(), findings);
        if (metadata.namespace() != null) {
            name("metadata.namespace", metadata.namespace(), findings);
        }
        String tour = metadata.labels() == null ? null : metadata.labels().get(Experiment.TOUR_LABEL);
        if (tour != null && !tour.equals("long")) {
            findings.add(
                    "metadata.labels." + Experiment.TOUR_LABEL,
                    "\"" + Excerpt.of(tour)
                            + "\" means nothing; write long to keep the experiment out of the tour, or remove the label");
        }
        return findings.all();
    }

    private static void name(String field, String name, Findings findings) {
        if (!LABEL.matcher(name).matches()) {
            findings.add(
                    field,
                    "\"" + Excerpt.of(name)
                            + "\" is not an RFC 1123 label; use lower-case letters, digits and -, and begin and end"
                            + " with a letter or digit, such as server-closes-first");
        } else if (name.length() > LONGEST) {
            findings.add(field, "has " + name.length() + " characters; use " + LONGEST + " or less");
        }
    }
}
