package dev.rebind.experiment;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.rebind.experiment.clients.Clients;
import dev.rebind.experiment.expect.Expect;
import dev.rebind.experiment.restart.Obstacle;
import dev.rebind.experiment.restart.Restart;
import dev.rebind.experiment.restart.ReusePair;
import dev.rebind.experiment.server.Target;
import org.jspecify.annotations.Nullable;

/** One of several variants of an experiment. A field that is absent has the experiment's value; see {@link StepOverlay}. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Step(
        @JsonPropertyDescription("A few words for the report.") @Nullable
        String name,

        @JsonPropertyDescription("Fields of the target that differ in this step.") @Nullable
        Target target,

        @JsonPropertyDescription("Fields of the restart that differ in this step.") @Nullable
        Restart restart,

        @JsonPropertyDescription("SO_REUSEADDR of both generations. Default: the experiment's reuseAddress.value.")
        @Nullable
        ReusePair reuseAddress,

        @JsonPropertyDescription("Fields of the clients that differ in this step.") @Nullable
        Clients clients,

        @JsonPropertyDescription("What else is put on the port in this step. Default: the experiment's.") @Nullable
        Obstacle obstacle,

        @JsonPropertyDescription("Expected result of this step. Default: the experiment's.") @Nullable
        Expect expect) {}
