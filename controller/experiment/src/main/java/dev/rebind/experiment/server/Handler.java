package dev.rebind.experiment.server;

/** The process that serves a connection: the server itself, or one of its own for each. */
public enum Handler {
    own,
    process
}
