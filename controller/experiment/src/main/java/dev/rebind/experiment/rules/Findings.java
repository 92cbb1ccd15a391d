package dev.rebind.experiment.rules;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects findings in the order in which they are made. The same finding from several steps appears once. */
final class Findings {
    private final Set<Finding> found = new LinkedHashSet<>();

    void add(String field, String message) {
        found.add(new Finding(List.of(field), message));
    }

    /** Adds a finding that two fields cause together; it is reported at the first one. */
    void add(String field, String because, String message) {
        found.add(new Finding(List.of(field, because), message));
    }

    List<Finding> all() {
        return List.copyOf(found);
    }
}
