package dev.rebind.operator.audit;

import dev.rebind.agent.remote.AgentException;
import dev.rebind.agent.wire.WireMessages.AuditRequest;
import dev.rebind.engine.metrics.ListenerMeters;
import dev.rebind.live.Audits;
import dev.rebind.operator.audit.ClusterAudit.Node;
import dev.rebind.operator.workload.FailedCall;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the agents of the nodes at an interval which servers could not bind again at once after a restart. It keeps the
 * last audit for all readers, so that no request and no scrape asks an agent. Every controller audits, so that each can
 * answer requests, but only the leading controller has the meters. Safe for several threads.
 */
public final class AuditRounds implements Audits, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AuditRounds.class);
    private static final String EVERYWHERE = "*";
    private static final int AT_ONCE = 8;

    private final Settings settings;
    private final @Nullable AuditSource source;
    private final @Nullable ListenerMeters meters;
    private final CountDownLatch over = new CountDownLatch(1);
    private @Nullable Thread thread;
    private @Nullable ClusterAudit last;
    private boolean leading;

    /**
     * How often to audit, and which namespaces.
     *
     * @param interval the time from the beginning of one audit to the beginning of the next, {@link #SHORTEST} or
     *     longer
     * @param namespaces the namespaces whose pods are audited; {@code *} is all
     */
    public record Settings(Duration interval, List<String> namespaces) {
        public static final Duration SHORTEST = Duration.ofSeconds(10);

        public Settings {
            namespaces = List.copyOf(namespaces);
        }
    }

    AuditRounds(Settings settings, @Nullable AuditSource source, @Nullable ListenerMeters meters) {
        this.settings = settings;
        this.source = source;
        this.meters = meters;
    }

    /** Returns rounds for a controller that audits nothing. */
    public static AuditRounds none() {
        return new AuditRounds(new Settings(Settings.SHORTEST, List.of()), null, null);
    }

    /** Starts a thread that makes the first audit at once. */
    public static AuditRounds start(Settings settings, ClusterSource source, ListenerMeters meters) {
        var rounds = new AuditRounds(settings, source, meters);
        rounds.thread = Thread.ofVirtual().name("audit").start(() -> rounds.run(source));
        return rounds;
    }

    /** Notes that this controller leads. From now on it shows the audits in its meters. */
    public synchronized void leads() {
        leading = true;
        show();
    }

    private void run(AuditSource from) {
        try {
            long began;
            do {
                began = System.nanoTime();
                try {
                    round(from);
                } catch (RuntimeException e) {
                    LOG.warn("no audit could be made, trying again: {}", e.getMessage());
                    LOG.debug("no audit", e);
                }
            } while (!over.await(
                    Math.max(1, settings.interval().toNanos() - (System.nanoTime() - began)), TimeUnit.NANOSECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Makes one audit and keeps it. */
    void round(AuditSource from) throws InterruptedException {
        Instant began = Instant.now();
        var refused = new TreeMap<String, String>();
        var pods = new ArrayList<AuditedPod>();
        for (String namespace : settings.namespaces()) {
            try {
                from.pods(namespace).forEach(pod -> AuditedPod.of(pod).ifPresent(pods::add));
            } catch (KubernetesClientException e) {
                refused.put(namespace, "its pods cannot be listed: " + FailedCall.why(e));
            }
        }
        Map<String, URI> agents = from.agents();
        Map<String, List<AuditedPod>> byNode = pods.stream().collect(Collectors.groupingBy(AuditedPod::node));
        keep(ClusterAudit.of(began, ask(from, byNode, agents), refused));
    }

    private static List<Node> ask(AuditSource from, Map<String, List<AuditedPod>> byNode, Map<String, URI> agents)
            throws InterruptedException {
        var places = new Semaphore(AT_ONCE);
        var asked = new HashMap<String, Future<Node>>();
        // If this thread is interrupted, it interrupts the threads that still ask.
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        try {
            byNode.forEach((node, pods) -> asked.put(node, threads.submit(() -> {
                places.acquire();
                try {
                    return ask(from, node, pods, agents.get(node));
                } finally {
                    places.release();
                }
            })));
            threads.shutdown();
            if (!threads.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS)) {
                throw new IllegalStateException("the agents have not answered");
            }
        } finally {
            threads.shutdownNow();
        }
        return asked.values().stream().map(Future::resultNow).toList();
    }

    private static Node ask(AuditSource from, String node, List<AuditedPod> pods, @Nullable URI agent)
            throws InterruptedException {
        if (agent == null) {
            return Node.untold(pods, "no agent is ready on its node " + node);
        }
        List<AuditedPod> first = pods.subList(0, Math.min(AuditRequest.MOST, pods.size()));
        try {
            return Node.told(
                    pods,
                    from.ask(agent, first.stream().map(AuditedPod::nodeUid).collect(Collectors.toSet())));
        } catch (AgentException e) {
            return Node.untold(pods, String.valueOf(e.getMessage()));
        }
    }

    private synchronized void keep(ClusterAudit audit) {
        last = audit;
        show();
    }

    private void show() {
        ClusterAudit audit = last;
        if (leading && audit != null && meters != null) {
            meters.show(audit.began(), audit.samples(), audit.leftOut(), audit.untoldPods());
        }
    }

    @Override
    public synchronized Answer last(@Nullable String namespace) {
        if (source == null) {
            return new Answer.Nothing("this controller audits no pods (nodeAgent.audit.enabled)");
        }
        if (namespace != null
                && !settings.namespaces().contains(namespace)
                && !settings.namespaces().contains(EVERYWHERE)) {
            return new Answer.NotAudited("the pods of that namespace are not audited; audited are those of "
                    + String.join(", ", settings.namespaces()));
        }
        ClusterAudit audit = last;
        return audit == null
                ? new Answer.NotYet("the agents of the nodes have not answered yet")
                : new Answer.Told(audit.body(namespace));
    }

    @Override
    public void close() {
        over.countDown();
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
    }
}
