package dev.rebind.experiment.clients;

/** What clients speak. */
public enum Protocol {
    rebind,
    tcp,
    http,
    https
}
