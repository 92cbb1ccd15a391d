package dev.rebind.agent.remote;

import dev.rebind.agent.wire.WireMessages.Holder;
import dev.rebind.agent.wire.WireMessages.Problem;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** An agent could not be reached, or it refused. The message names the agent and the reason. */
public final class AgentException extends IOException {
    private static final long serialVersionUID = 1;

    private final transient @Nullable Problem problem;

    /** Creates an exception for an agent that was reached and is not usable. */
    public AgentException(String message) {
        this(message, null, null);
    }

    AgentException(String message, @Nullable Problem problem, @Nullable Throwable cause) {
        super(message, cause);
        this.problem = problem;
    }

    /** Returns the exception with which an agent refuses a hold while another experiment holds it. */
    static AgentException held(URI base, Holder holder) {
        String detail = "held by experiment " + holder;
        return new AgentException(
                "the agent at " + base + " is " + detail,
                new Problem("about:blank", "Conflict", HttpURLConnection.HTTP_CONFLICT, detail, holder, null),
                null);
    }

    /** Returns what the agent answered, with the status and, where that is the reason, the holder; null where it did not answer. */
    public @Nullable Problem problem() {
        return problem;
    }
}
