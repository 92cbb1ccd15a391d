package dev.rebind.record.bind;

/** Results of the new generation's first bind. */
public enum Outcome {
    bound,
    failed
}
