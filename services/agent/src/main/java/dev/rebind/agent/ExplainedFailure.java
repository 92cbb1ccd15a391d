package dev.rebind.agent;

import dev.rebind.agent.Agent.Start;
import org.jspecify.annotations.Nullable;

/**
 * A failed bind and the reason why it failed.
 *
 * @param view the look at the port right after the failure, on which the explanation is based
 * @param id the number under which a remote agent remembers this failure; null where no remote agent has explained it
 */
public record ExplainedFailure(
        Start.Failed failed,
        Explanation explanation,
        PortView view,
        @Nullable Long id) {

    /** Creates an explained failure that no remote agent knows. */
    public ExplainedFailure(Start.Failed failed, Explanation explanation, PortView view) {
        this(failed, explanation, view, null);
    }

    /** Returns a copy with a view that shows more than the look on which the explanation is based. */
    public ExplainedFailure with(PortView more) {
        return new ExplainedFailure(failed, explanation, more, id);
    }
}
