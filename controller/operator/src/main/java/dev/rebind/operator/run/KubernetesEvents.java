package dev.rebind.operator.run;

import dev.rebind.operator.workload.FailedCall;
import dev.rebind.operator.workload.TargetPod;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes Kubernetes events about an experiment, and about its target once the target is known. A repeated event is
 * only counted, and its count is written at most once in 30 s. An event that cannot be written is logged, because
 * nothing depends on it. Only one thread may use this at a time.
 */
final class KubernetesEvents implements EventPublisher, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KubernetesEvents.class);
    private static final Duration BETWEEN = Duration.ofSeconds(30);

    private final KubernetesClient client;
    private final ObjectReference about;
    private volatile @Nullable ObjectReference target;
    private final String controller;
    private final Map<String, Series> series = new HashMap<>();

    /** An event and its repetitions. */
    private static final class Series {
        private final String name;
        private final String type;
        private final String reason;
        private final String message;
        private final ObjectReference about;
        private final Instant first;
        private Instant last;
        private Instant written = Instant.EPOCH;
        private int count;
        private int writtenCount;

        Series(String name, String type, String reason, String message, ObjectReference about, Instant first) {
            this.name = name;
            this.type = type;
            this.reason = reason;
            this.message = message;
            this.about = about;
            this.first = first;
            this.last = first;
        }
    }

    KubernetesEvents(KubernetesClient client, HasMetadata resource, String controller) {
        this.client = client;
        this.controller = controller;
        this.about = new ObjectReferenceBuilder()
                .withApiVersion(resource.getApiVersion())
                .withKind(resource.getKind())
                .withNamespace(resource.getMetadata().getNamespace())
                .withName(resource.getMetadata().getName())
                .withUid(resource.getMetadata().getUid())
                .build();
    }

    @Override
    public void normal(String reason, String message) {
        tell("Normal", reason, message);
    }

    @Override
    public void warning(String reason, String message) {
        tell("Warning", reason, message);
    }

    @Override
    public void about(TargetPod of) {
        TargetPod.WorkloadId workload = of.workload();
        target = workload.uid() == null
                ? null
                : new ObjectReferenceBuilder()
                        .withApiVersion(workload.kind().equals("Pod") ? "v1" : "apps/v1")
                        .withKind(workload.kind())
                        .withNamespace(of.namespace())
                        .withName(workload.name())
                        .withUid(workload.uid())
                        .build();
    }

    private void tell(String type, String reason, String message) {
        tell(about, type, reason, message);
        ObjectReference also = target;
        if (also != null) {
            tell(also, type, reason, "experiment " + about.getName() + ": " + message);
        }
    }

    private void tell(ObjectReference on, String type, String reason, String message) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        Series one = series.computeIfAbsent(
                on.getKind() + reason + message,
                key -> new Series(
                        on.getName() + "." + Integer.toHexString(key.hashCode()) + "."
                                + Long.toHexString(now.toEpochMilli()),
                        type,
                        reason,
                        message,
                        on,
                        now));
        one.count++;
        one.last = now;
        if (Duration.between(one.written, now).compareTo(BETWEEN) >= 0) {
            write(one);
        }
    }

    private void write(Series one) {
        var event = new EventBuilder()
                .withNewMetadata()
                .withName(one.name)
                .withNamespace(one.about.getNamespace())
                .endMetadata()
                .withInvolvedObject(one.about)
                .withType(one.type)
                .withReason(one.reason)
                .withMessage(one.message)
                .withFirstTimestamp(one.first.toString())
                .withLastTimestamp(one.last.toString())
                .withCount(one.count)
                .withReportingComponent("rebind")
                .withReportingInstance(controller)
                .withNewSource()
                .withComponent("rebind")
                .endSource()
                .build();
        try {
            var events = client.v1().events().inNamespace(about.getNamespace());
            if (one.writtenCount == 0) {
                events.resource(event).create();
            } else {
                events.withName(one.name).patch(PatchContext.of(PatchType.JSON_MERGE), event);
            }
            one.written = one.last;
            one.writtenCount = one.count;
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                // The namespace is being deleted, or the event was cleaned up. The next event starts a new series.
                series.remove(one.about.getKind() + one.reason + one.message);
            }
            LOG.warn("The event {} on {} could not be written: {}", one.reason, one.about.getName(), FailedCall.why(e));
        }
    }

    /** Writes the counts of repeated events that are not written yet. */
    @Override
    public void close() {
        series.values().stream()
                .filter(one -> one.count > one.writtenCount)
                .toList()
                .forEach(this::write);
    }
}
