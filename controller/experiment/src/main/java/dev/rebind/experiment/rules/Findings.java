package dev.rebind.experiment.rules;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects findings in the order they are made; the same one from several steps is one. */
final class Findings {
    private final Set<Finding> found = new LinkedHashSet<>();

    void add(String field, String message) {
        found.add(new Finding(List.of(field), message));
    }

    /** A finding that two fields make together; the first is named. */
    void add(String field, String because, String message) {
        found.add(new Finding(List.of(field, because), message));
    }

    List<Finding> all() {
        return List.copyOf(found);
    }
}
