package dev.rebind.agent.remote;

import dev.rebind.agent.wire.WireMessages.Holder;
import dev.rebind.agent.wire.WireMessages.Problem;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** An agent could not be reached, or refused. The message names the agent and the reason. */
public final class AgentException extends IOException {
    private static final long serialVersionUID = 1;

    private final transient @Nullable Problem problem;

    /** Of an agent that was reached, and is not as it should be. */
    public AgentException(String message) {
        this(message, null, null);
    }

    AgentException(String message, @Nullable Problem problem, @Nullable Throwable cause) {
        super(message, cause);
        this.problem = problem;
    }

    /** As the agent itself answers a hold while another one has it. */
    static AgentException held(URI base, Holder holder) {
        String detail = "held by experiment " + holder;
        return new AgentException(
                "the agent at " + base + " is " + detail,
                new Problem("about:blank", "Conflict", HttpURLConnection.HTTP_CONFLICT, detail, holder, null),
                null);
    }

    /** What the agent said, with the status and, where that is the reason, who holds it; null where it said nothing. */
    public @Nullable Problem problem() {
        return problem;
    }
}
