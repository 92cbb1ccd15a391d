package dev.rebind.experiment.workload;

/** Kinds of workloads whose pods can be restarted. */
public enum WorkloadKind {
    Deployment,
    StatefulSet,
    DaemonSet,
    Pod
}
