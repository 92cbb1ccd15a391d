package dev.rebind.operator;

import dev.rebind.experiment.Experiment;
import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.RebindExperiment;
import dev.rebind.operator.resource.StatusJson;
import dev.rebind.record.Json;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Creates an experiment in a cluster, where the controller runs it, and waits for its end. It needs only the rights to
 * create, get and delete experiments.
 */
public final class ClusterRun {
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    private final KubernetesClient client;
    private final String namespace;

    public ClusterRun(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    /** How the wait for an experiment ended. */
    public sealed interface End {
        record Over(ExperimentStatus status) implements End {}

        /**
         * The time was up before the experiment was over.
         *
         * @param last the last status that was read
         */
        record TimeUp(ExperimentStatus last) implements End {}

        record Gone() implements End {}
    }

    /**
     * Creates the experiment and waits for its end.
     *
     * @param atMost how long to wait
     * @param told receives a line whenever the phase or the reason for waiting changes
     * @throws KubernetesClientException when the experiment cannot be created or read
     */
    public End run(Experiment experiment, Duration atMost, Consumer<String> told) throws InterruptedException {
        var resource = new RebindExperiment();
        resource.setMetadata(new ObjectMetaBuilder()
                .withName(experiment.metadata().name())
                .withNamespace(namespace)
                .withLabels(experiment.metadata().labels())
                .withAnnotations(experiment.metadata().annotations())
                .build());
        resource.setSpec(Json.mapper().valueToTree(experiment.spec()));
        String uid = client.resource(resource).create().getMetadata().getUid();
        long deadline = System.nanoTime() + atMost.toNanos();
        String last = "";
        while (true) {
            RebindExperiment found = find(experiment);
            if (found == null || !found.getMetadata().getUid().equals(uid)) {
                return new End.Gone();
            }
            ExperimentStatus status = StatusJson.of(found);
            String now = line(status);
            if (!now.equals(last)) {
                told.accept(now);
                last = now;
            }
            if (status.phase().isOver()) {
                return new End.Over(status);
            }
            if (System.nanoTime() > deadline) {
                return new End.TimeUp(status);
            }
            Thread.sleep(BETWEEN_LOOKS);
        }
    }

    private @Nullable RebindExperiment find(Experiment experiment) {
        return client.resources(RebindExperiment.class)
                .inNamespace(namespace)
                .withName(experiment.metadata().name())
                .get();
    }

    /** Returns the phase, and the reason if the experiment waits for its target. */
    static String line(ExperimentStatus status) {
        String why = status.conditions().stream()
                .filter(condition ->
                        condition.type().equals("Accepted") && condition.status() == ExperimentStatus.Truth.False)
                .map(condition -> ": " + condition.reason() + ": " + condition.message())
                .findFirst()
                .orElse("");
        return status.phase() + why;
    }

    /** Deletes the experiment, if it still exists. */
    public void delete(Experiment experiment) {
        client.resources(RebindExperiment.class)
                .inNamespace(namespace)
                .withName(experiment.metadata().name())
                .delete();
    }
}
