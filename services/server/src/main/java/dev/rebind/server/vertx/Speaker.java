package dev.rebind.server.vertx;

/** What a service does on one connection; on its event loop. */
interface Speaker {
    void heard(String line);

    /** The connection is about to end: nothing must be written any more. */
    void fallSilent();
}
