package dev.rebind.agent.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.rebind.agent.wire.Wire;
import dev.rebind.agent.wire.WireMessages.Problem;
import io.vertx.core.buffer.Buffer;

/**
 * The answer to a request.
 *
 * @param after an action that runs after the answer has been sent
 */
record HttpAnswer(int status, String mediaType, Buffer body, Runnable after) {
    static HttpAnswer of(Object value) {
        return new HttpAnswer(200, "application/json", json(value), HttpAnswer::nothing);
    }

    /** @param json text that is already JSON */
    static HttpAnswer ofJson(String json) {
        return new HttpAnswer(200, "application/json", Buffer.buffer(json), HttpAnswer::nothing);
    }

    static HttpAnswer of(Problem problem) {
        return new HttpAnswer(problem.status(), Problem.MEDIA_TYPE, json(problem), HttpAnswer::nothing);
    }

    private static void nothing() {}

    HttpAnswer then(Runnable after) {
        return new HttpAnswer(status, mediaType, body, after);
    }

    private static Buffer json(Object value) {
        try {
            return Buffer.buffer(Wire.mapper().writeValueAsBytes(value));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an answer is no JSON: " + e.getMessage(), e);
        }
    }
}
