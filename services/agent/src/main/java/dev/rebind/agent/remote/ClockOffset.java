package dev.rebind.agent.remote;

import java.util.function.LongSupplier;

/**
 * The difference between two monotonic clocks, measured by requests for the other clock's time. The agent reads its clock at some moment of
 * the round trip, so the middle of the round trip is wrong by at most half of it. The shortest round trip gives the result.
 *
 * @param nanos the agent's clock minus this one
 * @param errorNanos the largest possible error, in either direction
 */
public record ClockOffset(long nanos, long errorNanos) {
    static final int ROUNDS = 12;

    /** Asks the agent for its time. */
    @FunctionalInterface
    interface Ask {
        long nanoTime() throws AgentException, InterruptedException;
    }

    static ClockOffset measure(LongSupplier here, Ask agent) throws AgentException, InterruptedException {
        ClockOffset best = null;
        for (int round = 0; round < ROUNDS; round++) {
            long before = here.getAsLong();
            long there = agent.nanoTime();
            long half = (here.getAsLong() - before) / 2 + 1;
            if (best == null || half < best.errorNanos()) {
                best = new ClockOffset(there - (before + half), half);
            }
        }
        if (best == null) {
            throw new IllegalStateException("there is at least one round");
        }
        return best;
    }

    long toHere(long agentNanos) {
        return agentNanos - nanos;
    }

    long toAgent(long hereNanos) {
        return hereNanos + nanos;
    }
}
