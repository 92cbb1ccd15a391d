package dev.rebind.operator.resource;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rebind.experiment.Experiment;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/**
 * An experiment in a cluster, as the API server has it. Its spec stays as the user wrote it. The reader of experiment files
 * reads it, so that the messages are the same. Its status is an {@link ExperimentStatus}; {@link StatusJson} converts it.
 */
@Group(RebindExperiment.GROUP)
@Version(RebindExperiment.VERSION)
@Kind(Experiment.KIND)
@Plural("rebindexperiments")
@ShortNames("rbx")
public final class RebindExperiment extends CustomResource<JsonNode, JsonNode> implements Namespaced {
    private static final long serialVersionUID = 1;

    public static final String GROUP = "rebind.dev";
    public static final String VERSION = "v1alpha1";

    @Override
    protected @Nullable JsonNode initSpec() {
        return null;
    }

    @Override
    protected @Nullable JsonNode initStatus() {
        return null;
    }
}
