package dev.rebind.e2e.cluster;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.readiness.Readiness;

/** Facts of pods. */
public final class Pods {
    private Pods() {}

    public static boolean isReady(Pod pod) {
        return Readiness.isPodReady(pod);
    }

    public static String name(Pod pod) {
        return pod.getMetadata().getName();
    }

    public static String uid(Pod pod) {
        return pod.getMetadata().getUid();
    }

    /** Of a pod with one container. */
    public static ContainerStatus container(Pod pod) {
        var containers = pod.getStatus().getContainerStatuses();
        if (containers.size() != 1) {
            throw new BrokenException(
                    containers.size() + " containers in the status of pod " + name(pod) + ", and not one");
        }
        return containers.getFirst();
    }

    public static int restarts(Pod pod) {
        return container(pod).getRestartCount();
    }

    /** How the container ended before its last restart; empty where it was not restarted. */
    public static String lastEnd(Pod pod) {
        ContainerState before = container(pod).getLastState();
        ContainerStateTerminated ended = before == null ? null : before.getTerminated();
        return ended == null
                ? ""
                : "%s, exit code %d, at %s".formatted(ended.getReason(), ended.getExitCode(), ended.getFinishedAt());
    }

    /** Empty where there is none yet. */
    public static String log(String namespace, String pod) {
        try {
            String log =
                    Cluster.client().pods().inNamespace(namespace).withName(pod).getLog();
            return log == null ? "" : log;
        } catch (KubernetesClientException e) {
            return "";
        }
    }
}
