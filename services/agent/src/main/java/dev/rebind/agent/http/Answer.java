package dev.rebind.agent.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.rebind.agent.wire.Messages.Problem;
import dev.rebind.agent.wire.Wire;
import io.vertx.core.buffer.Buffer;

/**
 * What is sent back.
 *
 * @param after what is done when it has been sent
 */
record Answer(int status, String mediaType, Buffer body, Runnable after) {
    static Answer of(Object value) {
        return new Answer(200, "application/json", json(value), Answer::nothing);
    }

    /** @param json what is written already */
    static Answer ofJson(String json) {
        return new Answer(200, "application/json", Buffer.buffer(json), Answer::nothing);
    }

    static Answer of(Problem problem) {
        return new Answer(problem.status(), Problem.MEDIA_TYPE, json(problem), Answer::nothing);
    }

    private static void nothing() {}

    Answer then(Runnable after) {
        return new Answer(status, mediaType, body, after);
    }

    private static Buffer json(Object value) {
        try {
            return Buffer.buffer(Wire.mapper().writeValueAsBytes(value));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an answer is no JSON: " + e.getMessage(), e);
        }
    }
}
