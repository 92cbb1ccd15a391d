package dev.rebind.cli;

import dev.rebind.child.SettingsPage;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ReferencePageTest {
    @Test
    @DisplayName("docs/reference/controller.md says what the code does")
    void page() {
        SettingsPage.hold(
                Path.of("../../docs/reference/controller.md"),
                """
                # rebind controller

                Runs the RebindExperiments of a Kubernetes cluster. It talks to the API server with the account of its pod or, outside a cluster, with the
                kubeconfig. A flag takes precedence over its variable, and the variable over the default. The chart sets all of them. SIGTERM and SIGINT stop it in order:
                it abandons the running cycles, gives the targets their own servers back, and the next controller continues.

                """ + SettingsPage.of(new CommandLine(new ControllerCommand())) + """

                ## HTTP

                The controller serves the [HTTP API](http-api.md), with the live page at `/`. Reading needs no credential: the chart's NetworkPolicy decides who reaches it. Changes
                use the caller's own Kubernetes token ([who may](../security.md#over-http)). `/livez` answers while the process serves, and
                `/readyz` when it works; a controller that waits for the Lease is ready too. `/metrics` has its [meters](metrics.md).

                ## Files

                `--records` has one file for each experiment, `NAMESPACE/NAME/UID.jsonl`. An experiment that was deleted and created again has another uid
                and so another file. Files of deleted experiments stay.
                """);
    }
}
