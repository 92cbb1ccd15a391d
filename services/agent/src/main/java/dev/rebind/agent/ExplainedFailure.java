package dev.rebind.agent;

import dev.rebind.agent.Agent.Start;
import org.jspecify.annotations.Nullable;

/**
 * A failed bind, and why it failed.
 *
 * @param view the look at the port right after the failure, from which the explanation is made
 * @param id the number under which an agent elsewhere remembers this; null where no such agent has explained it
 */
public record ExplainedFailure(
        Start.Failed failed,
        Explanation explanation,
        PortView view,
        @Nullable Long id) {

    /** As an agent in this process explains it. */
    public ExplainedFailure(Start.Failed failed, Explanation explanation, PortView view) {
        this(failed, explanation, view, null);
    }

    /** The same with another view: one that shows more than the look that it was made from. */
    public ExplainedFailure with(PortView more) {
        return new ExplainedFailure(failed, explanation, more, id);
    }
}
