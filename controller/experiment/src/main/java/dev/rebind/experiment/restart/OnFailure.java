package dev.rebind.experiment.restart;

/** What a cycle does after a failed bind. */
public enum OnFailure {
    wait,
    move,
    clear
}
