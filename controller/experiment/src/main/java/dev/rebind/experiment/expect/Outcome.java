package dev.rebind.experiment.expect;

/** Results of a generation's first bind. */
public enum Outcome {
    bound,
    failed
}
