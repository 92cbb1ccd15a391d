package dev.rebind.plan;

/** Which addresses and ports the cycles of one copy of an experiment use. */
public enum Places {
    /**
     * All cycles share one place (onFailure wait or clear), so the old generation of a cycle is the last one that was bound. If the port is
     * 0, each copy picks a free port once. If the port is given, each copy except the first uses it with another address of 127.0.0.0/8.
     */
    shared,
    /**
     * Each cycle has its own place and its own old generation. If the port is 0, each cycle picks a free port. If it is given, each cycle
     * uses it with another address of 127.0.0.0/8.
     */
    own
}
