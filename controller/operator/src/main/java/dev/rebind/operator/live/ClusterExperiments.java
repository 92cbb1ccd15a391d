package dev.rebind.operator.live;

import dev.rebind.live.ApiJson;
import dev.rebind.live.ChangeSignal;
import dev.rebind.live.Experiments;
import dev.rebind.live.RecordLog;
import dev.rebind.live.SharedLooks;
import dev.rebind.operator.live.ClusterExperiment.Seen;
import dev.rebind.operator.resource.ExperimentCache;
import dev.rebind.operator.resource.RebindExperiment;
import dev.rebind.operator.run.ExperimentKey;
import dev.rebind.operator.run.ExperimentRunManager;
import dev.rebind.operator.run.RecordStore;
import dev.rebind.operator.workload.FailedCall;
import dev.rebind.report.Machine;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The experiments in the watched namespaces. They come from a cache that a watch keeps up to date, so that readers
 * cause no requests to the API server. A controller that waits for the lease shows them too. Safe for several threads.
 */
public final class ClusterExperiments implements Experiments, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterExperiments.class);
    private static final String EVERYWHERE = "*";
    private static final Duration FIRST_ANSWER = Duration.ofSeconds(5);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

    private final List<SharedIndexInformer<RebindExperiment>> informers;
    /** The informers that got an error from the API server. A namespace that is gone must not hide the others. */
    private final Set<SharedIndexInformer<RebindExperiment>> refused = ConcurrentHashMap.newKeySet();

    private final ExperimentRunManager runs;
    private final RecordStore store;
    private final String version;
    private final Machine machine;
    private final Instant startedAt = Instant.now();
    /** The derived values of each experiment, by uid. Each value keeps the resource version from which it was derived. */
    private final ConcurrentHashMap<String, Seen> seen = new ConcurrentHashMap<>();

    private final ConcurrentHashMap<String, SharedLooks<String>> looks = new ConcurrentHashMap<>();

    /**
     * Begins to watch the experiments. Does not wait for the first answer of the API server.
     *
     * @param watched the namespaces that the controller watches; {@code *} for all
     */
    public ClusterExperiments(
            KubernetesClient client,
            List<String> watched,
            ExperimentRunManager runs,
            RecordStore store,
            String version) {
        this.runs = runs;
        this.store = store;
        this.version = version;
        Machine here = Machine.read(Path.of("/proc"), null, version);
        this.machine = new Machine(
                here.system() + " (the controller's machine; servers ran on the nodes that their cycles name)",
                here.kernel(),
                here.architecture(),
                here.processors(),
                null,
                here.sysctls(),
                here.java(),
                here.vertx(),
                version);
        this.informers = watched.contains(EVERYWHERE)
                ? List.of(client.resources(RebindExperiment.class)
                        .inAnyNamespace()
                        .runnableInformer(0))
                : watched.stream()
                        .map(namespace -> client.resources(RebindExperiment.class)
                                .inNamespace(namespace)
                                .runnableInformer(0))
                        .toList();
        for (SharedIndexInformer<RebindExperiment> informer : informers) {
            informer.itemStore(ExperimentCache.withoutRecords())
                    .addEventHandler(new Told())
                    // The informer tries again for as long as this process runs.
                    .exceptionHandler((_, e) -> {
                        LOG.warn("experiments cannot be watched, trying again: {}", FailedCall.why(e));
                        refused.add(informer);
                        return true;
                    });
            var _ = informer.start();
        }
    }

    /** Adds a listener. The thread that watches calls it, first for each experiment that already exists. */
    public void tell(ResourceEventHandler<RebindExperiment> handler) {
        informers.forEach(informer -> informer.addEventHandler(handler));
    }

    private final class Told implements ResourceEventHandler<RebindExperiment> {
        @Override
        public void onAdd(RebindExperiment resource) {
            changes().happened();
        }

        @Override
        public void onUpdate(RebindExperiment before, RebindExperiment now) {
            changes().happened();
        }

        @Override
        public void onDelete(RebindExperiment resource, boolean stale) {
            String uid = resource.getMetadata().getUid();
            seen.remove(uid);
            looks.remove(uid);
            // Experiments have no finalizer, so only this event shows that an experiment is gone.
            runs.gone(resource);
            changes().happened();
        }
    }

    @Override
    public ApiJson.About about() {
        return new ApiJson.About(
                "kubernetes", version, startedAt, Instant.now(), ClusterActions.OFFERED, "kubernetes-token", null);
    }

    @Override
    public ChangeSignal changes() {
        return runs.changes();
    }

    /** Waits up to 5 s for the first answers of the API server, which are missing right after the start of this process. */
    private void heard() throws UnavailableException {
        long deadline = System.nanoTime() + FIRST_ANSWER.toNanos();
        while (!isHeard()) {
            if (System.nanoTime() > deadline) {
                throw new UnavailableException("the API server has not listed the experiments yet");
            }
            try {
                Thread.sleep(LOOK_AGAIN);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new UnavailableException("this process is ending");
            }
        }
    }

    /** Whether the API server has answered for each namespace, and for at least one of them without an error. */
    private boolean isHeard() {
        return informers.stream().anyMatch(SharedIndexInformer::hasSynced)
                && informers.stream().allMatch(informer -> informer.hasSynced() || refused.contains(informer));
    }

    /** Returns all experiments, the newest first. */
    @Override
    public List<ApiJson.Overview> list() throws UnavailableException {
        heard();
        return informers.stream()
                .flatMap(informer -> informer.getStore().list().stream())
                .sorted(Comparator.comparing((RebindExperiment resource) ->
                                resource.getMetadata().getCreationTimestamp())
                        .reversed()
                        .thenComparing(resource -> resource.getMetadata().getName()))
                .map(resource -> seen(resource).overview())
                .toList();
    }

    @Override
    public Optional<One> find(String namespace, String name) throws UnavailableException {
        heard();
        return informers.stream()
                .map(informer -> Optional.ofNullable(informer.getStore().getByKey(namespace + "/" + name)))
                .flatMap(Optional::stream)
                .findFirst()
                .map(this::one);
    }

    private One one(RebindExperiment resource) {
        ExperimentKey key = ExperimentKey.of(resource);
        return new ClusterExperiment(
                seen(resource),
                RecordLog.whole(store.file(key)),
                runs.underWay(key.uid()),
                looks.computeIfAbsent(key.uid(), _ -> new SharedLooks<>()),
                machine);
    }

    private Seen seen(RebindExperiment resource) {
        return seen.compute(
                resource.getMetadata().getUid(),
                (_, before) -> before != null
                                && before.version()
                                        .equals(resource.getMetadata().getResourceVersion())
                        ? before
                        : Seen.of(resource));
    }

    @Override
    public void close() {
        informers.forEach(SharedIndexInformer::stop);
    }
}
