package dev.rebind.agent.http;

import dev.rebind.agent.ExplainedFailure;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The failed binds that the agent explained lately, by number, so that its caller can say of which one the port is free: each
 * may have thousands of sockets. Safe for several threads.
 */
final class ExplainedFailures {
    private static final int MOST = 100;

    private final Map<Long, ExplainedFailure> failures = new LinkedHashMap<>();
    private long last;

    /** @return its number */
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

    /** @throws Refusal where it is not remembered any more */
    synchronized ExplainedFailure of(long id) {
        @Nullable ExplainedFailure failure = failures.get(id);
        if (failure == null) {
            throw HttpRefusal.gone("explanation " + id + " is not remembered any more");
        }
        return failure;
    }
}
