package dev.rebind.kubernetes.target;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * The pod that is restarted, as it was when it was looked up: in restart mode pod its successor has another name.
 *
 * @param workload what the spec names or the chart made, such as {@code Deployment/rebind-server}
 * @param selector labels of the workload's pods, as a list of {@code key=value} separated by commas; null for a bare pod
 * @param address local address that the server binds
 * @param port that it binds
 * @param clientAddress to which clients connect
 * @param clientPort to which clients connect; another one than {@code port} behind a hostPort
 * @param agent of the pod itself
 * @param clients agent of a client pod; null where there is none
 * @param toggle from where a fresh container learns SO_REUSEADDR; null where it does not
 */
public record Target(
        String namespace,
        String workload,
        @Nullable String selector,
        String pod,
        String podUid,
        String container,
        @Nullable String node,
        Network network,
        String address,
        int port,
        String clientAddress,
        int clientPort,
        URI agent,
        @Nullable URI clients,
        @Nullable Toggle toggle) {
    public enum Network {
        hostNetwork,
        hostPort,
        pod
    }

    /** A key of a ConfigMap whose value, {@code true} or {@code false}, a container reads when it starts. */
    public record Toggle(String configMap, String key) {}

    @Override
    public String toString() {
        return workload + " (pod " + pod + (node == null ? "" : " on " + node) + ", " + network + ", port " + port
                + ")";
    }
}
