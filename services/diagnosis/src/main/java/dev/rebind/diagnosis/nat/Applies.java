package dev.rebind.diagnosis.nat;

import java.util.Collection;
import java.util.function.Function;

/** Whether a condition holds: for all clients that are meant, for none, or for some or one does not know for whom. */
public enum Applies {
    NO,
    MAYBE,
    YES;

    public static Applies of(boolean holds) {
        return holds ? YES : NO;
    }

    public Applies and(Applies other) {
        return compareTo(other) <= 0 ? this : other;
    }

    public Applies not() {
        return switch (this) {
            case NO -> YES;
            case MAYBE -> MAYBE;
            case YES -> NO;
        };
    }

    /** Whether one of several conditions holds. */
    public static <T> Applies any(Collection<T> all, Function<T, Applies> holds) {
        return all.stream().map(holds).max(Applies::compareTo).orElse(NO);
    }
}
