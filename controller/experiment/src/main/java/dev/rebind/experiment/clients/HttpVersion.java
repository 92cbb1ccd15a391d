package dev.rebind.experiment.clients;

/** HTTP versions that clients can use. */
public enum HttpVersion {
    http1,
    http2
}
