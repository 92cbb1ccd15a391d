package dev.rebind.plan;

/** Which address and port the cycles of one copy of an experiment take. */
public enum Places {
    /**
     * One for all of them (onFailure wait or clear): the old generation of a cycle is the last one that was bound. Where
     * the port is 0 it is picked once a copy; where it is given, each copy but the first takes another address of
     * 127.0.0.0/8 with it.
     */
    shared,
    /**
     * Each cycle has its own, and an old generation of its own. Where the port is 0 a free one is picked; where it is
     * given, each cycle takes another address of 127.0.0.0/8 with it.
     */
    own
}
