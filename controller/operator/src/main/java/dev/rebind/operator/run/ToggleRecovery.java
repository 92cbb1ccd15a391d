package dev.rebind.operator.run;

import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.ExperimentStatus.Truth;
import dev.rebind.operator.resource.RebindExperiment;
import dev.rebind.operator.resource.StatusEdit;
import dev.rebind.operator.resource.StatusJson;
import dev.rebind.operator.run.ToggleJournal.Entry;
import dev.rebind.operator.workload.FailedCall;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Restores the keys of toggles whose experiments can no longer do that, because the experiment was deleted while no
 * controller ran, or ended while the key could not be written. Only one thread may use it.
 */
final class ToggleRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(ToggleRecovery.class);

    private final ToggleJournal journal;
    private final Maps maps;
    private final ExperimentApi experiments;
    private final Predicate<String> running;
    /** The uids of experiments whose failed entries were already logged. */
    private final Set<String> told = new HashSet<>();

    private boolean isReadable = true;

    /** Access to the ConfigMaps of any namespace. A call that fails throws a {@link KubernetesClientException}. */
    interface Maps {
        /** Returns the uid of a ConfigMap; null if there is none of that name. */
        @Nullable
        String uid(String namespace, String configMap);

        void set(String namespace, String configMap, String key, @Nullable String value);
    }

    /**
     * Creates the recovery; {@link #sweep} does the work.
     *
     * @param running whether the experiment with a given uid runs in this process; such a run restores its key itself
     */
    ToggleRecovery(ToggleJournal journal, Maps maps, ExperimentApi experiments, Predicate<String> running) {
        this.journal = journal;
        this.maps = maps;
        this.experiments = experiments;
        this.running = running;
    }

    /** Restores what can be restored now. The next call tries the rest again. */
    void sweep() {
        List<Entry> entries;
        try {
            entries = journal.entries();
            isReadable = true;
        } catch (KubernetesClientException e) {
            // If the chart is installed without toggles.enabled, the controller may never read the journal, which is
            // then empty.
            if (isReadable) {
                LOG.info("The journal of toggles cannot be read now, trying again: {}", FailedCall.why(e));
            }
            isReadable = false;
            return;
        }
        for (Entry entry : entries) {
            if (!running.test(entry.experiment().uid())) {
                tryOne(entry);
            }
        }
    }

    private void tryOne(Entry entry) {
        try {
            one(entry);
            told.remove(entry.experiment().uid());
        } catch (KubernetesClientException e) {
            // If the namespace is being deleted, its Role and its ConfigMaps go with it, and this entry is no longer
            // needed.
            if (told.add(entry.experiment().uid())) {
                LOG.warn(
                        "{} of ConfigMap {} in namespace {} cannot be given the value it had before experiment {} now,"
                                + " trying again{}: {}",
                        entry.key(),
                        entry.configMap(),
                        entry.experiment().namespace(),
                        entry.experiment().name(),
                        e.getCode() == HttpURLConnection.HTTP_FORBIDDEN
                                ? " (the namespace is going, or is not watched any more)"
                                : "",
                        FailedCall.why(e));
            }
        }
    }

    private void one(Entry entry) {
        ExperimentKey key = entry.experiment();
        RebindExperiment found = experiments.read(key.namespace(), key.name());
        if (found == null || !key.uid().equals(found.getMetadata().getUid())) {
            giveBack(entry);
            journal.remove(key.uid());
            return;
        }
        ExperimentStatus status = StatusJson.of(found);
        if (status.toggled() == null) {
            // A controller died after it had restored the key and before it removed the entry; or it died before it
            // changed the key.
            journal.remove(key.uid());
        } else if (status.phase().isOver()) {
            giveBack(entry);
            experiments.writeStatus(restored(found, status));
            journal.remove(key.uid());
        }
    }

    private void giveBack(Entry entry) {
        ExperimentKey key = entry.experiment();
        String uid = maps.uid(key.namespace(), entry.configMap());
        if (uid == null || (entry.mapUid() != null && !uid.equals(entry.mapUid()))) {
            LOG.info("{}: ConfigMap {} that it changed is gone; there is nothing to restore", key, entry.configMap());
            return;
        }
        maps.set(key.namespace(), entry.configMap(), entry.key(), entry.value());
        LOG.info("{}: {} of ConfigMap {} has its former value again", key, entry.key(), entry.configMap());
    }

    private static RebindExperiment restored(RebindExperiment found, ExperimentStatus status) {
        var fresh = new RebindExperiment();
        fresh.setMetadata(found.getMetadata());
        fresh.setSpec(found.getSpec());
        fresh.setStatus(StatusJson.write(new StatusEdit(status, Instant.now())
                .toggled(null)
                .condition(
                        "Restored",
                        Truth.Unknown,
                        "ToggleRestored",
                        "the toggle's key has its former value; a container that runs reads it when it is started again")
                .done()));
        return fresh;
    }
}
