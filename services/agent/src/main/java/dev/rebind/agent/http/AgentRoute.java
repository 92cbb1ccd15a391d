package dev.rebind.agent.http;

import io.vertx.core.http.HttpMethod;

/**
 * A request that an agent serves.
 *
 * @param kept whether the answer is kept, to answer a repeated request with the same key. Long answers are not kept
 */
record AgentRoute(HttpMethod method, String path, Work work, boolean kept) {
    AgentRoute(HttpMethod method, String path, Work work) {
        this(method, path, work, true);
    }

    /** The work for a request. May block. */
    @FunctionalInterface
    interface Work {
        HttpAnswer answer(HttpCall call) throws InterruptedException;
    }
}
