package dev.rebind.experiment.restart;

/** What is restarted of a server. */
public enum Mode {
    listener,
    process,
    /** The container ends, the kubelet starts it again; in Kubernetes only. */
    container,
    /** The pod is evicted, its owner makes another; in Kubernetes only. */
    pod,
    /** The workload's template is changed, and its pods are replaced; in Kubernetes only. */
    rollout;

    /** Whether the new generation runs in a container of its own. */
    public boolean isFresh() {
        return switch (this) {
            case listener, process -> false;
            case container, pod, rollout -> true;
        };
    }
}
