package dev.rebind.sockets.bind;

/** A socket option as far as it is known: the kernel shows another socket's options to nobody. */
public enum Flag {
    ON,
    OFF,
    UNKNOWN;

    public static Flag of(boolean on) {
        return on ? ON : OFF;
    }

    Flag and(Flag other) {
        if (this == OFF || other == OFF) {
            return OFF;
        }
        return this == ON && other == ON ? ON : UNKNOWN;
    }

    Flag or(Flag other) {
        return not(not(this).and(not(other)));
    }

    static Flag not(Flag flag) {
        return switch (flag) {
            case ON -> OFF;
            case OFF -> ON;
            case UNKNOWN -> UNKNOWN;
        };
    }
}
