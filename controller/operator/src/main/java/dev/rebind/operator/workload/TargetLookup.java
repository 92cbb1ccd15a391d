package dev.rebind.operator.workload;

import dev.rebind.experiment.ExperimentSpec;
import dev.rebind.experiment.clients.CertificateSource;
import dev.rebind.experiment.clients.Tls;
import dev.rebind.experiment.workload.WorkloadRef;
import dev.rebind.operator.workload.TargetPod.WorkloadId;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Looks up the targets of experiments at the API server. {@link TargetChoice} chooses among the pods. This class only
 * reads.
 */
public final class TargetLookup {
    private final KubernetesClient client;
    private final ClientHosts hosts;

    /** Creates a lookup that allows no URL for clients. */
    public TargetLookup(KubernetesClient client) {
        this(client, ClientHosts.NONE);
    }

    /**
     * Creates a lookup that allows some URLs for clients.
     *
     * @param hosts the hosts to which {@code spec.clients.via.url} may send clients
     */
    public TargetLookup(KubernetesClient client, ClientHosts hosts) {
        this.client = client;
        this.hosts = hosts;
    }

    /** The workload that a spec names, and all its pods. */
    private sealed interface Pods {
        /**
         * The workload and its pods.
         *
         * @param selector null for a bare pod
         * @param replicas how many pods the workload should have; null if not known
         */
        record Of(
                WorkloadId workload,
                @Nullable LabelSelector selector,
                List<Pod> pods,
                @Nullable Integer replicas) implements Pods {}

        record No(LookupResult refused) implements Pods {}
    }

    /**
     * Finds the targets that a spec names.
     *
     * @param begun whether the experiment has held them before
     * @throws KubernetesClientException when the API server does not answer
     */
    public LookupResult find(String namespace, ExperimentSpec spec, boolean begun) {
        Namespace whole = client.namespaces().withName(namespace).get();
        Map<String, String> labels = whole == null ? null : whole.getMetadata().getLabels();
        if (!NamespaceOptIn.allows(labels)) {
            return TargetRefusals.notAllowed(namespace);
        }
        LookupResult lookup = seen(
                switch (pods(namespace, spec)) {
                    case Pods.No no -> no.refused();
                    case Pods.Of of -> {
                        LabelSelector selector = of.selector();
                        yield selector == null
                                ? one(
                                        namespace,
                                        spec,
                                        of.workload(),
                                        null,
                                        of.pods().getFirst())
                                : TargetChoice.among(
                                        spec,
                                        new Workload(of.workload(), selector, of.replicas()),
                                        of.pods(),
                                        begun,
                                        clients(namespace),
                                        around(namespace));
                    }
                });
        Tls tls = spec.clients() == null ? null : spec.clients().tls();
        return tls == null || tls.caFrom() == null || !TargetResolution.wantsClients(spec)
                ? lookup
                : trusting(lookup, namespace, tls.caFrom());
    }

    private LookupResult trusting(LookupResult lookup, String namespace, CertificateSource from) {
        return switch (lookup) {
            case LookupResult.Refused refused -> refused;
            case LookupResult.Found(List<TargetPod> targets) ->
                switch (Certificates.read(client, namespace, from)) {
                    case Certificates.Read.Refused(String why) -> TargetRefusals.noCertificates(why);
                    case Certificates.Read.Pem(String pem) ->
                        new LookupResult.Found(targets.stream()
                                .map(target -> target.trusting(pem))
                                .toList());
                };
        };
    }

    /** Returns all pods that the workload has now, including those that are being deleted. */
    List<Pod> all(String namespace, ExperimentSpec spec) {
        return switch (pods(namespace, spec)) {
            case Pods.No _ -> List.of();
            case Pods.Of of -> of.pods();
        };
    }

    /** Returns the uids of {@link #all}. */
    Set<String> uids(String namespace, ExperimentSpec spec) {
        return all(namespace, spec).stream()
                .map(pod -> pod.getMetadata().getUid())
                .collect(Collectors.toSet());
    }

    /**
     * Returns a pod of the workload that has an address, matches the condition and is not being deleted; null while
     * there is none.
     */
    @Nullable
    TargetPod other(String namespace, ExperimentSpec spec, Predicate<Pod> wanted) {
        if (!(pods(namespace, spec) instanceof Pods.Of of)) {
            return null;
        }
        LabelSelector labels = of.selector();
        String selector = labels == null ? null : ObjectLabels.text(labels);
        for (Pod pod : of.pods()) {
            if (pod.getMetadata().getDeletionTimestamp() == null
                    && wanted.test(pod)
                    && seen(one(namespace, spec, of.workload(), selector, pod)) instanceof LookupResult.Found found) {
                return found.target();
            }
        }
        return null;
    }

    private LookupResult one(
            String namespace, ExperimentSpec spec, WorkloadId workload, @Nullable String selector, Pod pod) {
        return TargetResolution.of(spec, workload, selector, pod, clients(namespace), around(namespace));
    }

