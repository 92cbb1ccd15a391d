package dev.rebind.diagnosis.nat;

import java.util.Collection;
import java.util.function.Function;

/** Whether a condition holds: for all clients that are meant, for none, or for some or one does not know for whom. */
enum Answer {
    NO,
    MAYBE,
    YES;

    static Answer of(boolean holds) {
        return holds ? YES : NO;
    }

    Answer and(Answer other) {
        return compareTo(other) <= 0 ? this : other;
    }

    Answer not() {
        return switch (this) {
            case NO -> YES;
            case MAYBE -> MAYBE;
            case YES -> NO;
        };
    }

    /** Whether one of several conditions holds. */
    static <T> Answer any(Collection<T> all, Function<T, Answer> holds) {
        return all.stream().map(holds).max(Answer::compareTo).orElse(NO);
    }
}
