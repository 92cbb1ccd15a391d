package dev.rebind.experiment.expect;

/** Calls that can fail on a port in use. */
public enum Call {
    bind,
    listen
}
