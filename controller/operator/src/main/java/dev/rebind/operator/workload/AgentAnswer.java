package dev.rebind.operator.workload;

/**
 * Why the port of a target can or cannot be bound, as an agent says it.
 *
 * @param json an object as docs/reference/why.schema.json describes it
 */
public record AgentAnswer(By by, String json) {
    public enum By {
        /** The agent in the pod. */
        pod,
        /** The agent of the pod's node, which looks at the pod from outside. */
        node
    }
}
