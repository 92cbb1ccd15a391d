package dev.rebind.sockets.bind;

import java.util.EnumSet;
import java.util.Set;

/**
 * A statement with the facts that it depends on. The kernel's rule asks for each fact once, so that the set is exact: each
 * fact in it changes the value for some values of the others.
 *
 * @param unknown empty unless the value is UNKNOWN
 */
record Truth(Flag value, Set<Unknown> unknown) {
    static final Truth YES = new Truth(Flag.ON, Set.of());
    static final Truth NO = new Truth(Flag.OFF, Set.of());

    Truth {
        unknown = Set.copyOf(unknown);
    }

    static Truth of(boolean value) {
        return value ? YES : NO;
    }

    static Truth of(Flag flag, Unknown fact) {
        return switch (flag) {
            case ON -> YES;
            case OFF -> NO;
            case UNKNOWN -> unknown(fact);
        };
    }

    static Truth unknown(Unknown fact) {
        return new Truth(Flag.UNKNOWN, Set.of(fact));
    }

    boolean possible() {
        return value != Flag.OFF;
    }

    Truth and(Truth other) {
        if (value == Flag.OFF || other.value == Flag.OFF) {
            return NO;
        }
        if (value == Flag.ON) {
            return other;
        }
        if (other.value == Flag.ON) {
            return this;
        }
        var both = EnumSet.copyOf(unknown);
        both.addAll(other.unknown);
        return new Truth(Flag.UNKNOWN, both);
    }

    Truth or(Truth other) {
        return not().and(other.not()).not();
    }

    Truth not() {
        return switch (value) {
            case ON -> NO;
            case OFF -> YES;
            case UNKNOWN -> this;
        };
    }
}
