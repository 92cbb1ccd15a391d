package dev.rebind.agent.http;

import org.jspecify.annotations.Nullable;

/** Says who may drive the agent. Safe for several threads; may block. */
@FunctionalInterface
public interface Authorizer {
    /** @param bearer the token of {@code Authorization: Bearer}; null where there is none */
    Decision check(@Nullable String bearer);

    sealed interface Decision {
        record Allowed(String user) implements Decision {}

        /** Nobody knows who asks: 401. */
        record Unauthenticated(String why) implements Decision {}

        /** It is known who asks, and he may not: 403. */
        record Forbidden(String user, String why) implements Decision {}

        /** Nobody can tell now: 503. */
        record Undecided(String why) implements Decision {}
    }
}
