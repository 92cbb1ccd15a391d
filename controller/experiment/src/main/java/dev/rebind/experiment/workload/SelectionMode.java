package dev.rebind.experiment.workload;

/** How the number of pods is given. */
public enum SelectionMode {
    one,
    all,
    count,
    percent
}
