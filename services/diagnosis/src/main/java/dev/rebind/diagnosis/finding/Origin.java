package dev.rebind.diagnosis.finding;

/** How a socket came to the port. */
public enum Origin {
    /** It was bound to the port itself: it listens, or is only bound. */
    BOUND,
    /** It was accepted here: the kernel's count of its bytes tells it, or a listener that is there and has its address. */
    ACCEPTED,
    /** Probably accepted here: its two ports tell it, as connections that go out have theirs from ip_local_port_range. */
    PROBABLY_ACCEPTED,
    /** It goes out from the port: its state or the kernel's count of its bytes tells it. */
    OUTGOING,
    /** It probably goes out, which its two ports tell. */
    PROBABLY_OUTGOING,
    /** Nothing tells whether it was accepted here or goes out. */
    EITHER,
    /** Both ends are the same socket. */
    ITSELF;

    public boolean goesOut() {
        return this == OUTGOING || this == PROBABLY_OUTGOING;
    }

    public boolean accepted() {
        return this == ACCEPTED || this == PROBABLY_ACCEPTED;
    }
}
