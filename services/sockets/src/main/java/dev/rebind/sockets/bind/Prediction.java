package dev.rebind.sockets.bind;

import java.util.List;
import java.util.Set;

/** What becomes of a bind and the listen after it. */
public sealed interface Prediction {
    /** Both calls pass. */
    record Passes() implements Prediction {}

    /**
     * A call fails with EADDRINUSE.
     *
     * @param call the first that does
     * @param conflicting the sockets that stand in its way
     */
    record Fails(BindCall call, List<ExistingSocket> conflicting) implements Prediction {
        public Fails {
            conflicting = List.copyOf(conflicting);
        }
    }

    /**
     * Facts that are not known decide.
     *
     * @param call the first whose result is not known
     * @param doubtful the sockets that stand in its way, or do not
     * @param unknown the facts that decide
     */
    record Depends(BindCall call, List<ExistingSocket> doubtful, Set<Unknown> unknown) implements Prediction {
        public Depends {
            doubtful = List.copyOf(doubtful);
            unknown = Set.copyOf(unknown);
        }
    }
}
