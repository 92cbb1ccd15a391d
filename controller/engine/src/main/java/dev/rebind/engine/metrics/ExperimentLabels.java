package dev.rebind.engine.metrics;

/**
 * An experiment as its series are labelled.
 *
 * @param namespace empty on one machine
 * @param uid tells it from another one of the same name, before or after it
 */
public record ExperimentLabels(String namespace, String name, String uid) {
    /** One of {@code rebind run}. */
    public static ExperimentLabels local(String name) {
        return new ExperimentLabels("", name, "");
    }
}
