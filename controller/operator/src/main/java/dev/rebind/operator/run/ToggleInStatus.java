package dev.rebind.operator.run;

import dev.rebind.operator.resource.ExperimentStatus.Toggled;
import dev.rebind.operator.resource.StatusEdit;
import dev.rebind.operator.run.StatusStore.LostException;
import dev.rebind.operator.workload.FailedCall;
import dev.rebind.operator.workload.ToggleBackup;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the value that a toggle's key had before an experiment, and restores it. The value is stored twice: in the
 * experiment's status, where the next controller and people find it, and in a journal, which outlives the experiment.
 */
final class ToggleInStatus implements ToggleBackup {
    private static final Logger LOG = LoggerFactory.getLogger(ToggleInStatus.class);

    private final ExperimentKey key;
    private final StatusStore statuses;
    private final Toggles toggles;
    private final EventPublisher events;

    ToggleInStatus(ExperimentKey key, StatusStore statuses, Toggles toggles, EventPublisher events) {
        this.key = key;
        this.statuses = statuses;
        this.toggles = toggles;
        this.events = events;
    }

    @Override
    public synchronized @Nullable Value value() {
        Toggled kept = statuses.status().toggled();
        return kept == null ? null : new Value(kept.configMap(), kept.key(), kept.value());
    }

    @Override
    public synchronized void keep(Value value) {
        toggles.remember(value);
        try {
            write(new Toggled(value.configMap(), value.key(), value.value()));
        } catch (LostException e) {
            throw new KubernetesClientException("the experiment is not this controller's any more: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KubernetesClientException("interrupted while the toggle's former value was kept");
        }
    }

    private void write(@Nullable Toggled toggled) throws LostException, InterruptedException {
        statuses.write(new StatusEdit(statuses.status(), Instant.now())
                .toggled(toggled)
                .done());
    }

    /** Restores the key and removes the former value from the status. If that fails, an event says so. */
    void giveBack() throws InterruptedException {
        Toggled before = statuses.status().toggled();
        if (before == null) {
            return;
        }
        try {
            toggles.set(before.configMap(), before.key(), before.value());
            written();
            forget();
        } catch (KubernetesClientException e) {
            LOG.warn(
                    "{}: {} of ConfigMap {} was not given its former value: {}",
                    key,
                    before.key(),
                    before.configMap(),
                    FailedCall.why(e));
            events.warning(
                    "ToggleNotRestored",
                    before.key() + " of ConfigMap " + before.configMap() + " was not given its former value ("
                            + (before.value() == null ? "none" : before.value()) + "): " + FailedCall.why(e));
        } catch (LostException e) {
            LOG.info("{}: {}; the controller that has it now restores the toggle", key, e.getMessage());
        }
    }

    /**
     * Removes the experiment's entry from the journal. If that fails, {@link ToggleRecovery} removes the entry later,
     * because the status says that there is nothing to restore.
     */
    private void forget() {
        try {
            toggles.forget();
        } catch (KubernetesClientException e) {
            LOG.info("{}: its entry in the journal of toggles is left for later: {}", key, FailedCall.why(e));
        }
    }

    /** Removes the former value from the status. If the experiment was deleted, there is no status to change. */
    private void written() throws LostException, InterruptedException {
        try {
            write(null);
        } catch (LostException e) {
            if (e.loss() != StatusStore.Loss.gone) {
                throw e;
            }
        }
    }
}
