package dev.rebind.operator;

import dev.rebind.agent.http.KubernetesClients;
import dev.rebind.child.Scrape;
import dev.rebind.engine.metrics.ExperimentMeters;
import dev.rebind.engine.metrics.ListenerMeters;
import dev.rebind.operator.audit.AuditRounds;
import dev.rebind.operator.audit.ClusterSource;
import dev.rebind.operator.live.ClusterActions;
import dev.rebind.operator.live.ClusterExperiments;
import dev.rebind.operator.resource.ExperimentCache;
import dev.rebind.operator.run.ExperimentMetricsUpdater;
import dev.rebind.operator.run.ExperimentRunManager;
import dev.rebind.operator.run.RecordStore;
import dev.rebind.operator.workload.ApiOutage;
import dev.rebind.operator.workload.ClientHosts;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.javaoperatorsdk.operator.processing.retry.Retry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the controller's process: the operator, the runs of experiments and the HTTP API. */
public final class Controller {
    private static final Logger LOG = LoggerFactory.getLogger(Controller.class);

    private static final Duration LEASE_DURATION = Duration.ofSeconds(15);
    /**
     * How long the start waits for the list of a namespace's experiments. The wait is limited, because a namespace that
     * is gone must not stop the experiments of other namespaces.
     */
    private static final Duration FIRST_LIST = Duration.ofSeconds(10);

    /**
     * The number of threads that reconcile. A few are enough, because a reconciliation makes only one or two calls to
     * the API server. The framework's default is 50 threads, which never end and each keep a stack.
     */
    private static final int RECONCILERS = 8;

    private static final Duration BETWEEN_RECOVERIES = Duration.ofMinutes(1);
    /**
     * The operator retries for ever, because a call can succeed once the API server answers again or a missing right is
     * granted.
     */
    private static final Retry RETRY = new GenericRetry()
            .setInitialInterval(Duration.ofSeconds(1).toMillis())
            .setIntervalMultiplier(2)
            .setMaxInterval(Duration.ofMinutes(1).toMillis())
            .withoutMaxAttempts();

    private Controller() {}

    /**
     * The settings of the controller.
     *
     * @param namespace the controller's own namespace
     * @param watched the namespaces whose experiments it runs; {@code *} for all
     * @param lease the name of the Lease
     * @param identity the name of this controller; of several controllers, only the holder of the lease runs
     *     experiments
     * @param port the port of the HTTP API
     * @param records the folder for all records
     * @param token the file with the token for agents, which is read again for each request
     * @param version the version of Rebind
     * @param experimentSeries how many experiments have series in /metrics
     * @param audit the settings of the audit of pods; empty if there is no audit
     * @param clientHosts the hosts to which {@code spec.clients.via.url} may send clients
     */
    public record Settings(
            String namespace,
            List<String> watched,
            String lease,
            String identity,
            int port,
            Path records,
            Path token,
            String version,
            int experimentSeries,
            Optional<AuditRounds.Settings> audit,
            ClientHosts clientHosts) {
        public Settings {
            watched = List.copyOf(watched);
        }
    }

