package dev.rebind.agent.http;

import dev.rebind.agent.ExplainedFailure;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The failed binds that the agent explained lately, by number. The caller refers to a failure by its number, because a failure may have
 * thousands of sockets. Safe for several threads.
 */
final class ExplainedFailures {
    private static final int MOST = 100;

    private final Map<Long, ExplainedFailure> failures = new LinkedHashMap<>();
    private long last;

    /** @return the number of the failure */
    synchronized long remember(ExplainedFailure failure) {
        last++;
        failures.put(last, failure);
        if (failures.size() > MOST) {
            var eldest = failures.entrySet().iterator();
            eldest.next();
            eldest.remove();
        }
        return last;
    }

    /** @throws HttpRefusal where the failure is not remembered any more */
    synchronized ExplainedFailure of(long id) {
        @Nullable ExplainedFailure failure = failures.get(id);
        if (failure == null) {
            throw HttpRefusal.gone("explanation " + id + " is not remembered any more");
        }
        return failure;
    }
}
