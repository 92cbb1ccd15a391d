package dev.rebind.operator.run;

import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.RebindExperiment;
import dev.rebind.operator.resource.StatusJson;
import dev.rebind.operator.workload.FailedCall;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads and writes the status of one experiment at the API server. It repeats a write until the write succeeds, so that
 * an outage of the API server delays an experiment and loses nothing. Only one thread may use it at a time.
 */
final class StatusStore {
    private static final Logger LOG = LoggerFactory.getLogger(StatusStore.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    /**
     * After this many refusals in a row the run ends. Fewer do not end it, because an upgrade of the release may take rights
     * away for a moment.
     */
    private static final int REFUSALS = 12;

    private final ExperimentApi api;
    private final ExperimentKey key;
    private final String controller;
    private final ExperimentMetricsUpdater observed;
    private RebindExperiment resource;
    /** How often in a row the API server has refused this controller's account. */
    private int refusals;

    /** Why a controller has lost an experiment. */
    enum Loss {
        /** The experiment does not exist any more. */
        gone,
        /** Another controller works on the experiment. */
        claimed,
        /** The API server lets this controller neither read nor write the experiment. */
        refused,
        /** The resource is too large for the API server, even with its smallest status. */
        tooLarge
    }

    /** This controller has lost the experiment and must stop working on it. */
    static final class LostException extends Exception {
        private static final long serialVersionUID = 1;

        private final Loss loss;

        LostException(String message, Loss loss) {
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
        return StatusJson.of(resource);
    }

    /** The resource as last read or written. */
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
     * Replaces the status like {@link #write}, but does not repeat a write that failed because of an outage.
     *
     * @return whether the status was written
     */
    boolean writeOnce(ExperimentStatus status) throws LostException, InterruptedException {
        boolean small = false;
        while (true) {
            RebindExperiment fresh = new RebindExperiment();
            fresh.setMetadata(resource.getMetadata());
            fresh.setSpec(resource.getSpec());
            fresh.setStatus(small ? StatusJson.writeSmall(status) : StatusJson.write(status));
            try {
                resource = api.writeStatus(fresh);
                refusals = 0;
                observed.status(resource);
                return true;
            } catch (KubernetesClientException e) {
                refused(e);
                if (isTooLarge(e)) {
                    if (small) {
                        throw new LostException(
                                key + " is too large for the API server, even with its smallest status: "
                                        + FailedCall.why(e),
                                Loss.tooLarge);
                    }
                    LOG.warn(
                            "The status of {} is too large for the API server, which gets a smaller one; the records are"
                                    + " whole: {}",
                            key,
                            FailedCall.why(e));
                    small = true;
                    continue;
                }
                if (e.getCode() != HttpURLConnection.HTTP_CONFLICT && e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
                    LOG.warn("The status of {} could not be written, trying again: {}", key, FailedCall.why(e));
                    return false;
                }
            }
            again();
        }
    }

    /**
     * Whether the resource is too large. The API server itself refuses a body of more than 3 MB, with status 413. etcd
     * accepts 1.5 MiB and its client 2 MiB; when one of them refuses, the API server answers with status 500.
     */
    private static boolean isTooLarge(KubernetesClientException e) {
        String message = String.valueOf(e.getMessage());
        return e.getCode() == HttpURLConnection.HTTP_ENTITY_TOO_LARGE
                || message.contains("request is too large")
                || message.contains("trying to send message larger than max");
    }

    /**
     * Counts a refusal, and gives the experiment up after {@value #REFUSALS} in a row. When a namespace is deleted, the
     * controller's Role is deleted before the experiments are, and the controller can do nothing more there.
     */
    private void refused(KubernetesClientException e) throws LostException {
        if (e.getCode() != HttpURLConnection.HTTP_FORBIDDEN) {
            return;
        }
        if (++refusals >= REFUSALS) {
            throw new LostException(
                    key
                            + " cannot be written or read with this controller's rights any more (its namespace is going, or"
                            + " is not watched any more): " + FailedCall.why(e),
                    Loss.refused);
        }
    }

    /** Reads the resource again until the API server answers, because its spec or its controller may have changed. */
    RebindExperiment again() throws LostException, InterruptedException {
        while (true) {
            try {
                @Nullable RebindExperiment found = api.read(key.namespace(), key.name());
                if (found == null || !found.getMetadata().getUid().equals(key.uid())) {
                    throw new LostException(key + " is gone", Loss.gone);
                }
                String owner = StatusJson.of(found).controller();
                if (owner != null
                        && !owner.equals(controller)
                        && owner(resource).equals(controller)) {
                    throw new LostException(key + " is worked on by " + owner + " now", Loss.claimed);
                }
                resource = found;
                return found;
            } catch (KubernetesClientException e) {
                refused(e);
                LOG.warn("{} could not be read, trying again: {}", key, FailedCall.why(e));
                Thread.sleep(LONGEST_PAUSE);
            }
        }
    }

    private static String owner(RebindExperiment resource) {
        String owner = StatusJson.of(resource).controller();
        return owner == null ? "" : owner;
    }
}
