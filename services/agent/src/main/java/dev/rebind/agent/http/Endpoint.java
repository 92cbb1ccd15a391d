package dev.rebind.agent.http;

import io.vertx.core.http.HttpMethod;

/** One thing that can be asked of an agent. */
record Endpoint(HttpMethod method, String path, Work work) {
    /** May block. */
    @FunctionalInterface
    interface Work {
        Answer answer(Call call) throws InterruptedException;
    }
}
