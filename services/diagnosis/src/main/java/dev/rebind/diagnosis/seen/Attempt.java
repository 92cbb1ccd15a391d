package dev.rebind.diagnosis.seen;

/**
 * A bind, and what came of it.
 *
 * @param reuseAddress SO_REUSEADDR of the socket
 */
public record Attempt(Place place, boolean reuseAddress, Result result) {
    public sealed interface Result {
        /** @param asked whether the kernel was asked; else it follows from another answer or from the rule */
        record Binds(boolean asked) implements Result {}

        /**
         * @param errno positive
         * @param asked whether the kernel was asked
         */
        record Refused(int errno, boolean asked) implements Result {}

        /** @param why a clause without a full stop */
        record NotKnown(String why) implements Result {}
    }

    public boolean binds() {
        return result instanceof Result.Binds;
    }
}
