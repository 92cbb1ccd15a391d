package dev.rebind.experiment.workload;

/** How an experiment gives the number of pods. */
public enum SelectionMode {
    one,
    all,
    count,
    percent
}
