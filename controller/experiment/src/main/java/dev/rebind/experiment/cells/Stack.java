package dev.rebind.experiment.cells;

/** Address families of the two sockets. */
public enum Stack {
    IPv4,
    IPv6,
    /** One socket is a dual-stack IPv6 socket, and the other one is IPv4. */
    dual
}
