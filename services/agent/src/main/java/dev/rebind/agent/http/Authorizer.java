package dev.rebind.agent.http;

import org.jspecify.annotations.Nullable;

/** Decides who may drive the agent. Safe for several threads; may block. */
@FunctionalInterface
public interface Authorizer {
    /** @param bearer the token of {@code Authorization: Bearer}; null where the request has none */
    Decision check(@Nullable String bearer);

    sealed interface Decision {
        record Allowed(String user) implements Decision {}

        /** The caller is unknown: 401. */
        record Unauthenticated(String why) implements Decision {}

        /** The caller is known, but has no right to do this: 403. */
        record Forbidden(String user, String why) implements Decision {}

        /** The caller cannot be identified now: 503. */
        record Undecided(String why) implements Decision {}
    }
}
