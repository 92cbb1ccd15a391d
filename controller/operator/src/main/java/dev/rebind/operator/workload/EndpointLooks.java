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

/** Looks at the EndpointSlices of a Service again and again, on a thread of its own, until it is closed. */
final class EndpointLooks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EndpointLooks.class);
    private static final Duration PAUSE = Duration.ofMillis(250);

    /** What a look asks the API server for; each throws a {@link KubernetesClientException} when it does not answer. */
    interface Source {
        /** All EndpointSlices of the Service. */
        List<EndpointSlice> slices();

        /** Null where there is none of that name. */
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

    /** @param serviceAddress of the clients: endpoints of its address family count */
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
                    // Where the next look finds the same, nothing is missing.
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

    /** One look, at the pod of the only endpoint too. */
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
            // Without it a look proves nothing of the time before and after.
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

    /** The API server writes {@code "endpoints": null} where a Service has none. */
    private static List<Endpoint> endpoints(EndpointSlice slice) {
        @Nullable List<Endpoint> endpoints = slice.getEndpoints();
        return endpoints == null ? List.of() : endpoints;
    }

    /** What is not told counts as ready, by the API. */
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
