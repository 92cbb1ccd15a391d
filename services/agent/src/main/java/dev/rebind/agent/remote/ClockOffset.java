package dev.rebind.agent.remote;

import java.util.function.LongSupplier;

/**
 * How two monotonic clocks differ, measured by asking for the other one's time: it was read somewhere within the round trip,
 * so the middle is wrong by half of it at most. The shortest round trip wins.
 *
 * @param nanos the agent's clock minus this one
 * @param errorNanos how far that may be from the truth, either way
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
