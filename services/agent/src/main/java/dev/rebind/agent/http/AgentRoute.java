package dev.rebind.agent.http;

import io.vertx.core.http.HttpMethod;

/**
 * One thing that can be asked of an agent.
 *
 * @param kept whether an answer is kept for a request that comes again with the same key; a long one is not
 */
record AgentRoute(HttpMethod method, String path, Work work, boolean kept) {
    AgentRoute(HttpMethod method, String path, Work work) {
        this(method, path, work, true);
    }

    /** May block. */
    @FunctionalInterface
    interface Work {
        HttpAnswer answer(HttpCall call) throws InterruptedException;
    }
}
