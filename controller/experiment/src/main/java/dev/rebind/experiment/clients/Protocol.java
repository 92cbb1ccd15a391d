package dev.rebind.experiment.clients;

/** Protocols that clients can use. */
public enum Protocol {
    rebind,
    tcp,
    http,
    https
}
