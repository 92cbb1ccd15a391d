package dev.rebind.engine.metrics;

/**
 * The labels of an experiment's series.
 *
 * @param namespace empty on one machine
 * @param uid distinguishes it from another experiment of the same name, before or after it
 */
public record ExperimentLabels(String namespace, String name, String uid) {
    /** An experiment of {@code rebind run}. */
    public static ExperimentLabels local(String name) {
        return new ExperimentLabels("", name, "");
    }
}
