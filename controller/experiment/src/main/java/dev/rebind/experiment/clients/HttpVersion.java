package dev.rebind.experiment.clients;

/** Versions of HTTP that clients speak. */
public enum HttpVersion {
    http1,
    http2
}
