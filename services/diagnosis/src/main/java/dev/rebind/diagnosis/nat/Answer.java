package dev.rebind.diagnosis.nat;

import java.util.Collection;
import java.util.function.Function;

/** Whether a condition holds: for all clients that are meant, for none, or for some or one does not know for whom. */
public enum Answer {
    NO,
    MAYBE,
    YES;

    public static Answer of(boolean holds) {
        return holds ? YES : NO;
    }

    public Answer and(Answer other) {
        return compareTo(other) <= 0 ? this : other;
    }

    public Answer not() {
        return switch (this) {
            case NO -> YES;
            case MAYBE -> MAYBE;
            case YES -> NO;
        };
    }

    /** Whether one of several conditions holds. */
    public static <T> Answer any(Collection<T> all, Function<T, Answer> holds) {
        return all.stream().map(holds).max(Answer::compareTo).orElse(NO);
    }
}
