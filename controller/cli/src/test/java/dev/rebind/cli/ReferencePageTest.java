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

                Runs the RebindExperiments of a Kubernetes cluster. It speaks to the API server by the account of its pod or, outside a cluster, by the
                kubeconfig. A flag wins over its variable, the variable over the default. The chart sets all of them. SIGTERM and SIGINT stop it in order:
                the cycles that run are abandoned, their targets get their own servers back, and the controller that is started next goes on.

                """ + SettingsPage.of(new CommandLine(new ControllerCommand())) + """

                ## HTTP

                The [HTTP API](http-api.md), with the live page at `/`. Reading needs no credential: the chart's NetworkPolicy says who reaches it. What changes
                something is done with the caller's own Kubernetes token ([who may](../security.md#over-http)). `/livez` answers while the process serves,
                `/readyz` once it works; a controller that waits for the Lease is ready too. `/metrics` has its [meters](metrics.md).

                ## Files

                `--records` has one file for each experiment, `NAMESPACE/NAME/UID.jsonl`. An experiment that was deleted and made again has another uid
                and so another file. Files of deleted experiments stay.
                """);
    }
}
