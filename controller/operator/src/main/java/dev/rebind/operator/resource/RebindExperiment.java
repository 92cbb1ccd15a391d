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
 * The RebindExperiment resource of a cluster. Its spec is the JSON that the user wrote, and the reader of experiment
 * files reads it, so that files and resources give the same messages. Its status is an {@link ExperimentStatus} as
 * JSON, which {@link StatusJson} converts.
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