    /**
     * Runs the controller until a signal ends the process.
     *
     * @return the exit code
     * @throws IOException when the folder of the records or the HTTP port cannot be used
     */
    public static int run(Settings settings) throws IOException, InterruptedException {
        Files.createDirectories(settings.records());
        var over = new CountDownLatch(1);
        var stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            over.countDown();
            try {
                stopped.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        var store = new RecordStore(settings.records());
        var scrape = new Scrape();
        var observed = new ExperimentMetricsUpdater(
                new ExperimentMeters(scrape.registry(), settings.experimentSeries()), store);
        try (scrape;
                KubernetesClient client = KubernetesClients.builder().build();
                var runs = new ExperimentRunManager(
                        client,
                        store,
                        observed,
                        () -> token(settings.token()),
                        settings.identity(),
                        new ExperimentRunManager.Toggled(settings.namespace(), settings.lease() + "-toggles"),
                        settings.clientHosts());
                var experiments = new ClusterExperiments(client, settings.watched(), runs, store, settings.version());
                var audits = audits(client, settings, scrape);
                var api = ControllerApi.open(
                        settings.port(),
                        experiments,
                        new ClusterActions(client.getConfiguration(), settings.watched(), experiments),
                        audits,
                        scrape)) {
            var operator = new Operator(overrider -> overrider
                    .withKubernetesClient(client)
                    .withCloseClientOnStop(false)
                    .withStopOnInformerErrorDuringStartup(false)
                    .withCacheSyncTimeout(FIRST_LIST)
                    .withReconciliationTerminationTimeout(Duration.ofSeconds(5))
                    .withConcurrentReconciliationThreads(RECONCILERS)
                    .withLeaderElectionConfiguration(LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(
                                    settings.lease())
                            .withLeaseNamespace(settings.namespace())
                            .withIdentity(settings.identity())
                            .withLeaseDuration(LEASE_DURATION)
                            .withExitOnStopLeading(false)
                            .withLeaderCallbacks(callbacks(over, () -> {
                                audits.leads();
                                recoverToggles(runs, over);
                            }))
                            .build()));
            var reconciler = new ExperimentReconciler(client, runs, observed);
            operator.register(reconciler, overrider -> {
                overrider.withRetry(RETRY);
                // The operator has an informer for each namespace, and two informers must not share a cache.
                if (settings.watched().size() == 1) {
                    overrider.withItemStore(ExperimentCache.withRecords());
                }
                if (settings.watched().contains("*")) {
                    overrider.watchingAllNamespaces();
                } else {
                    overrider.settingNamespaces(Set.copyOf(settings.watched()));
                }
            });
            experiments.tell(LegacyFinalizer.ofDeleted(client));
            // The controller is ready before it leads, so that a second controller, which waits for the lease, is ready
            // too.
            api.ready();
            Thread.ofVirtual().name("operator").start(() -> {
                try {
                    // If the API server does not answer, the start waits, so that it does not become a crash loop.
                    ApiOutage.waitOut(() -> {
                        makeReady(client, settings);
                        return null;
                    });
                    operator.start();
                } catch (RuntimeException e) {
                    LOG.debug("cannot begin", e);
                    // If a signal ends the controller meanwhile, it ends in an orderly way, and this failure does not
                    // matter.
                    if (over.getCount() > 0) {
                        LOG.error("cannot begin with the API server at {}: {}", client.getMasterUrl(), why(e));
                        Runtime.getRuntime().halt(1);
                    }
                }
            });
            over.await();
            LOG.info("stopping: the targets are given back, and another controller continues their experiments");
            // The controller gives the targets back before it releases the lease, because the next holder of the lease
            // takes them.
            runs.endAll();
            operator.stop();
        } finally {
            stopped.countDown();
        }
        return 0;
    }

    private static AuditRounds audits(KubernetesClient client, Settings settings, Scrape scrape) {
        return settings.audit()
                .map(audit -> AuditRounds.start(
                        audit,
                        new ClusterSource(client, settings.namespace(), () -> token(settings.token())),
                        new ListenerMeters(scrape.registry())))
                .orElseGet(AuditRounds::none);
    }

    private static String why(Throwable e) {
        return e.getCause() != null && e.getMessage() == null
                ? why(e.getCause())
                : (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage())
                        + (e.getCause() == null ? "" : ": " + why(e.getCause()));
    }

    /**
     * Fills an empty Lease with a lease that expired long ago. The Helm release installs the Lease without a spec, so
     * that an upgrade overwrites nothing. The leader elector treats an empty Lease as missing and tries to create it,
     * but it takes over an expired one.
     */
    private static void makeReady(KubernetesClient client, Settings settings) {
        Lease lease = client.leases()
                .inNamespace(settings.namespace())
                .withName(settings.lease())
                .get();
        if (lease == null || (lease.getSpec() != null && lease.getSpec().getRenewTime() != null)) {
            return;
        }
        ZonedDateTime never = Instant.EPOCH.atZone(ZoneOffset.UTC);
        try {
            // The patch names the resourceVersion, so that only one of several controllers succeeds.
            var _ = client.resource(new LeaseBuilder()
                            .withMetadata(new ObjectMetaBuilder()
                                    .withNamespace(settings.namespace())
                                    .withName(settings.lease())
                                    .withResourceVersion(lease.getMetadata().getResourceVersion())
                                    .build())
                            .withNewSpec()
                            .withLeaseDurationSeconds((int) LEASE_DURATION.toSeconds())
                            .withAcquireTime(never)
                            .withRenewTime(never)
                            .withLeaseTransitions(0)
                            .endSpec()
                            .build())
                    .patch(PatchContext.of(PatchType.JSON_MERGE));
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
        }
    }

    /**
     * Ends the process at once when it loses the lease, without giving anything back, because another controller may
     * already work on the same targets. The other controller finds the targets held by their experiments and continues
     * from the statuses.
     */
    private static LeaderCallbacks callbacks(CountDownLatch over, Runnable leading) {
        return new LeaderCallbacks(
                () -> {
                    LOG.info("leading");
                    leading.run();
                },
                () -> {
                    if (over.getCount() > 0) {
                        LOG.error("this controller has lost the lease and ends");
                        Runtime.getRuntime().halt(1);
                    }
                },
                leader -> LOG.info("{} leads", leader));
    }

    /**
     * Starts a thread that restores toggles every minute until the process ends. It need not end earlier, because the
     * process ends when it loses the lease.
     */
    private static void recoverToggles(ExperimentRunManager runs, CountDownLatch over) {
        Thread.ofVirtual().name("recover-toggles").start(() -> {
            try {
                do {
                    runs.recoverToggles();
                } while (!over.await(BETWEEN_RECOVERIES.toSeconds(), TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static String token(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("the token for agents cannot be read: " + e.getMessage(), e);
        }
    }
}
