package dev.rebind.operator.workload;

/**
 * An agent's answer to why the port of a target can or cannot be bound.
 *
 * @param json the answer, a JSON object that docs/reference/why.schema.json describes
 */
public record AgentAnswer(By by, String json) {
    public enum By {
        /** The agent in the pod. */
        pod,
        /** The agent of the pod's node, which looks at the pod from outside. */
        node
    }
}
