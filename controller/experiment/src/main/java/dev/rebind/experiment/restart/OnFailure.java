package dev.rebind.experiment.restart;

/** What follows a failed bind. */
public enum OnFailure {
    wait,
    move,
    clear
}
