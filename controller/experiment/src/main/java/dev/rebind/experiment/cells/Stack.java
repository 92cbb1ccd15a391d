package dev.rebind.experiment.cells;

/** Address families of the two sockets. */
public enum Stack {
    IPv4,
    IPv6,
    /** The new socket is a dual-stack IPv6 one, or the old one is, and the other end of the pair is IPv4. */
    dual
}
