package dev.rebind.operator.workload;

import dev.rebind.engine.EndpointHistory;
import dev.rebind.engine.EndpointHistory.Look;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the EndpointSlices of a Service every 250 ms, on a thread of its own, until it is closed. */
final class EndpointLooks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EndpointLooks.class);
    private static final Duration PAUSE = Duration.ofMillis(250);

    /**
     * The calls of a look to the API server. Each throws a {@link KubernetesClientException} when the API server does
     * not answer.
     */
    interface Source {
        /** Returns all EndpointSlices of the Service. */
        List<EndpointSlice> slices();

        /** Returns the pod of this name; null if there is none. */
        @Nullable
        Pod pod(String name);
    }

    private final Source source;
    private final boolean ipv6;
    private final EndpointHistory history = new EndpointHistory();
    private final Thread thread;

    private EndpointLooks(Source source, String serviceAddress) {
        this.source = source;
        this.ipv6 = serviceAddress.contains(":");
        this.thread = Thread.ofVirtual().name("endpoints").unstarted(this::run);
    }

    /**
     * Starts to look.
     *
     * @param serviceAddress the Service's address to which clients connect; only endpoints of its address family count
     */
    static EndpointLooks begin(Source source, String serviceAddress) {
        var looks = new EndpointLooks(source, serviceAddress);
        looks.thread.start();
        return looks;
    }

    EndpointHistory history() {
        return history;
    }

    private void run() {
        String failed = "";
        try {
            while (true) {
                try {
                    history.add(look(source, ipv6));
                    failed = "";
                } catch (KubernetesClientException e) {
                    // A failed look leaves no gap in the history if the next look shows the same generations.
                    String why = FailedCall.why(e);
                    if (!why.equals(failed)) {
                        LOG.warn("EndpointSlices cannot be read, so they do not tell why requests fail: {}", why);
                        failed = why;
                    }
                }
                Thread.sleep(PAUSE);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /** Looks once. If only one endpoint is ready, also looks whether its pod is gone. */
    static Look look(Source source, boolean ipv6) {
        long asked = System.nanoTime();
        List<EndpointSlice> slices = source.slices();
        long answered = System.nanoTime();
        Map<String, Long> generations = new HashMap<>();
        Set<String> ready = new HashSet<>();
        Set<String> draining = new HashSet<>();
        Endpoint only = null;
        for (EndpointSlice slice : slices) {
            if (ipv6 != "IPv6".equals(slice.getAddressType())) {
                continue;
            }
            Long generation = slice.getMetadata().getGeneration();
            // Without a generation, a look must not prove that nothing changed before or after it, so a unique number
            // takes its place.
            generations.put(slice.getMetadata().getUid(), generation == null ? asked : generation);
            for (Endpoint endpoint : endpoints(slice)) {
                if (isReady(endpoint.getConditions())) {
                    ready.addAll(endpoint.getAddresses());
                    only = endpoint;
                } else if (isDraining(endpoint.getConditions())) {
                    draining.addAll(endpoint.getAddresses());
                }
            }
        }
        boolean gone = ready.size() == 1 && only != null && isGone(source, only);
        return new Look(asked, answered, generations, ready, draining, gone ? System.nanoTime() : null);
    }

    /** Returns the endpoints of a slice. The API server writes {@code "endpoints": null} if there are none. */
    private static List<Endpoint> endpoints(EndpointSlice slice) {
        @Nullable List<Endpoint> endpoints = slice.getEndpoints();
        return endpoints == null ? List.of() : endpoints;
    }

    /** Whether an endpoint is ready. By the API's definition, an endpoint without a ready condition counts as ready. */
    private static boolean isReady(@Nullable EndpointConditions conditions) {
        return conditions == null || conditions.getReady() == null || conditions.getReady();
    }

    private static boolean isDraining(EndpointConditions conditions) {
        return !Boolean.FALSE.equals(conditions.getServing()) && Boolean.TRUE.equals(conditions.getTerminating());
    }

    private static boolean isGone(Source source, Endpoint endpoint) {
        var ref = endpoint.getTargetRef();
        if (ref == null || !"Pod".equals(ref.getKind()) || ref.getUid() == null) {
            return false;
        }
        Pod pod = source.pod(ref.getName());
        if (pod == null || !ref.getUid().equals(pod.getMetadata().getUid())) {
            return true;
        }
        String phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
        return "Succeeded".equals(phase) || "Failed".equals(phase);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
