package dev.rebind.sockets.bind;

/** A socket option as far as it is known: the kernel shows another socket's options to nobody. */
public enum Flag {
    ON,
    OFF,
    UNKNOWN;

    public static Flag of(boolean on) {
        return on ? ON : OFF;
    }
}
