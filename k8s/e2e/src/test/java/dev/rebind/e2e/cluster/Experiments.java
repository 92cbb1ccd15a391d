package dev.rebind.e2e.cluster;

import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rebind.operator.resource.Conditions;
import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.ExperimentStatus.Condition;
import dev.rebind.operator.resource.ExperimentStatus.Truth;
import dev.rebind.operator.resource.RebindExperiment;
import dev.rebind.operator.resource.StatusJson;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Json;
import dev.rebind.record.Phase;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The experiments of one namespace, and what the controller of a release says of them. */
public final class Experiments {
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final ObjectReader RECORDS = Json.mapper().readerFor(CycleRecord.class);

    private final Release release;
    private final String namespace;

    public Experiments(Release release) {
        this(release, release.namespace());
    }

    private Experiments(Release release, String namespace) {
        this.release = release;
        this.namespace = namespace;
    }

    /** Those of another namespace that the release watches. */
    public Experiments in(String other) {
        return new Experiments(release, other);
    }

    /** An experiment that is over, with all records of the controller's API. */
    public record Over(ExperimentStatus status, List<CycleRecord> records) {
        public Over {
            records = List.copyOf(records);
        }

        /** The only record. */
        public CycleRecord record() {
            if (records.size() != 1) {
                throw new BrokenException(records.size() + " records, and not one");
            }
            return records.getFirst();
        }
    }

    private static MixedOperation<
                    RebindExperiment, KubernetesResourceList<RebindExperiment>, Resource<RebindExperiment>>
            resources() {
        return Cluster.client().resources(RebindExperiment.class);
    }

    /** Applies it; gives the moment before. */
    public Instant start(String name, Spec spec) {
        Instant before = Instant.now();
        Cluster.apply(namespace, resource(name, spec));
        return before;
    }

    public static RebindExperiment resource(String name, Spec spec) {
        var experiment = new RebindExperiment();
        experiment.setMetadata(new ObjectMetaBuilder().withName(name).build());
        experiment.setSpec(spec.json());
        return experiment;
    }

    /** The same in JSON, for kubectl and for the page. */
    public static String document(String name, Spec spec) {
        return Serialization.asJson(resource(name, spec));
    }

    public Optional<RebindExperiment> find(String name) {
        return Optional.ofNullable(
                resources().inNamespace(namespace).withName(name).get());
    }

    public List<RebindExperiment> all() {
        return resources().inNamespace(namespace).list().getItems();
    }

    public RebindExperiment get(String name) {
        return find(name).orElseThrow(() -> new BrokenException("there is no experiment " + name + " in " + namespace));
    }

    public ExperimentStatus status(String name) {
        return StatusJson.of(get(name));
    }

    /** Changes a spec by a JSON merge patch. */
    public void patch(String name, String spec) {
        Cluster.patch(namespace, name, RebindExperiment.class, "{\"spec\":" + spec + "}");
    }

    public void suspend(String name) {
        patch(name, "{\"suspend\":true}");
    }

    public void terminate(String name) {
        patch(name, "{\"terminate\":true}");
    }

    /**
     * The status, as soon as it is as wanted.
     *
     * @param what in words
     */
    public ExperimentStatus await(String name, String what, Predicate<ExperimentStatus> holds) {
        return await(name, what, release.settings().patience(), PAUSE, holds);
    }

    public ExperimentStatus await(
            String name, String what, int seconds, Duration pause, Predicate<ExperimentStatus> holds) {
        var last = new AtomicReference<String>("");
        return Await.until(
                name + ": " + what,
                seconds,
                pause,
                () -> {
                    try {
                        ExperimentStatus status = status(name);
                        last.set(told(status));
                        return holds.test(status) ? Optional.of(status) : Optional.empty();
                    } catch (KubernetesClientException | BrokenException e) {
                        last.set("unreadable: " + e.getMessage());
                        return Optional.empty();
                    }
                },
                () -> "; its status is " + last.get());
    }

    public ExperimentStatus awaitCycles(String name, int count) {
        return await(name, count + " cycles", status -> status.cycles().done() >= count);
    }

