package dev.rebind.experiment.server;

/** What the server does with a connection. */
public enum Service {
    stream,
    echo
}
