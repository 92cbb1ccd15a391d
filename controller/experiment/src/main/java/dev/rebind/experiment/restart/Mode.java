package dev.rebind.experiment.restart;

/** Which part of a server is restarted. */
public enum Mode {
    listener,
    process,
    /** The container ends and the kubelet starts it again; only in Kubernetes. */
    container,
    /** The pod is evicted and its owner creates another one; only in Kubernetes. */
    pod,
    /** The workload's template is changed, so that its pods are replaced; only in Kubernetes. */
    rollout;

    /** Whether the new generation runs in a new container. */
    public boolean isFresh() {
        return switch (this) {
            case listener, process -> false;
            case container, pod, rollout -> true;
        };
    }
}
