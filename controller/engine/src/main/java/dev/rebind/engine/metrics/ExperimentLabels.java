package dev.rebind.engine.metrics;

/**
 * The labels of an experiment's series.
 *
 * @param namespace empty on one machine
 * @param uid distinguishes the experiment from an earlier or later one of the same name; empty on one machine
 */
public record ExperimentLabels(String namespace, String name, String uid) {
    /** Returns the labels of an experiment of {@code rebind run}. */
    public static ExperimentLabels local(String name) {
        return new ExperimentLabels("", name, "");
    }
}
