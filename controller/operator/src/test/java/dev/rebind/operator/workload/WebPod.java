package dev.rebind.operator.workload;

import dev.rebind.engine.ClientRoute;
import dev.rebind.operator.workload.TargetPod.Network;
import dev.rebind.operator.workload.TargetPod.Toggle;
import dev.rebind.operator.workload.TargetPod.WorkloadId;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A pod of the Deployment {@code web} in the namespace {@code shop}, which has no agent. */
public final class WebPod {
    static final Instant STARTED = Instant.parse("2026-01-01T12:00:00Z");

    private static final ClientRoute AT_POD = new ClientRoute("10.1.0.7", 8080, ClientRoute.Way.pod, false);

    private WebPod() {}

    /** As a look-up finds it. */
    public static TargetPod target(String pod, String node, @Nullable Toggle toggle, String... stopCommand) {
        return target(pod, node, AT_POD, null, toggle, stopCommand);
    }

    /** One with an agent of Rebind's in its container. */
    static TargetPod managed(String pod, URI agent) {
        return target(pod, "node-1", AT_POD, agent, null);
    }

    /** One whose server has a port of this machine. */
    static TargetPod here(String pod, int port, @Nullable Toggle toggle) {
        return target(pod, "node-1", new ClientRoute("127.0.0.1", port, ClientRoute.Way.pod, false), null, toggle);
    }

    private static TargetPod target(
            String pod,
            String node,
            ClientRoute route,
            @Nullable URI agent,
            @Nullable Toggle toggle,
            String... stopCommand) {
        return new TargetPod(
                "shop",
                new WorkloadId("Deployment", "web", "uid"),
                "app=web",
                pod,
                "uid-" + pod,
                "web",
                node,
                Network.pod,
                "0.0.0.0",
                route.port(),
                route,
                null,
                null,
                agent,
                null,
                null,
                toggle,
                List.of(stopCommand));
    }

    /** As the API server has it while this container runs. */
    static Pod running(String pod, String container) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(pod)
                .withUid("uid-" + pod)
                .endMetadata()
                .withNewStatus()
                .withPodIP("127.0.0.1")
                .addNewContainerStatus()
                .withName("web")
                .withContainerID(container)
                .withNewState()
                .withNewRunning()
                .withStartedAt(STARTED.toString())
                .endRunning()
                .endState()
                .endContainerStatus()
                .endStatus()
                .build();
    }
}