    public ExperimentStatus awaitPaused(String name) {
        return await(name, "Paused", status -> status.phase() == Phase.Paused);
    }

    /** The status of an experiment that was refused, with the condition that says why. */
    public ExperimentStatus awaitRefused(String name) {
        return await(name, "Accepted is False", status -> truth(status, "Accepted") == Truth.False);
    }

    public ExperimentStatus over(String name) {
        return over(name, release.settings().patience(), _ -> {});
    }

    public ExperimentStatus over(String name, Consumer<ExperimentStatus> see) {
        return over(name, release.settings().patience(), see);
    }

    /**
     * The status of an experiment that is over. However slow the machine is: it is given up when nothing is counted for so
     * long.
     *
     * @param patience in seconds
     * @param see is shown every status on the way
     */
    public ExperimentStatus over(String name, int patience, Consumer<ExperimentStatus> see) {
        int count = -1;
        while (true) {
            int before = count;
            ExperimentStatus status =
                    await(name, "more than " + before + " cycles, or its end", patience, PAUSE, seen -> {
                        see.accept(seen);
                        return seen.phase().isOver() || seen.cycles().done() > before;
                    });
            if (status.phase().isOver()) {
                return status;
            }
            count = status.cycles().done();
        }
    }

    /** Applies it, and waits for its end. */
    public Over run(String name, Spec spec) {
        return run(name, spec, release.settings().patience());
    }

    /**
     * As {@link #run(String, Spec)}. On a busy machine nobody may have looked at the port between the old server and the new one: that says
     * nothing of the kernel, so it is run once more.
     */
    public Over runSeen(String name, Spec spec) {
        Over over = run(name, spec);
        List<String> unseen = over.records().stream()
                .filter(record -> record.residue() == null)
                .map(CycleRecord::unreadable)
                .filter(Objects::nonNull)
                .toList();
        if (unseen.isEmpty()) {
            return over;
        }
        System.out.printf("%s: %s; once more%n", name, unseen.getFirst());
        delete(name);
        return run(name, spec);
    }

    public Over run(String name, Spec spec, int patience) {
        start(name, spec);
        ExperimentStatus status = over(name, patience, _ -> {});
        return new Over(status, records(name));
    }

    /** All that the controller has. */
    public List<CycleRecord> records(String name) {
        String path = "/api/v1/namespaces/" + release.namespace() + "/services/" + Release.NAME
                + "-controller:http/proxy/v1/experiments/" + namespace + "/" + name + "/records";
        String lines = Cluster.raw(path)
                .orElseThrow(() -> new BrokenException("the records of " + name + ": GET " + path + ": 404"));
        try (var records = RECORDS.<CycleRecord>readValues(lines)) {
            return records.readAll();
        } catch (IOException e) {
            throw new BrokenException("the records of " + name + ": " + e.getMessage(), e);
        }
    }

    /** The numbers of their cycles. */
    public static List<Integer> cycles(List<CycleRecord> records) {
        return records.stream().map(CycleRecord::cycle).toList();
    }

    /** Waits until they are gone. */
    public void delete(String... names) {
        for (String name : names) {
            var resource = resources().inNamespace(namespace).withName(name).withTimeout(60, TimeUnit.SECONDS);
            if (resource.delete().isEmpty()) {
                throw new BrokenException("there is no experiment " + name + " in " + namespace + " to be deleted");
            }
        }
    }

    public static Optional<Condition> condition(ExperimentStatus status, String type) {
        return Conditions.of(status.conditions(), type);
    }

    /** Null where there is no such condition, and so for the two that follow. */
    public static @Nullable Truth truth(ExperimentStatus status, String type) {
        return condition(status, type).map(Condition::status).orElse(null);
    }

    public static @Nullable String reason(ExperimentStatus status, String type) {
        return condition(status, type).map(Condition::reason).orElse(null);
    }

    public static String message(ExperimentStatus status, String type) {
        return condition(status, type).map(Condition::message).orElse("");
    }

    /** All but the records. */
    private static String told(ExperimentStatus status) {
        var json = StatusJson.write(status);
        ((ObjectNode) json).remove("records");
        return json.toString();
    }
}
