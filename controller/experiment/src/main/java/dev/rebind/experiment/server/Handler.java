package dev.rebind.experiment.server;

/** Who serves a connection. */
public enum Handler {
    own,
    process
}