    /** Adds to each target the agent of its node. */
    private LookupResult seen(LookupResult lookup) {
        if (!(lookup instanceof LookupResult.Found(List<TargetPod> targets))) {
            return lookup;
        }
        List<Pod> agents = agents(targets.getFirst().namespace(), "node-agent");
        return new LookupResult.Found(targets.stream()
                .map(target -> target.seenBy(TargetResolution.nodeAgent(target.node(), agents)))
                .toList());
    }

    /**
     * Returns the node agents that are ready, by the names of their nodes.
     *
     * @param namespace the namespace of the Helm release
     * @throws KubernetesClientException when the API server does not answer
     */
    public Map<String, URI> nodeAgents(String namespace) {
        List<Pod> agents = agentsIn(namespace, "node-agent");
        var byNode = new HashMap<String, URI>();
        for (Pod pod : agents) {
            String node = pod.getSpec().getNodeName();
            URI agent = TargetResolution.nodeAgent(node, agents);
            if (agent != null) {
                byNode.put(node, agent);
            }
        }
        return byNode;
    }

    private Pods pods(String namespace, ExperimentSpec spec) {
        WorkloadRef ref = spec.target() == null ? null : spec.target().workloadRef();
        return ref == null ? ofChart(namespace) : named(namespace, ref);
    }

    private Pods ofChart(String namespace) {
        List<Workload> servers = serversOfChart(namespace);
        return servers.size() == 1
                ? selected(namespace, servers.getFirst())
                : new Pods.No(TargetRefusals.notOne(namespace, servers));
    }

    /**
     * Returns the chart's server in the namespace, which is the target of a spec that names no workload; null if there
     * is not exactly one.
     */
    public @Nullable WorkloadId workloadOfChart(String namespace) {
        List<Workload> servers = serversOfChart(namespace);
        return servers.size() == 1 ? servers.getFirst().id() : null;
    }

    private List<Workload> serversOfChart(String namespace) {
        var apps = client.apps();
        return TargetChoice.servers(Stream.of(
                        apps.deployments()
                                .inNamespace(namespace)
                                .withLabels(ObjectLabels.CHART)
                                .list()
                                .getItems(),
                        apps.statefulSets()
                                .inNamespace(namespace)
                                .withLabels(ObjectLabels.CHART)
                                .list()
                                .getItems(),
                        apps.daemonSets()
                                .inNamespace(namespace)
                                .withLabels(ObjectLabels.CHART)
                                .list()
                                .getItems())
                .<HasMetadata>flatMap(List::stream)
                .toList());
    }

    private Pods named(String namespace, WorkloadRef ref) {
        HasMetadata found = switch (ref.kind()) {
            case Deployment ->
                client.apps()
                        .deployments()
                        .inNamespace(namespace)
                        .withName(ref.name())
                        .get();
            case StatefulSet ->
                client.apps()
                        .statefulSets()
                        .inNamespace(namespace)
                        .withName(ref.name())
                        .get();
            case DaemonSet ->
                client.apps()
                        .daemonSets()
                        .inNamespace(namespace)
                        .withName(ref.name())
                        .get();
            case Pod ->
                client.pods().inNamespace(namespace).withName(ref.name()).get();
        };
        if (found == null) {
            return new Pods.No(TargetRefusals.missing(namespace, ref));
        }
        return found instanceof Pod pod
                ? new Pods.Of(Workload.id(pod), null, List.of(pod), null)
                : selected(namespace, Workload.of(found));
    }

    private Pods selected(String namespace, Workload workload) {
        return new Pods.Of(
                workload.id(),
                workload.selector(),
                client.pods()
                        .inNamespace(namespace)
                        .withLabelSelector(workload.selector())
                        .list()
                        .getItems(),
                workload.replicas());
    }

    private List<Pod> clients(String namespace) {
        return agents(namespace, "clients");
    }

    /** Returns the agents in the namespace and, if the controller may read it, in the controller's own namespace. */
    private List<Pod> agents(String namespace, String component) {
        var found = new ArrayList<>(agentsIn(namespace, component));
        String own = client.getNamespace();
        if (own != null && !own.equals(namespace)) {
            try {
                found.addAll(agentsIn(own, component));
            } catch (KubernetesClientException e) {
                // The controller watches only other namespaces, and may not read its own.
                return found;
            }
        }
        return found;
    }

    private List<Pod> agentsIn(String namespace, String component) {
        return client.pods()
                .inNamespace(namespace)
                .withLabels(ObjectLabels.CHART)
                .withLabel(ObjectLabels.COMPONENT, component)
                .list()
                .getItems();
    }

    private TargetNamespace around(String namespace) {
        return new TargetNamespace() {
            @Override
            public List<Service> services() {
                return client.services().inNamespace(namespace).list().getItems();
            }

            @Override
            public List<Pod> pods() {
                return client.pods().inNamespace(namespace).list().getItems();
            }

            @Override
            public ClientHosts hosts() {
                return hosts;
            }

            @Override
            public Optional<InetAddress> address(String host) {
                try {
                    return Optional.of(InetAddress.getByName(host));
                } catch (UnknownHostException e) {
                    return Optional.empty();
                }
            }
        };
    }
}
