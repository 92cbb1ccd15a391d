package dev.rebind.agent.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import dev.rebind.agent.wire.WireMessages.Holder;
import dev.rebind.agent.wire.WireMessages.Problem;

/** A refused request, with the reason. */
final class HttpRefusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Problem problem;

    private HttpRefusal(Problem problem) {
        super(problem.detail(), null, false, false);
        this.problem = problem;
    }

    Problem problem() {
        return problem;
    }

    /** The number of characters of a caller's text that an answer repeats. */
    private static final int SHOWN = 200;

    static HttpRefusal badRequest(String detail) {
        return new HttpRefusal(Problem.of(400, "Bad Request", detail));
    }

    /** Returns the refusal of a body that is not JSON or not the expected JSON. Names the faulty member. */
    static HttpRefusal badRequest(JsonProcessingException e) {
        String field = null;
        String detail = shown(String.valueOf(e.getOriginalMessage()));
        if (e instanceof JsonMappingException mapping) {
            field = field(mapping);
            if (e instanceof UnrecognizedPropertyException unknown) {
                detail = "there is no field \"" + shown(unknown.getPropertyName()) + "\"; there are "
                        + String.join(
                                ", ",
                                unknown.getKnownPropertyIds().stream()
                                        .map(String::valueOf)
                                        .sorted()
                                        .toList());
            } else if (e instanceof ValueInstantiationException && e.getCause() != null) {
                detail = shown(String.valueOf(e.getCause().getMessage()));
            }
        }
        return new HttpRefusal(Problem.of(400, "Bad Request", detail).at(field));
    }

    private static String shown(String text) {
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
    }

    private static String field(JsonMappingException e) {
        var path = new StringBuilder();
        for (JsonMappingException.Reference step : e.getPath()) {
            if (step.getFieldName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(shown(step.getFieldName()));
            }
        }
        return path.toString();
    }

    static HttpRefusal unknown(String what) {
        return new HttpRefusal(Problem.of(404, "Not Found", what));
    }

    static HttpRefusal gone(String what) {
        return new HttpRefusal(Problem.of(410, "Gone", what));
    }

    static HttpRefusal heldBy(Holder holder) {
        return new HttpRefusal(
                Problem.of(409, "Conflict", "the agent is held by " + holder).by(holder));
    }

    static HttpRefusal conflict(String detail) {
        return new HttpRefusal(Problem.of(409, "Conflict", detail));
    }

    static HttpRefusal otherInstance(String instance) {
        return new HttpRefusal(Problem.of(
                412,
                "Precondition Failed",
                "the agent was started anew since: this is instance " + instance
                        + ", which knows nothing of what another one did"));
    }

    static HttpRefusal mediaType() {
        return new HttpRefusal(Problem.of(415, "Unsupported Media Type", "a body is application/json"));
    }

    static HttpRefusal otherBody() {
        return new HttpRefusal(
                Problem.of(422, "Unprocessable Content", "another request has come with this Idempotency-Key"));
    }

    static HttpRefusal unavailable(String detail) {
        return new HttpRefusal(Problem.of(503, "Service Unavailable", detail));
    }
}
