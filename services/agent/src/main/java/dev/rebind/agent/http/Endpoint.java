package dev.rebind.agent.http;

import io.vertx.core.http.HttpMethod;

/**
 * One thing that can be asked of an agent.
 *
 * @param kept whether an answer is kept for a request that comes again with the same key; a long one is not
 */
record Endpoint(HttpMethod method, String path, Work work, boolean kept) {
    Endpoint(HttpMethod method, String path, Work work) {
        this(method, path, work, true);
    }

    /** May block. */
    @FunctionalInterface
    interface Work {
        Answer answer(Call call) throws InterruptedException;
    }
}
