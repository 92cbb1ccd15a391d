package dev.rebind.operator.run;

import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.RebindExperiment;
import dev.rebind.operator.resource.Statuses;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One experiment's status at the API server, written by whoever works on it. A write is tried until it succeeds, so that
 * an API server that is away delays an experiment and loses nothing of it. For one thread.
 */
final class StatusStore {
    private static final Logger LOG = LoggerFactory.getLogger(StatusStore.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    /** An upgrade of the release may take rights away for a moment. */
    private static final int REFUSALS = 12;

    private final ExperimentApi api;
    private final ExperimentKey key;
    private final String controller;
    private final ExperimentMetricsUpdater observed;
    private RebindExperiment resource;
    /** How often in a row the API server refused this controller's account. */
    private int refusals;

    /** How an experiment is lost to a controller. */
    enum Loss {
        /** It is not there any more. */
        gone,
        /** Another controller works on it. */
        claimed,
        /** The API server lets this controller neither read nor write it. */
        refused
    }

    /** The experiment is gone, or another controller works on it: whoever still does must stop. */
    static final class LostException extends Exception {
        private static final long serialVersionUID = 1;

        private final Loss loss;

        private LostException(String message, Loss loss) {
            super(message);
            this.loss = loss;
        }

        Loss loss() {
            return loss;
        }
    }

    StatusStore(ExperimentApi api, RebindExperiment resource, String controller, ExperimentMetricsUpdater observed) {
        this.api = api;
        this.resource = resource;
        this.key = ExperimentKey.of(resource);
        this.controller = controller;
        this.observed = observed;
    }

    ExperimentStatus status() {
        return Statuses.of(resource);
    }

    /** The resource as it was when this last read or wrote it. */
    RebindExperiment resource() {
        return resource;
    }

    /** Replaces the status, unless another controller has claimed the experiment since. */
    void write(ExperimentStatus status) throws LostException, InterruptedException {
        Duration pause = FIRST_PAUSE;
        while (!writeOnce(status)) {
            Thread.sleep(pause);
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }

    /**
     * As {@link #write}, but gives up when the API server does not answer.
     *
     * @return whether it was written
     */
    boolean writeOnce(ExperimentStatus status) throws LostException, InterruptedException {
        while (true) {
            RebindExperiment fresh = new RebindExperiment();
            fresh.setMetadata(resource.getMetadata());
            fresh.setSpec(resource.getSpec());
            fresh.setStatus(Statuses.write(status));
            try {
                resource = api.writeStatus(fresh);
                refusals = 0;
                observed.status(resource);
                return true;
            } catch (KubernetesClientException e) {
                refused(e);
                if (e.getCode() != HttpURLConnection.HTTP_CONFLICT && e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
                    LOG.warn("The status of {} could not be written, trying again: {}", key, e.getMessage());
                    return false;
                }
            }
            again();
        }
    }

    /** A namespace that is deleted takes the controller's Role with it, before the experiments: nothing more can be done there. */
    private void refused(KubernetesClientException e) throws LostException {
        if (e.getCode() != HttpURLConnection.HTTP_FORBIDDEN) {
            return;
        }
        if (++refusals >= REFUSALS) {
            throw new LostException(
                    key
                            + " cannot be written or read with this controller's rights any more (its namespace is going, or"
                            + " is not watched any more): " + e.getMessage(),
                    Loss.refused);
        }
    }

    /** Reads it anew: its spec may have changed, or whose it is. */
    RebindExperiment again() throws LostException, InterruptedException {
        while (true) {
            try {
                @Nullable RebindExperiment found = api.read(key.namespace(), key.name());
                if (found == null || !found.getMetadata().getUid().equals(key.uid())) {
                    throw new LostException(key + " is gone", Loss.gone);
                }
                String owner = Statuses.of(found).controller();
                if (owner != null
                        && !owner.equals(controller)
                        && owner(resource).equals(controller)) {
                    throw new LostException(key + " is worked on by " + owner + " now", Loss.claimed);
                }
                resource = found;
                return found;
            } catch (KubernetesClientException e) {
                refused(e);
                LOG.warn("{} could not be read, trying again: {}", key, e.getMessage());
                Thread.sleep(LONGEST_PAUSE);
            }
        }
    }

    private static String owner(RebindExperiment resource) {
        String owner = Statuses.of(resource).controller();
        return owner == null ? "" : owner;
    }
}
