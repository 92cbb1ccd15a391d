package dev.rebind.operator.workload;

import dev.rebind.agent.remote.AgentException;
import dev.rebind.agent.remote.RemoteAgent;
import dev.rebind.agent.wire.WireMessages.BaselineState;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Waits for the server that an agent runs while no experiment holds the agent. */
final class OwnServer {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

    /** Asks an agent for the state of its own server. */
    @FunctionalInterface
    interface States {
        BaselineState ask() throws AgentException, InterruptedException;
    }

    private OwnServer() {}

    static States of(RemoteAgent agent) {
        return () -> agent.ask().baseline().state();
    }

    /**
     * Waits until the agent's own server is bound.
     *
     * @param since when the controller began to give the target back, in {@link System#nanoTime()}
     * @param atMost how long to wait; zero for one look
     */
    static Restoration await(States states, long since, Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (true) {
            String why;
            try {
                BaselineState state = states.ask();
                Restoration restored = restored(state, since);
                if (restored != null) {
                    return restored;
                }
                why = "the agent says of its own server: " + state;
            } catch (AgentException e) {
                why = String.valueOf(e.getMessage());
            }
            if (System.nanoTime() - deadline >= 0) {
                return new Restoration.NotListening(
                        "its server was not seen to listen within " + atMost.toSeconds() + " s: " + why);
            }
            Thread.sleep(BETWEEN_LOOKS);
        }
    }

    private static @Nullable Restoration restored(BaselineState state, long since) {
        return switch (state) {
            case bound -> new Restoration.Listening(Duration.ofNanos(System.nanoTime() - since));
            case idle -> new Restoration.Listening(Duration.ZERO);
            case starting, failing, held, ended -> null;
        };
    }
}
